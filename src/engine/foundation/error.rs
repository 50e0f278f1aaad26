//! What went wrong, sorted by what the caller does next. A miss is a value, never an error.

use std::io;
use std::path::{Path, PathBuf};

/// The engine's one error type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system said no: look at the file.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder that it is about.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file kept changing while it was read: try again when it rests.
    #[error("{}: changed while it was read", path.display())]
    Changed {
        /// The file that would not rest.
        path: PathBuf,
    },
    /// The caller's mistake: mend the call.
    #[error("{0}")]
    Argument(String),
    /// A database that is not what it has to be: look at its builder.
    #[error("{}: {reason}", path.display())]
    Template {
        /// The database.
        path: PathBuf,
        /// Why it cannot be used, and what to do.
        reason: String,
    },
    /// Coverage data that cannot be trusted: look at the file.
    #[error("{}: {reason}", path.display())]
    Coverage {
        /// The file.
        path: PathBuf,
        /// What kind of doubt it is.
        doubt: Doubt,
        /// Why it cannot be trusted, and what to do.
        reason: String,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// Why coverage data cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is not what a tool writes that ran to its end.
    Damaged,
    /// It may be good, in a version of the format that is not known here.
    Schema,
    /// It was not measured the way the others were.
    Mixed,
}

/// Shorthand for the engine's results.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The operating system's error, with the path that it does not carry itself.
    #[must_use]
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }

    /// A database that cannot be used.
    pub fn template(path: &Path, reason: impl Into<String>) -> Self {
        Self::Template {
            path: path.to_path_buf(),
            reason: reason.into(),
        }
    }

    /// Coverage data that is not what a tool writes that ran to its end.
    pub fn coverage(path: &Path, reason: impl Into<String>) -> Self {
        Self::Coverage {
            path: path.to_path_buf(),
            doubt: Doubt::Damaged,
            reason: reason.into(),
        }
    }

    /// Coverage data that was measured in another way than the data that it is combined with.
    pub fn mixed(path: &Path, reason: impl Into<String>) -> Self {
        Self::Coverage {
            path: path.to_path_buf(),
            doubt: Doubt::Mixed,
            reason: reason.into(),
        }
    }

    /// Whether the operating system's error is of this kind.
    #[must_use]
    pub fn is(&self, kind: io::ErrorKind) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == kind)
    }
}

/// Puts the path to an operating system's error.
pub trait At<T> {
    /// The result, its error naming `path`.
    ///
    /// # Errors
    /// `Error::Io` with `path`, where `self` is an error.
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
