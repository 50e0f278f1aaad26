//! The engine's errors, one variant for each reaction of the caller. A miss is a value, not an error.

use std::io;
use std::path::{Path, PathBuf};

/// The engine's one error type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused an operation: examine the file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A file kept changing while it was read: try again later.
    #[error("{}: changed while it was read", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// An invalid argument: correct the call.
    #[error("{0}")]
    Argument(String),
    /// A template database that cannot be used: examine the command that builds it.
    #[error("{}: {reason}", path.display())]
    Template {
        /// The database.
        path: PathBuf,
        /// Why it cannot be used, and what to do.
        reason: String,
    },
    /// Coverage data that cannot be trusted: examine the file.
    #[error("{}: {reason}", path.display())]
    Coverage {
        /// The file.
        path: PathBuf,
        /// Category of the reason.
        doubt: Doubt,
        /// Why it cannot be trusted, and what to do.
        reason: String,
    },
    /// The user interrupted the call.
    #[error("interrupted")]
    Interrupted,
}

/// Category of the reason why coverage data cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The file is damaged or incomplete.
    Damaged,
    /// The file has an unsupported version of its format.
    Schema,
    /// The file was measured differently from the other files.
    Mixed,
}

/// Result with the engine's error.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Returns the operating system's error with its path.
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }

    /// Returns the error for a template database that cannot be used.
    pub fn template(path: &Path, reason: impl Into<String>) -> Self {
        Self::Template {
            path: path.to_path_buf(),
            reason: reason.into(),
        }
    }

    /// Returns the error for damaged or incomplete coverage data.
    pub fn coverage(path: &Path, reason: impl Into<String>) -> Self {
        Self::Coverage {
            path: path.to_path_buf(),
            doubt: Doubt::Damaged,
            reason: reason.into(),
        }
    }

    /// Returns the error for coverage data that was measured differently from the data it is combined with.
    pub fn mixed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Coverage {
            path: path.to_path_buf(),
            doubt: Doubt::Mixed,
            reason: reason.into(),
        }
    }

    /// Returns whether this is an operating system's error of the given kind.
    pub fn is(&self, kind: io::ErrorKind) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == kind)
    }
}

/// Adds the path to an operating system's error.
pub trait At<T> {
    /// Returns the value, or the error with `path`.
    ///
    /// # Errors
    /// `Error::Io` with `path` if `self` is an error.
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|source| Error::io(path, source))
    }
}

impl<T> At<T> for std::result::Result<T, rustix::io::Errno> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|errno| Error::io(path, errno.into()))
    }
}
