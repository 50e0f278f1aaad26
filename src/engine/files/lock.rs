//! Kernel locks (`flock`), which the kernel releases when a process is killed. A lock file is never deleted: two inodes
//! of one name could have two holders.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::regular_file::{Place, Stat, open_regular};
use crate::engine::foundation::error::{At, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Longest note of a lock's holder that is read, in bytes.
const MOST_OF_A_NOTE: u64 = 4096;

/// Result of trying to take a lock.
pub enum Attempt {
    /// The lock is held by this process.
    Held(Lock),
    /// Another process held the lock until the timeout.
    TimedOut {
        /// The holder's note about itself.
        holder: String,
    },
    /// The file system does not support locks.
    Unsupported(io::Error),
}

/// An exclusive kernel lock. It is released when the process that took it drops it.
pub struct Lock {
    file: File,
    owner: u32,
}

impl Lock {
    /// Tries to take the lock until `timeout` has passed. `note` describes this process to others; `on_wait` is called
    /// once with the current holder's note.
    ///
    /// # Errors
    /// `Error::Io` if the lock file cannot be created, and the interrupt's error.
    pub fn acquire(
        path: &Path,
        note: &str,
        timeout: Duration,
        on_wait: &mut dyn FnMut(&str) -> Result<()>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Attempt> {
        let started = Instant::now();
        let mut has_called = false;
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
                // The file was removed meanwhile; the next process would lock another one.
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Ok(Attempt::Unsupported(error)),
            }
            if !has_called {
                has_called = true;
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

    /// Writes the note. Only people read it, so an error such as a full disk is ignored.
    fn write_note(&self, note: &str) {
        let _ = self.file.set_len(0);
        let _ = self.file.write_all_at(note.as_bytes(), 0);
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A forked child shares the lock, so only the process that took it may release it. It has to unlock explicitly,
        // because closing the file does not release the lock while a child has the handle.
        if self.owner == std::process::id() {
            let _ = self.file.unlock();
        }
    }
}

fn open_lock(path: &Path) -> io::Result<File> {
    // `custom_flags` takes an i32; the flags are a C int on every system, so they fit.
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

/// Returns whether `path` still names the open file.
pub fn is_linked(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => Stat::from(&open).is_same_file(&Stat::from(&named)),
        _ => false,
    }
}

/// Locks and returns the file if no process holds it; `None` if one does or the file cannot be opened.
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
    fn test_T07_a_waiting_process_learns_the_holder_and_times_out() {
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
    fn test_T08_a_lock_on_a_removed_file_does_not_block_the_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let (old, _) = attempt(&path, Duration::ZERO);
        fs::remove_file(&path).unwrap();
        let (new, _) = attempt(&path, Duration::ZERO);
        assert!(matches!((&old, &new), (Attempt::Held(_), Attempt::Held(_))));
        // Only the new file counts from now on; releasing the old lock changes nothing.
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
