//! The state of a path: its kind, and whether it can be reached.

use std::fs::DirEntry;
use std::path::Path;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// Kind of a path, following links unless the link itself was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A device, a socket, ...
    Other,
    /// A regular file, and not through a link.
    #[serde(rename = "file itself")]
    FileItself,
    /// A folder, and not through a link.
    #[serde(rename = "folder itself")]
    FolderItself,
    /// A device, a socket, ..., and not through a link.
    #[serde(rename = "other itself")]
    OtherItself,
    /// A symbolic link.
    Link,
    /// A symbolic link to a file.
    #[serde(rename = "link to a file")]
    LinkToFile,
    /// A symbolic link to a folder.
    #[serde(rename = "link to a folder")]
    LinkToFolder,
    /// Nothing, not even a dangling link.
    Nothing,
    /// Unreachable: the path goes through a file or a link loop, for which Python has other errors.
    Blocked,
}

/// Whether a path can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reachability {
    /// The path exists.
    Open,
    /// The path does not exist.
    Ends,
    /// The path goes through a file or a link loop.
    Blocked,
}

impl Reachability {
    /// Returns the reachability of a path, following links.
    pub fn to(path: &Path) -> Self {
        match path.metadata() {
            Ok(_) => Self::Open,
            Err(error) => match Errno::from_io_error(&error) {
                Some(Errno::NOTDIR | Errno::LOOP) => Self::Blocked,
                _ => Self::Ends,
            },
        }
    }
}

impl State {
    /// Returns the state for a letter in the tracer's log: lower case if links were followed, otherwise upper case.
    pub fn of_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'f' => Self::File,
            b'd' => Self::Folder,
            b'o' => Self::Other,
            b'F' => Self::FileItself,
            b'D' => Self::FolderItself,
            b'O' => Self::OtherItself,
            b'L' => Self::Link,
            b'_' => Self::Nothing,
            _ => return None,
        })
    }

    /// Returns the name used in the manifest and its key.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Folder => "folder",
            Self::Other => "other",
            Self::FileItself => "file itself",
            Self::FolderItself => "folder itself",
            Self::OtherItself => "other itself",
            Self::Link => "link",
            Self::LinkToFile => "link to a file",
            Self::LinkToFolder => "link to a folder",
            Self::Nothing => "nothing",
            Self::Blocked => "blocked",
        }
    }

    /// Returns whether a path is in this state.
    pub fn holds(self, path: &Path) -> bool {
        let found = match self {
            Self::File | Self::Folder | Self::Other => path.metadata(),
            Self::Blocked => return Reachability::to(path) == Reachability::Blocked,
            _ => path.symlink_metadata(),
        };
        let Ok(kind) = found.map(|metadata| metadata.file_type()) else {
            return self == Self::Nothing && Reachability::to(path) == Reachability::Ends;
        };
        match self {
            Self::File | Self::FileItself => kind.is_file(),
            Self::Folder | Self::FolderItself => kind.is_dir(),
            Self::Link => kind.is_symlink(),
            Self::LinkToFile => kind.is_symlink() && path.is_file(),
            Self::LinkToFolder => kind.is_symlink() && path.is_dir(),
            Self::Other => !kind.is_file() && !kind.is_dir(),
            Self::OtherItself => !kind.is_file() && !kind.is_dir() && !kind.is_symlink(),
            Self::Nothing | Self::Blocked => false,
        }
    }

    /// Returns the state of a folder's entry.
    pub fn of_entry(entry: &DirEntry) -> Self {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => Self::FileItself,
            Ok(kind) if kind.is_dir() => Self::FolderItself,
            Ok(kind) if kind.is_symlink() => Self::of_link(&entry.path()),
            _ => Self::OtherItself,
        }
    }

    /// Returns the state of a link, by its target.
    pub fn of_link(path: &Path) -> Self {
        match path.metadata() {
            Ok(found) if found.is_file() => Self::LinkToFile,
            Ok(found) if found.is_dir() => Self::LinkToFolder,
            _ => Self::Link,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_one_name_in_the_manifest_and_in_the_key() {
        for state in [
            State::File,
            State::Folder,
            State::Other,
            State::FileItself,
            State::FolderItself,
            State::OtherItself,
            State::Link,
            State::LinkToFile,
            State::LinkToFolder,
            State::Nothing,
            State::Blocked,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
