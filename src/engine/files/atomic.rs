//! Atomic writing: a file is written beside its destination, synced and renamed, so that readers see it complete or not at
//! all.

use super::path::parent;
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::lock::{is_linked, take_abandoned};
use crate::engine::foundation::digest::{BLOCK, Blocks, Digest};
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Suffix of files that are still being written. If such a file can be locked, the process that wrote it has ended.
const UNFINISHED: &str = ".ci-accel.tmp";

/// Reads an open file from its start without moving its position, which forked children share.
pub struct FromStart<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> FromStart<'a> {
    /// Starts at the first byte of `file`.
    pub fn new(file: &'a File) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

/// Returns length and digest of an open file, read from its start.
pub fn hash_open(file: &File, path: &Path, interrupt: &Interrupt<'_>) -> Result<(u64, Digest)> {
    copy(file, path, &mut io::sink(), path, interrupt)
}

/// Copies an open file from its start in one pass. Returns length and digest of the copy.
fn copy(
    file: &File,
    path: &Path,
    into: &mut dyn Write,
    target: &Path,
    interrupt: &Interrupt<'_>,
) -> Result<(u64, Digest)> {
    let mut reader = FromStart::new(file);
    let mut blocks = Blocks::default();
    let length = file.metadata().at(path)?.len();
    let mut buffer = vec![
        0;
        usize::try_from(length.saturating_add(1))
            .unwrap_or(BLOCK)
            .min(BLOCK)
    ];
    loop {
        interrupt.check()?;
        let count = match reader.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.at(path)?,
        };
        if count == 0 {
            return Ok(blocks.finish());
        }
        let block = buffer.get(..count).unwrap_or_default();
        blocks.add(block);
        into.write_all(block).at(target)?;
    }
}

/// A writer that hashes the bytes it writes.
pub struct Hashing<'f> {
    file: &'f mut File,
    blocks: Blocks,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.blocks.add(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Whether a file must survive a power failure, or can be recreated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Sync the file before the rename and its folder after it.
    Synced,
    /// Leave writing to the kernel.
    Unsynced,
}

/// A file that is being written beside its destination and is renamed when it is complete.
pub struct Unfinished {
    file: NamedTempFile,
    destination: PathBuf,
    durability: Durability,
}

impl Unfinished {
    /// Creates an empty file beside `destination`, with `mode` less umask, and its missing parent folders.
    ///
    /// # Errors
    /// `Error::Io` with the path of the destination or its folder.
    pub fn beside(destination: &Path, mode: u32, durability: Durability) -> Result<Self> {
        let folder = parent(destination);
        fs::create_dir_all(folder).at(destination)?;
        let mut prefix = destination.file_name().unwrap_or_default().to_owned();
        prefix.push(".");
        loop {
            let file = tempfile::Builder::new()
                .prefix(&prefix)
                .suffix(UNFINISHED)
                .permissions(Permissions::from_mode(mode))
                .tempfile_in(folder)
                .map_err(|error| Error::io(destination, error.into_plain()))?;
            // Another process may have swept the file before it was locked; then create another one.
            let is_contended = matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock));
            if !is_contended && is_linked(file.as_file(), file.path()) {
                return Ok(Self {
                    file,
                    destination: destination.to_path_buf(),
                    durability,
                });
            }
        }
    }

    /// Copies an open file into this one in one pass. Returns length and digest of the copy.
    pub fn fill(
        &mut self,
        from: &File,
        path: &Path,
        interrupt: &Interrupt<'_>,
    ) -> Result<(u64, Digest)> {
        copy(
            from,
            path,
            self.file.as_file_mut(),
            &self.destination,
            interrupt,
        )
    }

    /// Appends `bytes`.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .as_file_mut()
            .write_all(bytes)
            .at(&self.destination)
    }

    /// Appends everything that `write` writes. Returns its digest.
    pub fn stream(
        &mut self,
        write: impl FnOnce(&mut BufWriter<Hashing<'_>>) -> io::Result<()>,
    ) -> Result<Digest> {
        let hashing = Hashing {
            file: self.file.as_file_mut(),
            blocks: Blocks::default(),
        };
        let mut out = BufWriter::with_capacity(BLOCK, hashing);
        let written = write(&mut out).and_then(|()| out.flush());
        written.at(&self.destination)?;
        let (_, digest) = out.get_ref().blocks.finish();
        Ok(digest)
    }

    /// Changes the destination, on the same file system, for a name that depends on the content.
    pub fn named(mut self, destination: &Path) -> Self {
        self.destination = destination.to_path_buf();
        self
    }

    /// Renames the file to its destination, replacing an existing file. Returns it open, under a shared lock.
    pub fn replace(self) -> Result<File> {
        self.settle()?;
        let Self {
            file,
            destination,
            durability,
        } = self;
        let file = file
            .persist(&destination)
            .map_err(|error| Error::io(&destination, error.error.into_plain()))?;
        sync_folder(&destination, durability).map(|()| share(file))
    }

    /// Renames the file to its destination, unless the destination exists; then returns `None`.
    pub fn claim(self) -> Result<Option<File>> {
        self.settle()?;
        let Self {
            file,
            destination,
            durability,
        } = self;
        match file.persist_noclobber(&destination) {
            Ok(file) => sync_folder(&destination, durability).map(|()| Some(share(file))),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(Error::io(&destination, error.error.into_plain())),
        }
    }

    /// Syncs the file if it must survive a power failure.
    fn settle(&self) -> Result<()> {
        match self.durability {
            Durability::Synced => self.file.as_file().sync_all().at(&self.destination),
            Durability::Unsynced => Ok(()),
        }
    }
}

/// Turns the exclusive lock into a shared one, so that readers can open the file and it is not pruned meanwhile.
fn share(file: File) -> File {
    let _ = file.try_lock_shared();
    file
}

/// Restores the errno of an error that tempfile wraps together with a path of its own.
pub(super) trait IntoPlain {
    fn into_plain(self) -> io::Error;
}

impl IntoPlain for io::Error {
    fn into_plain(self) -> io::Error {
        let errno = match self.kind() {
            io::ErrorKind::AlreadyExists => Errno::EXIST,
            io::ErrorKind::FileTooLarge => Errno::FBIG,
            io::ErrorKind::IsADirectory => Errno::ISDIR,
            io::ErrorKind::NotADirectory => Errno::NOTDIR,
            io::ErrorKind::NotFound => Errno::NOENT,
            io::ErrorKind::PermissionDenied => Errno::ACCESS,
            io::ErrorKind::QuotaExceeded => Errno::DQUOT,
            io::ErrorKind::ReadOnlyFilesystem => Errno::ROFS,
            io::ErrorKind::StorageFull => Errno::NOSPC,
            _ => return self,
        };
        errno.into()
    }
}

fn sync_folder(destination: &Path, durability: Durability) -> Result<()> {
    if durability != Durability::Synced {
        return Ok(());
    }
    let folder = parent(destination);
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot sync a folder; the rename is valid nevertheless.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other.at(folder),
    }
}

/// Removes unfinished files of ended processes beside `destination`.
pub fn sweep_unfinished(destination: &Path) {
    let name = destination
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let is_unfinished =
        |file: &str| file.starts_with(&format!("{name}.")) && file.ends_with(UNFINISHED);
    for entry in fs::read_dir(parent(destination))
        .into_iter()
        .flatten()
        .flatten()
    {
        // The lock is held during removal, so a process that is just creating the file notices and creates another.
        if is_unfinished(&entry.file_name().to_string_lossy())
            && let Some(_held) = take_abandoned(&entry.path())
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_T15_a_file_has_its_name_only_when_complete() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("new/clone.db");
        let mut file = Unfinished::beside(&destination, 0o644, Durability::Synced).unwrap();
        file.write(b"half").unwrap();
        assert!(!destination.exists());
        file.write(b"whole").unwrap();
        drop(file.claim().unwrap());
        assert_eq!(fs::read(&destination).unwrap(), b"halfwhole");
        let again = Unfinished::beside(&destination, 0o644, Durability::Unsynced).unwrap();
        assert!(again.claim().unwrap().is_none());
        assert_eq!(fs::read(&destination).unwrap(), b"halfwhole");
        assert_eq!(fs::read_dir(parent(&destination)).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_replaces_a_link_and_not_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("clone.db");
        let kept = folder.path().join("kept.db");
        fs::write(&kept, b"the user's own").unwrap();
        std::os::unix::fs::symlink(&kept, &destination).unwrap();
        for content in [b"first", b"other"] {
            let mut file = Unfinished::beside(&destination, 0o644, Durability::Unsynced).unwrap();
            file.write(content).unwrap();
            drop(file.replace().unwrap());
            assert_eq!(fs::read(&destination).unwrap(), content);
            assert!(!destination.is_symlink());
        }
        assert_eq!(fs::read(&kept).unwrap(), b"the user's own");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_destination_that_cannot_be_replaced_stays() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("clone.db");
        fs::create_dir_all(destination.join("made meanwhile")).unwrap();
        let file = Unfinished::beside(&destination, 0o644, Durability::Unsynced).unwrap();
        assert!(file.replace().unwrap_err().is(io::ErrorKind::IsADirectory));
        assert!(destination.join("made meanwhile").is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_files_of_ended_processes_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("plain.db");
        let alive = Unfinished::beside(&destination, 0o644, Durability::Unsynced).unwrap();
        fs::write(
            folder.path().join("plain.db.Xy12ab.ci-accel.tmp"),
            b"left by kill -9",
        )
        .unwrap();
        fs::write(
            folder.path().join("other.db.Xy12ab.ci-accel.tmp"),
            b"another process's",
        )
        .unwrap();
        sweep_unfinished(&destination);
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 2, "the living one and the other's");
        drop(alive.replace().unwrap());
    }
}
