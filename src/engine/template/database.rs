//! An open database whose bytes were verified. While it is open, it can be removed but not lost, and pruning skips it. It
//! is copied as bytes; SQLite never opens it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::manifest::DatabaseDigest;
use crate::engine::files::atomic::{Durability, Unfinished, hash_open};
use crate::engine::files::lock::is_linked;
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::{Place, open_regular};
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Number of attempts to open a file that another process is replacing.
const TRIES: u32 = 20;

/// Pause between two attempts to open a file.
const PAUSE: Duration = Duration::from_millis(10);

/// A verified database.
#[derive(Debug)]
pub struct Database {
    /// Path at which it was opened.
    pub path: PathBuf,
    /// Length and digest.
    pub made: DatabaseDigest,
    /// The open file, which holds a shared lock.
    file: File,
}

/// Result of comparing a file with a digest.
#[derive(Debug)]
pub enum Proof {
    /// The file has the digest.
    Proved(Database),
    /// The file does not have it, or cannot be read: why, as the rest of a sentence.
    Refused(String),
}

impl Proof {
    /// Returns the database, or the error for a file that must have the digest.
    ///
    /// # Errors
    /// `Error::Template` naming `path`.
    pub fn or_error(self, path: &Path) -> Result<Database> {
        match self {
            Self::Proved(database) => Ok(database),
            Self::Refused(reason) => Err(Error::template(path, format!("the file {reason}"))),
        }
    }
}

impl Database {
    /// Opens the file and proves its bytes. Inside: the database, or what is wrong with it, as a sentence's rest.
    ///
    /// # Errors
    /// Only the interrupt's: a database that cannot be read is one that is not there.
    pub fn prove(path: &Path, made: DatabaseDigest, interrupt: &Interrupt<'_>) -> Result<Proof> {
        let file = match Self::hold(path) {
            Ok(file) => file,
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(Proof::Refused("is gone".to_owned()));
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => return Ok(Proof::Refused(format!("cannot be read: {error}"))),
        };
        let (length, digest) = match hash_open(&file, path, interrupt) {
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => return Ok(Proof::Refused(format!("cannot be read: {error}"))),
            Ok(found) => found,
        };
        if length != made.length {
            return Ok(Proof::Refused(format!(
                "has {length} bytes instead of {}",
                made.length
            )));
        }
        if digest != made.digest {
            return Ok(Proof::Refused(
                "does not have the recorded bytes".to_owned(),
            ));
        }
        Ok(Proof::Proved(Self {
            path: path.to_path_buf(),
            made,
            file,
        }))
    }

    /// Opens the file under a shared lock and checks that the path still names it.
    fn hold(path: &Path) -> Result<File> {
        for _ in 0..TRIES {
            let (file, _) = open_regular(Place::at(path))?;
            match file.try_lock_shared() {
                // On a file system without locks, no process prunes either.
                Ok(()) | Err(TryLockError::Error(_)) if is_linked(&file, path) => return Ok(file),
                _ => thread::sleep(PAUSE),
            }
        }
        Err(Error::Changed {
            path: path.to_path_buf(),
        })
    }

    /// Copies the database to `destination`, reading, hashing and writing in one pass; the copy gets its name only after
    /// verification. It has mode 0644 less umask. Without `replace` an existing destination is kept.
    ///
    /// # Errors
    /// `Error::Io` for a destination that exists, has a journal or WAL of another database beside it, or cannot be
    /// written; `Error::Template` if the bytes changed since they were verified.
    pub fn copy_to(
        &self,
        destination: &Path,
        replace: bool,
        durability: Durability,
        interrupt: &Interrupt<'_>,
    ) -> Result<()> {
        refuse_side_files(destination)?;
        match fs::symlink_metadata(destination) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(Error::io(destination, rustix::io::Errno::ISDIR.into()));
            }
            Ok(_) if !replace => return Err(exists(destination)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(destination, error)),
        }
        let mut copy = Unfinished::beside(destination, 0o644, durability)?;
        let (length, digest) = copy.fill(&self.file, &self.path, interrupt)?;
        if (DatabaseDigest { length, digest }) != self.made {
            return Err(Error::template(
                &self.path,
                "its bytes changed since they were verified; run ensure() again",
            ));
        }
        if replace {
            copy.replace().map(drop)
        } else {
            copy.claim()?.map(drop).ok_or_else(|| exists(destination))
        }
    }

    /// Returns whether `path` has the same bytes.
    pub fn is_at(&self, path: &Path, interrupt: &Interrupt<'_>) -> Result<bool> {
        Ok(matches!(
            Self::prove(path, self.made, interrupt)?,
            Proof::Proved(_)
        ))
    }

    /// Returns another handle of the same open file.
    pub fn reopen(&self) -> Result<Self> {
        let file = self.file.try_clone().at(&self.path)?;
        Ok(Self {
            path: self.path.clone(),
            made: self.made,
            file,
        })
    }
}

/// Refuses a journal or WAL beside the destination, which the first reader would replay into the new database.
///
/// # Errors
/// `Error::Io` with the path of that file.
pub fn refuse_side_files(database: &Path) -> Result<()> {
    for ending in ["-journal", "-wal"] {
        let side_file = with_ending(database, ending);
        if fs::symlink_metadata(&side_file).is_ok_and(|metadata| metadata.len() > 0) {
            let reason = "stale sidecar of another database; close the program that has it open, or remove the file";
            return Err(Error::io(
                &side_file,
                io::Error::new(io::ErrorKind::AlreadyExists, reason),
            ));
        }
    }
    Ok(())
}

fn exists(destination: &Path) -> Error {
    Error::io(destination, rustix::io::Errno::EXIST.into())
}
