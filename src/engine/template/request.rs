//! The request for a template database: its path, store, build command and inputs.

use super::inputs::{ENVIRONMENT_CONTEXT, Input, NamedText, TemplateInputs};
use super::manifest::Declared;
use super::surroundings::Surroundings;
use super::variants::{MANIFEST, Store};
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::Stat;
use crate::engine::files::walk::{self, Selection};
use crate::engine::fingerprint::Fingerprint;
use crate::engine::foundation::digest::Framed;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A template database as declared, with the interpreter that builds it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Root of the project, and working directory of the builder.
    pub root: PathBuf,
    /// Absolute path of the plain copy of the last database.
    pub path: PathBuf,
    /// Absolute path of the store.
    pub store: PathBuf,
    /// Folder that gets CACHEDIR.TAG.
    pub tagged: PathBuf,
    /// Arguments of the build command, with `{db}`.
    pub build: Vec<String>,
    /// Declared paths and globs.
    pub inputs: Vec<PathBuf>,
    /// Paths and globs to leave out.
    pub exclude: Vec<PathBuf>,
    /// Variables passed to the builder, with `{db}`.
    pub environment: BTreeMap<String, String>,
    /// Values declared by the user.
    pub values: BTreeMap<String, String>,
    /// Properties of the builder's interpreter.
    pub interpreter: BTreeMap<String, String>,
    /// Migration tools in the builder's environment, with their versions.
    pub distributions: BTreeMap<String, String>,
    /// Surroundings of a traced builder; `None` if only the declared inputs count.
    pub surroundings: Option<Surroundings>,
}

/// The inputs at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) basis: TemplateInputs,
    /// State of each file, in the order of the inputs. Equal states before and after mean that the file did not change.
    pub(super) at_rest: Vec<Stat>,
}

/// Result of reading the inputs.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// No input changed meanwhile.
    Stable(Snapshot),
    /// An input changed or disappeared meanwhile: which, and how.
    Unstable(String),
}

impl Request {
    pub(super) fn store(&self) -> Store<'_> {
        Store {
            folder: &self.store,
            tagged: &self.tagged,
            root: &self.root,
        }
    }

    /// Reads the current inputs.
    pub(super) fn read(&self, interrupt: &Interrupt<'_>) -> Result<Snapshot> {
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
            inputs.extend(surroundings.searched().map(Input::Interpreter));
            inputs.extend(self.excluded(surroundings).map(Input::Excluded));
        }
        let basis = TemplateInputs {
            build: self.build.clone(),
            traced: self.surroundings.is_some(),
            inputs,
            seen: Vec::new(),
        };
        Ok(Snapshot { basis, at_rest })
    }

    /// Returns the exceptions for a traced builder: one item for each pattern, variable and program, sorted.
    fn excluded(&self, surroundings: &Surroundings) -> impl Iterator<Item = NamedText> {
        let paths = self.exclude.iter().map(|path| path.as_os_str().as_bytes());
        let lists: [(&str, BTreeSet<&[u8]>); 3] = [
            ("exclude", paths.collect()),
            ("exclude_env", bytes(&surroundings.exclude_env)),
            ("programs", bytes(&surroundings.programs)),
        ];
        let items = lists.into_iter().flat_map(|(name, items)| {
            items
                .into_iter()
                .map(move |item| NamedText::new(name, item))
        });
        items.collect::<Vec<_>>().into_iter()
    }

    /// Returns the files that ci-accel itself writes below the root. They are never inputs, even if a pattern matches them.
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

    /// Returns a path for display: relative to the root if it lies below it.
    pub(super) fn below_root<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    pub(super) fn declared(&self) -> Declared {
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

    /// Returns the family, which names the lock: builds with the same command and interpreter wait for each other.
    pub(super) fn family(&self) -> String {
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

    /// Reads the current inputs. An input that changes meanwhile is reported in the result.
    ///
    /// # Errors
    /// As `read`, except for inputs that change meanwhile.
    pub(super) fn snapshot(&self, interrupt: &Interrupt<'_>) -> Result<Reading> {
        match self.read(interrupt) {
            Ok(snapshot) => Ok(Reading::Stable(snapshot)),
            Err(Error::Changed { path }) => {
                Ok(Reading::Unstable(format!("{} changed", path.display())))
            }
            Err(Error::Io { path, source })
                if source.kind() == ErrorKind::NotFound && path != self.root =>
            {
                Ok(Reading::Unstable(format!("{} disappeared", path.display())))
            }
            Err(error) => Err(error),
        }
    }
}

/// Returns a path with its links resolved as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    for folder in path.ancestors().skip(1) {
        if let (Ok(real), Ok(rest)) = (folder.canonicalize(), path.strip_prefix(folder)) {
            return real.join(rest);
        }
    }
    path.to_path_buf()
}

fn named(pairs: &BTreeMap<String, String>) -> impl Iterator<Item = NamedText> + '_ {
    pairs
        .iter()
        .map(|(name, value)| NamedText::new(name.as_str(), value.as_str()))
}

fn bytes(texts: &[String]) -> BTreeSet<&[u8]> {
    texts.iter().map(String::as_bytes).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::foundation::digest::Digest;
    use crate::engine::foundation::interrupt::never;
    use crate::engine::template::surroundings::places::{KnownFolders, PathTokens};

    /// Returns a request with the given lists, which affect nothing but its key.
    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Lists {
        build: Vec<String>,
        exclude: BTreeSet<String>,
        exclude_env: BTreeSet<String>,
        programs: BTreeSet<String>,
        sites: BTreeSet<String>,
    }

    fn key(root: &Path, lists: &Lists) -> Digest {
        let list = |items: &BTreeSet<String>| items.iter().cloned().collect();
        let places = PathTokens::new(KnownFolders {
            sites: lists.sites.iter().map(PathBuf::from).collect(),
            ..KnownFolders::default()
        });
        let request = Request {
            root: root.to_path_buf(),
            path: root.join("build/template.db"),
            store: root.join("build/store"),
            tagged: root.join("build"),
            build: lists.build.clone(),
            inputs: Vec::new(),
            exclude: lists.exclude.iter().map(PathBuf::from).collect(),
            environment: BTreeMap::new(),
            values: BTreeMap::new(),
            interpreter: BTreeMap::new(),
            distributions: BTreeMap::new(),
            surroundings: Some(Surroundings {
                places,
                variables: BTreeMap::new(),
                exclude_env: list(&lists.exclude_env),
                programs: list(&lists.programs),
            }),
        };
        request.read(&never()).unwrap().basis.key()
    }

    fn lists() -> impl Strategy<Value = Lists> {
        let items = || prop::collection::btree_set("[a ]{1,3}", 0..3);
        let sites = prop::collection::btree_set("/no-such-site/[a ]{1,2}", 0..3);
        let build = prop::collection::vec("[a ]{0,3}", 0..3);
        (build, items(), items(), items(), sites).prop_map(
            |(build, exclude, exclude_env, programs, sites)| Lists {
                build,
                exclude,
                exclude_env,
                programs,
                sites,
            },
        )
    }

    proptest! {
        #[test]
        fn two_requests_have_one_key_only_if_they_are_equal(one in lists(), other in lists()) {
            let root = tempfile::tempdir().unwrap();
            let keys = (key(root.path(), &one), key(root.path(), &other));
            prop_assert_eq!(keys.0 == keys.1, one == other);
        }
    }

    #[test]
    fn an_item_with_a_space_is_not_two_items() {
        let root = tempfile::tempdir().unwrap();
        let exclude = |items: &[&str]| Lists {
            build: Vec::new(),
            exclude: items.iter().map(ToString::to_string).collect(),
            exclude_env: BTreeSet::new(),
            programs: BTreeSet::new(),
            sites: BTreeSet::new(),
        };
        let keys = [exclude(&["my data"]), exclude(&["my", "data"])];
        let [one, other] = keys.map(|lists| key(root.path(), &lists));
        assert_ne!(one, other);
    }
}
