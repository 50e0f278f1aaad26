//! Traced inputs: what a builder used, as stored in a manifest.

use super::state::State;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::files::path::escaped;
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::foundation::document::path_text;

/// A path as spelled by `PathTokens::spell`, or a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathText(#[serde(with = "path_text")] pub Vec<u8>);

impl std::fmt::Display for PathText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&escaped(&self.0))
    }
}

/// A traced input, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum TracedInput {
    /// A file that was read or loaded, compared by content.
    Read {
        /// Path of the file.
        path: PathText,
        /// Length in bytes.
        length: u64,
        /// Digest of the content.
        digest: Digest,
    },
    /// A path that was looked up and missing.
    Absent {
        /// The missing path.
        path: PathText,
    },
    /// A path whose kind was checked.
    State {
        /// Path that was checked.
        path: PathText,
        /// Kind that was found.
        is: State,
    },
    /// A link whose text was read.
    Target {
        /// Path of the link.
        path: PathText,
        /// Text of the link, with places as tokens.
        text: PathText,
    },
    /// A folder that was listed.
    Listed {
        /// Path of the folder.
        path: PathText,
        /// Names with their states, without bytecode, leftovers of tools, and files that the builder made.
        names: BTreeMap<PathText, State>,
        /// Names that the builder made.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        made: BTreeSet<PathText>,
    },
    /// A folder in which modules were looked up.
    Importable {
        /// Path of the folder.
        path: PathText,
        /// What is imported under each name: `a/__init__.py`, `a.py`, `a/`, or an empty text.
        modules: BTreeMap<String, String>,
    },
    /// A variable that was read, or that counts because the complete environment was read.
    Variable {
        /// Name of the variable.
        name: PathText,
        /// Digest of the value with places as tokens; `None` if it was not set.
        digest: Option<Digest>,
    },
    /// The complete environment was read.
    Environment,
    /// A distribution of which a file was used.
    Distribution {
        /// Name of the distribution.
        name: String,
        /// Version of the distribution.
        version: String,
        /// Folder in which it is installed.
        path: PathText,
        /// Digest of RECORD; `None` if it came from a path or a version control system, so that its used files count.
        digest: Option<Digest>,
    },
    /// A folder that was searched for installed distributions.
    Installed {
        /// Path of the folder.
        path: PathText,
        /// Names of the distributions' folders.
        names: BTreeSet<PathText>,
    },
    /// A configuration file of the environment, compared by content with places as tokens.
    Configuration {
        /// Path of the file.
        path: PathText,
        /// Digest of the content; `None` if the file was missing.
        digest: Option<Digest>,
    },
    /// A program that was started and needs no trace.
    Program {
        /// Resolved path of the program.
        path: PathText,
    },
}

impl TracedInput {
    /// Returns whether the input belongs to the project or the machine, not to the environment of the builder.
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

    /// Adds the kind and the fields to a key, in the order that docs/cache-keys.md lists.
    pub fn frame(&self, framed: &mut Framed) {
        framed.field(self.kind().as_bytes());
        match self {
            Self::Read {
                path,
                length,
                digest,
            } => {
                framed.field(&path.0).number(*length).digest(digest);
            }
            Self::Absent { path } | Self::Program { path } => {
                framed.field(&path.0);
            }
            Self::State { path, is } => {
                framed.field(&path.0).field(is.name().as_bytes());
            }
            Self::Target { path, text } => {
                framed.field(&path.0).field(&text.0);
            }
            Self::Listed { path, names, made } => {
                framed.field(&path.0).number(names.len() as u64);
                for (name, state) in names {
                    framed.field(&name.0).field(state.name().as_bytes());
                }
                framed.number(made.len() as u64);
                for name in made {
                    framed.field(&name.0);
                }
            }
            Self::Importable { path, modules } => {
                framed.field(&path.0).number(modules.len() as u64);
                for (name, found) in modules {
                    framed.field(name.as_bytes()).field(found.as_bytes());
                }
            }
            Self::Variable { name, digest } => {
                framed.field(&name.0).optional(digest.as_ref());
            }
            Self::Environment => {}
            Self::Distribution {
                name,
                version,
                path,
                digest,
            } => {
                framed.field(name.as_bytes()).field(version.as_bytes());
                framed.field(&path.0).optional(digest.as_ref());
            }
            Self::Installed { path, names } => {
                framed.field(&path.0).number(names.len() as u64);
                for name in names {
                    framed.field(&name.0);
                }
            }
            Self::Configuration { path, digest } => {
                framed.field(&path.0).optional(digest.as_ref());
            }
        }
    }

    /// Returns the kind as written in the manifest.
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
