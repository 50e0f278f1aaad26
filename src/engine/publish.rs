//! Lock, staging, fsync, rename: how files come to stand where others read them, whole or not at all.
//!
//! Locks are the kernel's (`flock`), so kill -9 releases them. A lock file is never deleted: with two inodes of
//! one name there would be two holders.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::digest::{BLOCK, Digest, Stat, Tee};
use super::error::{At, Error, Result};
use super::interrupt::Interrupt;

/// Longest note of a lock's holder that is read back.
const MOST_OF_A_NOTE: u64 = 4096;

/// Ending of files that are still being written. One whose lock can be had was left by a process that is dead.
const UNFINISHED: &str = ".tmp";

/// What became of asking for a lock.
pub enum Attempt {
    /// It is ours.
    Held(Lock),
    /// Somebody had it all the time.
    TimedOut {
        /// What the holder wrote about itself.
        holder: String,
    },
    /// This file system has no locks.
    Unsupported(io::Error),
}

/// An exclusive kernel lock, released when dropped by the process that took it.
pub struct Lock {
    file: File,
    owner: u32,
}

impl Lock {
    /// Asks until `timeout` has passed. `note` tells others who holds it; `on_wait` hears once what the present
    /// holder wrote.
    ///
    /// # Errors
    /// `Error::Io` where the lock file cannot be made, and the interrupt's.
    pub fn acquire(
        path: &Path,
        note: &str,
        timeout: Duration,
        on_wait: &mut dyn FnMut(&str),
        interrupt: &Interrupt<'_>,
    ) -> Result<Attempt> {
        let started = Instant::now();
        let mut has_told = false;
        loop {
            let file = open_lock(path).at(path)?;
            match file.try_lock() {
                Ok(()) if is_linked(&file, path) => {
                    let lock = Self {
                        file,
                        owner: std::process::id(),
                    };
                    lock.write_note(note);
                    return Ok(Attempt::Held(lock));
                }
                // Somebody removed the file meanwhile: what we locked is not what the next one will lock.
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Ok(Attempt::Unsupported(error)),
            }
            if !has_told {
                has_told = true;
                on_wait(&read_note(path));
            }
            if started.elapsed() >= timeout {
                return Ok(Attempt::TimedOut {
                    holder: read_note(path),
                });
            }
            interrupt.sleep()?;
        }
    }

    /// For people only: a full disk does not keep anybody from the lock.
    fn write_note(&self, note: &str) {
        let _ = self.file.set_len(0);
        let _ = self.file.write_all_at(note.as_bytes(), 0);
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A forked child shares the lock with its parent: only the process that took it may release it. And it has
        // to: closing is not enough while a child still has the handle.
        if self.owner == std::process::id() {
            let _ = self.file.unlock();
        }
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644);
    options
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path)
}

/// The flags as `custom_flags` takes them: they fit, being a C int everywhere.
#[allow(clippy::cast_possible_wrap)]
fn flags(flags: OFlags) -> i32 {
    flags.bits() as i32
}

fn read_note(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(MOST_OF_A_NOTE).read_to_end(&mut bytes);
    }
    let note = String::from_utf8_lossy(&bytes).trim().to_owned();
    if note.is_empty() {
        "another process".to_owned()
    } else {
        note
    }
}

/// Whether `path` still names the file that is open.
#[must_use]
pub fn is_linked(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => Stat::from(&open).is_same_file(&Stat::from(&named)),
        _ => false,
    }
}

/// Reads an open file from its start without moving the position that forked children share.
pub struct FromStart<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> FromStart<'a> {
    /// At the first byte of `file`.
    #[must_use]
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
///
/// # Errors
/// The operating system's, naming `path`, and the interrupt's.
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
    let mut tee = Tee::new(&mut reader);
    let length = file.metadata().at(path)?.len();
    let mut buffer = vec![
        0;
        usize::try_from(length.saturating_add(1))
            .unwrap_or(BLOCK)
            .min(BLOCK)
    ];
    loop {
        interrupt.check()?;
        let count = match tee.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.at(path)?,
        };
        if count == 0 {
            return Ok(tee.finish());
        }
        into.write_all(buffer.get(..count).unwrap_or_default())
            .at(target)?;
    }
}

/// Whether the file has to survive a power cut, or can be made again from what does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// fsync the file before the rename, and its folder after it.
    Synced,
    /// Leave it to the kernel.
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
        fs::create_dir_all(folder).at(folder)?;
        let mut prefix = destination.file_name().unwrap_or_default().to_owned();
        prefix.push(".");
        loop {
            let file = tempfile::Builder::new()
                .prefix(&prefix)
                .suffix(UNFINISHED)
                .permissions(Permissions::from_mode(mode))
                .tempfile_in(folder)
                .map_err(|error| Error::io(destination, error.into_plain()))?;
            // Locked while it is alive. One that was swept before the lock stood is made again.
            let _ = file.as_file().try_lock();
            if is_linked(file.as_file(), file.path()) {
                return Ok(Self {
                    file,
                    destination: destination.to_path_buf(),
                    durability,
                });
            }
        }
    }

    /// Fills it from an open file in one pass; length and digest of what was written.
    ///
    /// # Errors
    /// The operating system's, naming the destination, and the interrupt's.
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
    ///
    /// # Errors
    /// The operating system's, naming the destination.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).at(&self.destination)
    }

    /// The same file with another name to come, on the same file system: for a name that its content decides.
    #[must_use]
    pub fn named(mut self, destination: &Path) -> Self {
        self.destination = destination.to_path_buf();
        self
    }

    /// Gives it its name, in place of whatever has that name. The file comes back open, held by a shared lock.
    ///
    /// # Errors
    /// The operating system's, naming the destination.
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
        sync_folder(&destination, durability).map(|()| file)
    }

    /// Gives it its name, unless the name is taken: then nothing comes back.
    ///
    /// # Errors
    /// The operating system's, naming the destination.
    pub fn claim(self) -> Result<Option<File>> {
        self.settle()?;
        let Self {
            file,
            destination,
            durability,
        } = self;
        match file.persist_noclobber(&destination) {
            Ok(file) => sync_folder(&destination, durability).map(|()| Some(file)),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(Error::io(&destination, error.error.into_plain())),
        }
    }

    /// Makes what was written last, and lets readers in while it stays spared from sweepers.
    fn settle(&self) -> Result<()> {
        let _ = self.file.as_file().try_lock_shared();
        match self.durability {
            Durability::Synced => self.file.as_file().sync_all().at(&self.destination),
            Durability::Unsynced => Ok(()),
        }
    }
}

/// tempfile wraps an error together with a path of its own, which hides the operating system's number from the
/// user: it is found again by its kind.
trait IntoPlain {
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
    if durability == Durability::Unsynced {
        return Ok(());
    }
    let folder = parent(destination);
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot sync a folder; the rename stands all the same.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other.at(folder),
    }
}

/// The folder that a path lies in; the current one for a bare name.
#[must_use]
pub fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// `path` with an ending put behind its whole name.
#[must_use]
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut text = OsString::from(path);
    text.push(ending);
    PathBuf::from(text)
}

/// Makes a folder that only its owner can write, and its missing parents.
///
/// # Errors
/// The operating system's.
pub fn make_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .at(path)
}

/// Why what lies in `folder` cannot be trusted, if so: others could have planted it there. The owner of `root`
/// is trusted: in CI the workspace is often mounted with another uid.
///
/// # Errors
/// The operating system's, where the folder is not there or cannot be looked at.
pub fn distrust(folder: &Path, root: &Path) -> Result<Option<String>> {
    let metadata = fs::metadata(folder).at(folder)?;
    let owners = [
        rustix::process::geteuid().as_raw(),
        0,
        fs::metadata(root).at(root)?.uid(),
    ];
    let (name, mode) = (folder.display(), metadata.mode() & 0o7777);
    if !metadata.is_dir() {
        return Ok(Some(format!("{name} is not a folder")));
    }
    if !owners.contains(&metadata.uid()) {
        let uid = metadata.uid();
        return Ok(Some(format!(
            "{name} belongs to uid {uid}, who could have planted a database; remove it or chown it"
        )));
    }
    if mode & 0o002 != 0 {
        return Ok(Some(format!(
            "{name} is writable by everybody (mode {mode:o}); chmod o-w it"
        )));
    }
    Ok(None)
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
        if is_unfinished(&entry.file_name().to_string_lossy()) && is_abandoned(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A folder of this process that goes when it is dropped. A forked child's copy leaves it alone.
#[derive(Debug)]
pub struct OwnFolder {
    path: PathBuf,
    owner: u32,
}

impl OwnFolder {
    /// A new one in `parent`, its name starting with `prefix`.
    ///
    /// # Errors
    /// The operating system's, naming the parent.
    pub fn create(parent: &Path, prefix: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(parent);
        let path = folder
            .map_err(|error| Error::io(parent, error.into_plain()))?
            .keep();
        Ok(Self {
            path,
            owner: std::process::id(),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to another name in the same parent.
    ///
    /// # Errors
    /// The operating system's: then it stays where it was.
    pub fn rename(&mut self, name: &str) -> Result<()> {
        let target = parent(&self.path).join(name);
        fs::rename(&self.path, &target).at(&target)?;
        self.path = target;
        Ok(())
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Whether no process holds the file. In doubt: no.
#[must_use]
pub fn is_abandoned(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::engine::interrupt::never;

    fn attempt(path: &Path, timeout: Duration) -> (Attempt, Vec<String>) {
        let mut heard = Vec::new();
        let mut hear = |holder: &str| heard.push(holder.to_owned());
        let attempt = Lock::acquire(path, "pid 7 on here (test)", timeout, &mut hear, &never());
        (attempt.unwrap(), heard)
    }

    #[test]
    fn test_t07_who_waits_hears_for_whom_and_gives_up_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let (first, heard) = attempt(&path, Duration::ZERO);
        assert!(matches!(first, Attempt::Held(_)));
        assert_eq!(heard, Vec::<String>::new());
        let (second, heard) = attempt(&path, Duration::from_millis(120));
        assert!(matches!(second, Attempt::TimedOut { holder } if holder == "pid 7 on here (test)"));
        assert_eq!(heard, ["pid 7 on here (test)"]);
        drop(first);
        assert!(matches!(attempt(&path, Duration::ZERO).0, Attempt::Held(_)));
    }

    #[test]
    fn test_t08_a_lock_whose_file_was_removed_keeps_nobody_out_of_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let (old, _) = attempt(&path, Duration::ZERO);
        fs::remove_file(&path).unwrap();
        let (new, _) = attempt(&path, Duration::ZERO);
        assert!(matches!((&old, &new), (Attempt::Held(_), Attempt::Held(_))));
        // The new file is the one that counts from now on, whatever becomes of the old one.
        drop(old);
        assert!(matches!(
            attempt(&path, Duration::ZERO).0,
            Attempt::TimedOut { .. }
        ));
    }

    #[test]
    fn a_lock_is_not_taken_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (target, path) = (folder.path().join("target"), folder.path().join("a.lock"));
        symlink(&target, &path).unwrap();
        assert!(Lock::acquire(&path, "", Duration::ZERO, &mut |_| {}, &never()).is_err());
        assert!(!target.exists());
    }

    #[test]
    fn test_t15_a_file_stands_under_its_name_only_when_whole() {
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
    fn a_sweeper_takes_only_what_nobody_writes_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let destination = folder.path().join("plain.db");
        let alive = Unfinished::beside(&destination, 0o644, Durability::Unsynced).unwrap();
        fs::write(
            folder.path().join("plain.db.Xy12ab.tmp"),
            b"left by kill -9",
        )
        .unwrap();
        fs::write(
            folder.path().join("other.db.Xy12ab.tmp"),
            b"somebody else's",
        )
        .unwrap();
        sweep_unfinished(&destination);
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 2, "the living one and the other's");
        drop(alive.replace().unwrap());
    }

    #[test]
    fn an_error_of_a_full_or_missing_place_keeps_its_number_and_path() {
        let error = OwnFolder::create(Path::new("/proc"), "x.").unwrap_err();
        assert!(
            matches!(&error, Error::Io { path, source } if path == Path::new("/proc") && source.raw_os_error().is_some())
        );
    }

    #[test]
    fn test_t22_a_folder_that_everybody_can_write_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(distrust(folder.path(), folder.path()).unwrap(), None);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
        assert!(
            distrust(folder.path(), folder.path())
                .unwrap()
                .unwrap()
                .contains("writable by everybody")
        );
    }
}
