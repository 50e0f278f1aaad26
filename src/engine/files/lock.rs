//! Kernel locks (`flock`): kill -9 releases them. A lock file is never deleted: with two inodes of one name there
//! would be two holders.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::regular_file::{Place, Stat, open_regular};
use crate::engine::foundation::error::{At, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Longest note of a lock's holder that is read back.
const MOST_OF_A_NOTE: u64 = 4096;

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
        on_wait: &mut dyn FnMut(&str) -> Result<()>,
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
                on_wait(&read_note(path))?;
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
    // Flags as `custom_flags` takes them: they fit, being a C int everywhere.
    #[allow(clippy::cast_possible_wrap)]
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o644);
    options.custom_flags(flags).open(path)
}

fn read_note(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok((file, _)) = open_regular(Place::at(path)) {
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

/// The file under a lock of ours, if no process holds it. In doubt it is held.
#[must_use]
pub fn take_abandoned(path: &Path) -> Option<File> {
    let (file, _) = open_regular(Place::at(path)).ok()?;
    file.try_lock().ok().map(|()| file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::engine::foundation::interrupt::never;

    fn attempt(path: &Path, timeout: Duration) -> (Attempt, Vec<String>) {
        let mut heard = Vec::new();
        let mut hear = |holder: &str| {
            heard.push(holder.to_owned());
            Ok(())
        };
        let attempt = Lock::acquire(path, "pid 7 on here (test)", timeout, &mut hear, &never());
        (attempt.unwrap(), heard)
    }

    #[test]
    fn test_T07_who_waits_hears_for_whom_and_gives_up_in_time() {
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
    fn test_T08_a_lock_whose_file_was_removed_keeps_nobody_out_of_the_new_one() {
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
        assert!(Lock::acquire(&path, "", Duration::ZERO, &mut |_| Ok(()), &never()).is_err());
        assert!(!target.exists());
    }
}
