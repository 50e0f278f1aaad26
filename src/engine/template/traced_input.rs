//! What a traced builder looked at, as a manifest keeps it: each input with the kind of its proof.

use super::state::State;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::files::path::escaped;
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::foundation::document::path_text;

/// A path as `PathTokens::spell` gives it, or a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathText(#[serde(with = "path_text")] pub Vec<u8>);

impl std::fmt::Display for PathText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&escaped(&self.0))
    }
}

/// One input that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum TracedInput {
    /// A file that was read or loaded, by its content.
    Read {
        /// Where.
        path: PathText,
        /// In bytes.
        length: u64,
        /// Of the content.
        digest: Digest,
    },
    /// A path that was looked for, and not there.
    Absent {
        /// Where.
        path: PathText,
    },
    /// A path that was asked about.
    State {
        /// Where.
        path: PathText,
        /// What was there.
        is: State,
    },
    /// A link whose text was read.
    Target {
        /// Where.
        path: PathText,
        /// What it said, its places spelled as tokens.
        text: PathText,
    },
    /// A folder that was listed.
    Listed {
        /// Where.
        path: PathText,
        /// The names in it with what each is, less bytecode, what tools leave, and what the builder made.
        names: BTreeMap<PathText, State>,
        /// What the builder made there.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        made: BTreeSet<PathText>,
    },
    /// A folder in which modules were looked for.
    Importable {
        /// Where.
        path: PathText,
        /// What would be imported under each name: `a/__init__.py`, `a.py`, `a/`, or nothing.
        modules: BTreeMap<String, String>,
    },
    /// A variable that was read, or that counts since the environment was taken whole.
    Variable {
        /// Its name.
        name: PathText,
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
        path: PathText,
        /// Of its RECORD; nothing where it came from a path or a version control system: then its used files count.
        digest: Option<Digest>,
    },
    /// A folder that was searched for installed distributions.
    Installed {
        /// Where.
        path: PathText,
        /// The distributions' folders.
        names: BTreeSet<PathText>,
    },
    /// A file of the environment itself, by its content with the places in it spelled as tokens.
    Configuration {
        /// Where.
        path: PathText,
        /// Of the content; nothing where there was none.
        digest: Option<Digest>,
    },
    /// A program that was started, as it was resolved. What it reads is vouched for.
    Program {
        /// Where.
        path: PathText,
    },
}

impl TracedInput {
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

    /// Adds the kind and the fields to a key, in the order of the manifest's documentation.
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
