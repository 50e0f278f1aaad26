//! Compares traced inputs with the present and describes the differences.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::cpython::distributions::Distribution;
use crate::engine::cpython::importable::Folder;
use crate::engine::files::parallel;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::state::{Reachability, State};
use crate::engine::template::surroundings::variables;
use crate::engine::template::surroundings::{Surroundings, hash, installed};
use crate::engine::template::traced_input::{PathText, TracedInput};

/// Number of lookups in one folder from which listing the folder is faster.
const WORTH_A_LISTING: usize = 4;

/// Number of inputs that a thread compares at a time.
enum Piece<'a> {
    One(&'a TracedInput),
    /// Paths that must be absent from a folder.
    Absent(PathBuf, Vec<&'a PathText>),
}

impl Surroundings {
    /// Returns a line for each traced input that has changed.
    pub fn changes(&self, seen: &[TracedInput], interrupt: &Interrupt<'_>) -> Result<Vec<String>> {
        let pieces = self.pieces(seen);
        let mut words = parallel::map(&pieces, interrupt, |piece, buffer, stop| match piece {
            Piece::One(seen) => self.change(seen, buffer, &mut || stop.check()),
            Piece::Absent(folder, paths) => Ok(self.appeared(folder, paths)),
        })?
        .concat();
        words.extend(self.change_of_environment(seen));
        Ok(words)
    }

    /// Compares contents first, because their reasons are the most specific, then the other inputs.
    fn pieces<'a>(&self, seen: &'a [TracedInput]) -> Vec<Piece<'a>> {
        let mut contents = Vec::new();
        let mut others = Vec::new();
        let mut absent: BTreeMap<PathBuf, Vec<&PathText>> = BTreeMap::new();
        for seen in seen {
            match seen {
                TracedInput::Read { .. }
                | TracedInput::Distribution { .. }
                | TracedInput::Configuration { .. } => {
                    contents.push(Piece::One(seen));
                }
                TracedInput::Absent { path } => {
                    let mut folder = self.places.find(&path.0);
                    folder.pop();
                    absent.entry(folder).or_default().push(path);
                }
                TracedInput::Variable { .. } | TracedInput::Environment => {}
                _ => others.push(Piece::One(seen)),
            }
        }
        contents.extend(
            absent
                .into_iter()
                .map(|(folder, paths)| Piece::Absent(folder, paths)),
        );
        contents.extend(others);
        contents
    }

    fn change(
        &self,
        seen: &TracedInput,
        buffer: &mut Vec<u8>,
        check: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Vec<String>> {
        let change = match seen {
            TracedInput::Read {
                path,
                length,
                digest,
            } => match hash(&self.places.find(&path.0), buffer, check) {
                Ok((now, found, _)) if now == *length && found == *digest => None,
                Ok(_) => Some(format!("{path} changed (read by the builder)")),
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) if error.is(std::io::ErrorKind::NotFound) => {
                    Some(format!("{path} removed (read by the builder)"))
                }
                Err(error) => Some(format!("{error} (read by the builder)")),
            },
            TracedInput::Distribution {
                name,
                version,
                path,
                digest,
            } => {
                let site = self.places.find(&path.0);
                let folder = site.join(format!("{name}-{version}.dist-info"));
                let present = folder.is_dir().then(|| Distribution::of(&folder)).flatten();
                match present {
                    Some(found) if digest.is_none() || found.record() == *digest => None,
                    Some(_) => Some(format!("{name} {version} was installed with other files")),
                    None => Some(now_installed(name, version, &site)),
                }
            }
            TracedInput::Configuration { path, digest } => {
                let is_same = self.configuration(&path.0) == *digest;
                (!is_same).then(|| format!("{path} changed (configures the environment)"))
            }
            TracedInput::State { path, is } => (!is.holds(&self.places.find(&path.0)))
                .then(|| format!("{path} changed its kind (checked by the builder)")),
            TracedInput::Target { path, text } => {
                let now = self.target(&self.places.find(&path.0));
                (now.as_ref() != Some(text)).then(|| format!("{path} links elsewhere"))
            }
            TracedInput::Program { path } => (!self.places.find(&path.0).exists())
                .then(|| format!("{path} removed (run by the builder)")),
            TracedInput::Listed { path, names, made } => {
                return Ok(self.relisted(path, names, made));
            }
            TracedInput::Importable { path, modules } => return Ok(self.importable(path, modules)),
            TracedInput::Installed { path, names } => {
                let now = installed(&self.places.find(&path.0));
                let gone = names.difference(&now);
                let new = now.difference(names);
                return Ok(gone
                    .map(|name| format!("{name} is no longer installed"))
                    .chain(new.map(|name| format!("{name} was installed")))
                    .collect());
            }
            TracedInput::Absent { .. }
            | TracedInput::Variable { .. }
            | TracedInput::Environment => None,
        };
        Ok(Vec::from_iter(change))
    }

    /// Returns the paths in a folder that were absent and exist now.
    fn appeared(&self, folder: &Path, paths: &[&PathText]) -> Vec<String> {
        let listed: Option<HashSet<OsString>> = if paths.len() < WORTH_A_LISTING {
            None
        } else {
            // A folder that cannot be listed may still allow lookups.
            let entries = fs::read_dir(folder).ok();
            entries.map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
        };
        let mut words = Vec::new();
        for spelled in paths {
            let path = self.places.find(&spelled.0);
            let is_listed = |names: &HashSet<OsString>| {
                path.file_name().is_none_or(|name| names.contains(name))
            };
            if !listed.as_ref().is_none_or(is_listed) {
                continue;
            }
            // A dangling link is absent for a lookup that follows it.
            let change = match Reachability::to(&path) {
                Reachability::Ends => continue,
                Reachability::Open => "appeared",
                Reachability::Blocked => "is unreachable",
            };
            words.push(format!("{spelled} {change} (looked up by the builder)"));
        }
        words
    }

    fn relisted(
        &self,
        path: &PathText,
        names: &BTreeMap<PathText, State>,
        made: &BTreeSet<PathText>,
    ) -> Vec<String> {
        let Some(now) = self.listed(&self.places.find(&path.0), made) else {
            return vec![format!("{path} removed (listed by the builder)")];
        };
        let inside = |name: &PathText| match path.0.as_slice() {
            b"." => name.to_string(),
            _ => format!("{path}/{name}"),
        };
        let mut words = Vec::new();
        for (name, state) in names {
            let change = match now.get(name) {
                Some(now) if now == state => continue,
                Some(_) => "changed its kind",
                None => "removed",
            };
            words.push(format!("{} {change} (listed by the builder)", inside(name)));
        }
        let new = now.keys().filter(|name| !names.contains_key(name));
        words.extend(new.map(|name| format!("{} added (listed by the builder)", inside(name))));
        words
    }

    fn importable(&self, path: &PathText, modules: &BTreeMap<String, String>) -> Vec<String> {
        let folder = self.places.find(&path.0);
        let folder = Folder::read(&folder);
        let mut words = Vec::new();
        for (name, before) in modules {
            let now = folder.import(name);
            if now == *before {
                continue;
            }
            words.push(match (before.as_str(), now.as_str()) {
                ("", now) => format!("{path}/{now} appeared (would be imported as {name})"),
                (before, "") => format!("{path}/{before} removed (imported as {name})"),
                (before, now) => format!("{path}/{now} would be imported instead of {before}"),
            });
        }
        words
    }

    /// Returns the variables that changed, and new ones that count without having been read by name.
    fn change_of_environment(&self, seen: &[TracedInput]) -> Vec<String> {
        let mut words = Vec::new();
        let mut known: BTreeSet<&[u8]> = BTreeSet::new();
        for seen in seen {
            let TracedInput::Variable { name, digest } = seen else {
                continue;
            };
            known.insert(&name.0);
            if variables::is_excluded(&name.0, &self.exclude_env) {
                continue;
            }
            let now = variables::digest(&self.variables, &name.0, &self.places);
            let change = match (digest, now) {
                (before, now) if *before == now => continue,
                (None, _) => "was set",
                (_, None) => "is no longer set",
                _ => "changed",
            };
            words.push(format!(
                "environment variable {name} {change} (read by the builder)"
            ));
        }
        let whole = seen.contains(&TracedInput::Environment);
        for name in variables::counted(&self.variables, whole, &self.exclude_env) {
            if !known.contains(name.as_slice()) {
                words.push(format!("environment variable {} was set", PathText(name)));
            }
        }
        words
    }
}

fn now_installed(name: &str, version: &str, site: &Path) -> String {
    let other = Distribution::all(site)
        .into_iter()
        .find(|found| found.name == name);
    match other {
        Some(found) => format!("{name} {version} -> {}", found.version),
        None => format!("{name} {version} is no longer installed"),
    }
}
