//! What a traced builder looked at, as a manifest keeps it: each input with the kind of its proof.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirEntry;
use std::path::Path;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::engine::files::path::escaped;
use crate::engine::foundation::digest::Digest;
use crate::engine::template::inputs::path_text;

/// A path as `Places::spell` gives it, or a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(#[serde(with = "path_text")] pub Vec<u8>);

impl std::fmt::Display for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&escaped(&self.0))
    }
}

/// One input that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Seen {
    /// A file that was read or loaded, by its content.
    Read {
        /// Where.
        path: Text,
        /// In bytes.
        length: u64,
        /// Of the content.
        digest: Digest,
    },
    /// A path that was looked for, and not there.
    Absent {
        /// Where.
        path: Text,
    },
    /// A path that was asked about.
    State {
        /// Where.
        path: Text,
        /// What was there.
        is: State,
    },
    /// A link whose text was read.
    Target {
        /// Where.
        path: Text,
        /// What it said, its places spelled as tokens.
        text: Text,
    },
    /// A folder that was listed.
    Listed {
        /// Where.
        path: Text,
        /// The names in it with what each is, less bytecode, what tools leave, and what the builder made.
        names: BTreeMap<Text, State>,
        /// What the builder made there.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        made: BTreeSet<Text>,
    },
    /// A folder in which modules were looked for.
    Importable {
        /// Where.
        path: Text,
        /// What would be imported under each name: `a/__init__.py`, `a.py`, `a/`, or nothing.
        modules: BTreeMap<String, String>,
    },
    /// A variable that was read, or that counts since the environment was taken whole.
    Variable {
        /// Its name.
        name: Text,
        /// Of its value, its places spelled as tokens; nothing where it was not set.
        digest: Option<Digest>,
    },
    /// The environment was taken whole.
    Environment,
    /// A distribution of which a file was used.
    Distribution {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
        /// The folder that it is installed in.
        path: Text,
        /// Of its RECORD; nothing where it came from a path or a version control system: then its used files count.
        digest: Option<Digest>,
    },
    /// A folder that was searched for installed distributions.
    Installed {
        /// Where.
        path: Text,
        /// The distributions' folders.
        names: BTreeSet<Text>,
    },
    /// A file of the environment itself, by its content with the places in it spelled as tokens.
    Configuration {
        /// Where.
        path: Text,
        /// Of the content; nothing where there was none.
        digest: Option<Digest>,
    },
    /// A program that was started, as it was resolved. What it reads is vouched for.
    Program {
        /// Where.
        path: Text,
    },
}

/// What is at a path. Behind a link it is what that leads to, but where the link itself was asked about.
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
    /// Nothing, not even a link that leads nowhere.
    Nothing,
    /// No path at all: it goes through a file, or through a link that leads to itself. Python has other errors for these.
    Blocked,
}

/// Whether a path is one, and whether there is something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To something.
    Open,
    /// To nothing.
    Ends,
    /// Through a file, or through a link that leads to itself.
    Blocked,
}

impl Way {
    /// That of a path, through links.
    #[must_use]
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
    /// By the letter that the tracer writes: small ones through links, large ones not.
    #[must_use]
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

    /// Whether a path is in this state.
    #[must_use]
    pub fn holds(self, path: &Path) -> bool {
        let found = match self {
            Self::File | Self::Folder | Self::Other => path.metadata(),
            Self::Blocked => return Way::to(path) == Way::Blocked,
            _ => path.symlink_metadata(),
        };
        let Ok(kind) = found.map(|metadata| metadata.file_type()) else {
            return self == Self::Nothing && Way::to(path) == Way::Ends;
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

    /// What a name in a folder is, by its entry.
    #[must_use]
    pub fn of_entry(entry: &DirEntry) -> Self {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => Self::FileItself,
            Ok(kind) if kind.is_dir() => Self::FolderItself,
            Ok(kind) if kind.is_symlink() => Self::of_link(&entry.path()),
            _ => Self::OtherItself,
        }
    }

    /// What a link is, by where it leads.
    #[must_use]
    pub fn of_link(path: &Path) -> Self {
        match path.metadata() {
            Ok(found) if found.is_file() => Self::LinkToFile,
            Ok(found) if found.is_dir() => Self::LinkToFolder,
            _ => Self::Link,
        }
    }
}

impl Seen {
    /// Whether it is about the project or the machine, and not about the environment that runs the builder.
    #[must_use]
    pub fn is_of_project(&self) -> bool {
        match self {
            Self::Read { path, .. }
            | Self::Absent { path }
            | Self::State { path, .. }
            | Self::Target { path, .. }
            | Self::Listed { path, .. }
            | Self::Importable { path, .. } => !path.0.starts_with(b"{prefix}"),
            _ => false,
        }
    }

    /// The kind as the manifest has it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Absent { .. } => "absent",
            Self::State { .. } => "state",
            Self::Target { .. } => "target",
            Self::Listed { .. } => "listed",
            Self::Importable { .. } => "importable",
            Self::Variable { .. } => "variable",
            Self::Environment => "environment",
            Self::Distribution { .. } => "distribution",
            Self::Installed { .. } => "installed",
            Self::Configuration { .. } => "configuration",
            Self::Program { .. } => "program",
        }
    }
}
