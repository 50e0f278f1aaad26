//! Staging, fsync, rename: how files come to stand where others read them, whole or not at all.

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

/// Ending of files that are still being written. One whose lock can be had was left by a process that is dead.
const UNFINISHED: &str = ".ci-accel.tmp";

/// Reads an open file from its start without moving the position that forked children share.
pub struct FromStart<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> FromStart<'a> {
    /// At the first byte of `file`.
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

/// Length and digest of an open file, read from its start.
pub fn hash_open(file: &File, path: &Path, interrupt: &Interrupt<'_>) -> Result<(u64, Digest)> {
    copy(file, path, &mut io::sink(), path, interrupt)
}

/// Copies an open file from its start in one pass; length and digest of what was written.
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

/// A file whose bytes are hashed as they are written.
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

/// Whether the file has to survive a power cut, or can be made again from what does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// fsync the file before the rename, and its folder after it.
    Synced,
    /// Leave it to the kernel. Where the name had a file before, the new one is on its way to the disk with the rename.
    Unsynced,
}

/// A file that is being written beside its destination and takes its name when whole.
pub struct Unfinished {
    file: NamedTempFile,
    destination: PathBuf,
    durability: Durability,
}

impl Unfinished {
    /// An empty one beside `destination`, with `mode` less umask. Missing parent folders are made.
    ///
    /// # Errors
    /// `Error::Io` naming the destination or its folder.
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
            // Locked while it is alive. One that a sweeper had at hand before the lock stood is made again.
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

    /// Fills it from an open file in one pass; length and digest of what was written.
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

    /// Writes `bytes` at its end.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .as_file_mut()
            .write_all(bytes)
            .at(&self.destination)
    }

    /// Lets `write` put bytes at its end, piece by piece; the digest of these.
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

    /// The same file with another name to come, on the same file system: for a name that its content decides.
    pub fn named(mut self, destination: &Path) -> Self {
        self.destination = destination.to_path_buf();
        self
    }

    /// Gives it its name, in place of whatever has that name. The file comes back open, held by a shared lock.
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

    /// Gives it its name, unless the name is taken: then nothing comes back.
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

    /// Makes what was written last.
    fn settle(&self) -> Result<()> {
        match self.durability {
            Durability::Synced => self.file.as_file().sync_all().at(&self.destination),
            Durability::Unsynced => Ok(()),
        }
    }
}

/// Lets readers in under the name that the file has now; no pruner comes between.
fn share(file: File) -> File {
    let _ = file.try_lock_shared();
    file
}

/// tempfile wraps an error together with a path of its own, which hides the operating system's number from the
/// user: it is found again by its kind.
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
        // Some file systems cannot sync a folder; the rename stands all the same.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other.at(folder),
    }
}

/// Removes what dead processes left unfinished beside `destination`.
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
        // Held while it goes: whoever is just making it sees that it went, and makes another.
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
    fn test_T15_a_file_stands_under_its_name_only_when_whole() {
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
    fn a_sweeper_takes_only_what_nobody_writes_any_more() {
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
            b"somebody else's",
        )
        .unwrap();
        sweep_unfinished(&destination);
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 2, "the living one and the other's");
        drop(alive.replace().unwrap());
    }
}
