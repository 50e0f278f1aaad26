//! The template database: a database that is proved to be what its builder would make now.
//!
//! `look` proves; `begin` takes the lock, looks again and hands out a staging path; `Build::publish` (in
//! `build.rs`) finishes, stores and records. A fault of the cache is a miss or "disabled" with its reason.

pub mod build;
pub mod database;
pub mod differences;
pub mod inputs;
pub mod manifest;
pub mod opened;
pub mod trace;
pub mod traced;
pub mod variants;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use self::database::{Database, refuse_side_files};
use self::differences::Others;
use self::inputs::{Basis, ENVIRONMENT_CONTEXT, Input, Named};
use self::manifest::{Declared, Manifest};
use self::traced::surroundings::Surroundings;
use self::variants::{MANIFEST, Store};
use crate::engine::files::atomic::{Durability, Unfinished, sweep_unfinished};
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::Stat;
use crate::engine::files::walk::{self, Selection};
use crate::engine::fingerprint::Fingerprint;
use crate::engine::foundation::digest::Framed;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// What is asked for: which database, made from what, by whom.
#[derive(Clone, Debug)]
pub struct Request {
    /// The project's root; the builder's working directory.
    pub root: PathBuf,
    /// The plain path: a copy of the last database that was ensured. Absolute.
    pub path: PathBuf,
    /// The store's folder. Absolute.
    pub store: PathBuf,
    /// The folder that gets CACHEDIR.TAG.
    pub tagged: PathBuf,
    /// The builder's argv, with `{db}`.
    pub build: Vec<String>,
    /// Declared paths and globs.
    pub inputs: Vec<PathBuf>,
    /// Paths and globs that do not count.
    pub exclude: Vec<PathBuf>,
    /// Variables that the builder gets, with `{db}`.
    pub environment: BTreeMap<String, String>,
    /// The user's own values.
    pub values: BTreeMap<String, String>,
    /// What the builder's interpreter says of itself.
    pub interpreter: BTreeMap<String, String>,
    /// Migration tools in the builder's environment, with their versions.
    pub distributions: BTreeMap<String, String>,
    /// Where a traced builder runs; nothing where the declared inputs are all.
    pub surroundings: Option<Surroundings>,
}

/// A database proved to be the one that is asked for.
pub struct Proved {
    /// Its bytes.
    pub database: Database,
    /// What it was made from.
    pub manifest: Manifest,
}

/// What the inputs were at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Snapshot {
    basis: Basis,
    /// The state of each file, in the order of the inputs: equal ones, before and after, mean that it rested.
    at_rest: Vec<Stat>,
}

/// A snapshot, or which input would not rest.
type Taken = std::result::Result<Snapshot, String>;

/// What a look found.
pub enum Look {
    /// It is there.
    Hit(Box<Proved>),
    /// It has to be built, and why.
    Miss(Vec<String>),
    /// The cache cannot be used, and why.
    Disabled(String),
}

impl Request {
    fn store(&self) -> Store<'_> {
        Store {
            folder: &self.store,
            tagged: &self.tagged,
            root: &self.root,
        }
    }

    /// Reads everything that the database would be made from now.
    ///
    /// # Errors
    /// Those of `Fingerprint::take`.
    fn read(&self, interrupt: &Interrupt<'_>) -> Result<Snapshot> {
        let selection = Selection {
            root: &walk::resolve_root(&self.root)?,
            inputs: &self.inputs,
            exclude: &self.exclude,
            own: &self.own_files(),
        };
        let files = Fingerprint::take(&selection, BTreeMap::new(), interrupt)?;
        let at_rest = files.entries.iter().map(|entry| entry.stat).collect();
        let mut inputs: Vec<Input> = files.entries.into_iter().map(Input::from).collect();
        inputs.extend(self.environment.iter().map(|(name, value)| {
            Input::Environment {
                name: name.clone(),
                digest: Framed::new(ENVIRONMENT_CONTEXT)
                    .whole(value.as_bytes())
                    .finish(),
            }
        }));
        inputs.extend(named(&self.values).map(Input::Value));
        inputs.extend(named(&self.interpreter).map(Input::Interpreter));
        inputs.extend(named(&self.distributions).map(Input::Distribution));
        if let Some(surroundings) = &self.surroundings {
            inputs.push(Input::Interpreter(surroundings.searched()));
            inputs.extend(self.vouched(surroundings).map(Input::Vouched));
        }
        let basis = Basis {
            build: self.build.clone(),
            traced: self.surroundings.is_some(),
            inputs,
            seen: Vec::new(),
        };
        Ok(Snapshot { basis, at_rest })
    }

    /// What the user takes out of what a traced builder used.
    fn vouched(&self, surroundings: &Surroundings) -> impl Iterator<Item = Named> {
        let exclude = self.exclude.iter().map(|path| path.to_string_lossy());
        let lists = [
            ("exclude", exclude.collect::<Vec<_>>().join(" ")),
            ("exclude_env", surroundings.exclude_variables.join(" ")),
            ("programs", surroundings.programs.join(" ")),
        ];
        let given = lists.into_iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| Named {
            name: name.to_owned(),
            value,
        })
    }

    /// What this module writes below the root: never an input, however wide the patterns are.
    fn own_files(&self) -> Vec<PathBuf> {
        let beside = ["", MANIFEST, "-journal", "-wal", "-shm"];
        let beside = beside.map(|ending| with_ending(&self.path, ending));
        let own = beside.iter().chain([&self.store, &self.tagged]);
        // The root and these paths may be spelled through different links.
        let root = self
            .root
            .canonicalize()
            .unwrap_or_else(|_| self.root.clone());
        own.filter_map(|path| {
            let path = resolved(path);
            path.strip_prefix(&root).ok().map(Path::to_path_buf)
        })
        .collect()
    }

    /// A path as the user knows it: relative to the root where it lies below.
    fn below_root<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    fn declared(&self) -> Declared {
        let text = |paths: &[PathBuf]| {
            paths
                .iter()
                .map(|path| path.to_string_lossy().into_owned())
                .collect()
        };
        Declared {
            inputs: text(&self.inputs),
            exclude: text(&self.exclude),
        }
    }

    /// Builds with one command and one interpreter wait for each other; others need not.
    fn family(&self) -> String {
        let mut framed = Framed::new("ci_accel 2026-11 template family v1");
        framed.number(self.build.len() as u64);
        for argument in &self.build {
            framed.field(argument.as_bytes());
        }
        for (name, value) in &self.interpreter {
            framed.field(name.as_bytes()).field(value.as_bytes());
        }
        framed.finish().short()
    }

    /// What the database would be made from now. Inside: the snapshot, or which input would not rest.
    ///
    /// # Errors
    /// As `read`, but for inputs that move: a tree in motion proves nothing, and is no mistake.
    fn snapshot(&self, interrupt: &Interrupt<'_>) -> Result<Taken> {
        match self.read(interrupt) {
            Ok(snapshot) => Ok(Ok(snapshot)),
            Err(Error::Changed { path }) => Ok(Err(format!("{} changed", path.display()))),
            Err(Error::Io { path, source })
                if source.kind() == ErrorKind::NotFound && path != self.root =>
            {
                Ok(Err(format!("{} went away", path.display())))
            }
            Err(error) => Err(error),
        }
    }

    /// Looks for a stored database that is proved to be the one that is asked for. Builds and changes nothing.
    ///
    /// # Errors
    /// `Error::Argument` and `Error::Io` for the declared inputs, and the interrupt's.
    pub fn look(&self, interrupt: &Interrupt<'_>) -> Result<Look> {
        let taken = self.snapshot(interrupt)?;
        self.find(&taken, interrupt)
    }

    fn find(&self, taken: &Taken, interrupt: &Interrupt<'_>) -> Result<Look> {
        let store = self.store();
        if let Some(reason) = store.trouble() {
            return Ok(Look::Disabled(reason));
        }
        let basis = match taken {
            Ok(snapshot) => &snapshot.basis,
            Err(reason) => return Ok(Look::Miss(vec![format!("{reason} while it was read")])),
        };
        let plain = with_ending(&self.path, MANIFEST);
        let mut candidates = if self.surroundings.is_some() {
            // What a traced builder used is known only afterwards: any that is proved fresh will do.
            store.manifest_paths()
        } else {
            vec![store.manifest(&basis.key())]
        };
        candidates.push(plain.clone());
        let mut reasons = Vec::new();
        let mut others = Others::default();
        for path in &candidates {
            // The plain path is for a template that was copied here; it does not cover up for a damaged store.
            if path == &plain && !reasons.is_empty() {
                break;
            }
            let manifest = match Manifest::load(path) {
                Ok(Ok(manifest)) if manifest.recorded => manifest,
                Ok(Ok(_)) => continue,
                Ok(Err(reason)) => {
                    reasons.push(reason);
                    continue;
                }
                Err(error) => {
                    reasons.extend((!error.is(ErrorKind::NotFound)).then(|| error.to_string()));
                    continue;
                }
            };
            if !self.is_fresh(basis, &manifest.basis, &mut others, interrupt)? {
                continue;
            }
            let at = if path == &plain {
                self.path.clone()
            } else {
                store.database(&manifest.database.digest)
            };
            match Database::prove(&at, manifest.database, interrupt)? {
                Ok(database) => return Ok(Look::Hit(Box::new(Proved { database, manifest }))),
                Err(reason) if path == &plain => {
                    reasons.push(format!("{} {reason}", self.below_root(&at).display()));
                }
                Err(reason) => {
                    let name = manifest.database.digest.short();
                    reasons.push(format!("stored database {name} {reason}"));
                }
            }
        }
        if reasons.is_empty() {
            reasons = self.nearest(basis, others, interrupt)?;
        }
        Ok(Look::Miss(reasons))
    }

    /// Removes what dead processes left, in the store and beside the plain path.
    fn sweep(&self) {
        self.store().sweep();
        sweep_unfinished(&self.path);
    }

    /// A proved database as the store has it: one that was found at the plain path only (copied there with its
    /// manifest, from another checkout) is stored. If it cannot be, the plain path serves.
    ///
    /// # Errors
    /// The interrupt's.
    pub fn stored(&self, proved: Proved, interrupt: &Interrupt<'_>) -> Result<Proved> {
        let store = self.store();
        if proved.database.path != self.path {
            store.mark_used(&proved.manifest.basis.key());
            self.sweep();
            return Ok(proved);
        }
        let adopt = || -> Result<Option<Database>> {
            store.prepare()?;
            let staging = store.stage(&self.family())?;
            let database = store.adopt(&self.path, &staging, interrupt)?;
            store.record(&proved.manifest, &staging, false)?;
            Ok(database)
        };
        match adopt() {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Ok(Some(database)) if database.made == proved.manifest.database => {
                Ok(Proved { database, ..proved })
            }
            _ => Ok(proved),
        }
    }

    /// Keeps the plain path a byte copy of a proved database, its manifest beside it. Inside: why the manifest could
    /// not be written, if so.
    ///
    /// # Errors
    /// `Error::Io` naming the plain path or what lies beside it.
    pub fn keep_plain(&self, proved: &Proved, interrupt: &Interrupt<'_>) -> Result<Option<String>> {
        refuse_side_files(&self.path)?;
        if proved.database.path != self.path && !proved.database.is_at(&self.path, interrupt)? {
            let durability = Durability::Unsynced;
            proved
                .database
                .copy_to(&self.path, true, durability, interrupt)?;
        }
        let beside = with_ending(&self.path, MANIFEST);
        let bytes = proved.manifest.to_bytes();
        if manifest::read(&beside).is_ok_and(|present| present == bytes) {
            return Ok(None);
        }
        let write = || -> Result<()> {
            let mut file = Unfinished::beside(&beside, 0o644, Durability::Unsynced)?;
            file.write(&bytes)?;
            file.replace().map(drop)
        };
        // The copy is what tools need; without its manifest it can only not be opened as proved.
        Ok(write().err().map(|error| error.to_string()))
    }
}

impl Proved {
    /// The same, for another holder.
    ///
    /// # Errors
    /// The operating system's, out of file handles.
    pub fn reopen(&self) -> Result<Self> {
        Ok(Self {
            database: self.database.reopen()?,
            manifest: self.manifest.clone(),
        })
    }
}

/// A path with the links in it resolved, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    for folder in path.ancestors().skip(1) {
        if let (Ok(real), Ok(rest)) = (folder.canonicalize(), path.strip_prefix(folder)) {
            return real.join(rest);
        }
    }
    path.to_path_buf()
}

fn named(pairs: &BTreeMap<String, String>) -> impl Iterator<Item = Named> + '_ {
    pairs.iter().map(|(name, value)| Named {
        name: name.clone(),
        value: value.clone(),
    })
}
