//! Whether what a builder looked at is still so, and in words what is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::importable::Folder;
use super::seen::{Seen, Text};
use super::surroundings::{Surroundings, hash, installed};
use super::variables;
use crate::engine::distributions::Distribution;
use crate::engine::error::{Error, Result};
use crate::engine::interrupt::Interrupt;
use crate::engine::parallel;

/// Folders' names that were read once already.
#[derive(Default)]
struct Memory<'a> {
    folders: BTreeMap<PathBuf, Option<BTreeSet<Vec<u8>>>>,
    known: BTreeSet<&'a [u8]>,
}

impl Surroundings {
    /// In words, what is no longer as it was seen; empty if all is.
    ///
    /// # Errors
    /// The interrupt's.
    pub fn changes(&self, seen: &[Seen], interrupt: &Interrupt<'_>) -> Result<Vec<String>> {
        let is_heavy = |seen: &&Seen| {
            matches!(
                seen,
                Seen::Read { .. } | Seen::Distribution { .. } | Seen::Configuration { .. }
            )
        };
        let heavy: Vec<&Seen> = seen.iter().filter(is_heavy).collect();
        let mut words: Vec<String> = parallel::map(&heavy, interrupt, |seen, buffer, stop| {
            self.change_of_content(seen, buffer, &mut || stop.check())
        })?
        .into_iter()
        .flatten()
        .collect();
        let mut memory = Memory::default();
        for input in seen.iter().filter(|seen| !is_heavy(seen)) {
            interrupt.check()?;
            self.change_of_names(input, &mut memory, &mut words);
        }
        self.change_of_environment(seen, &memory.known, &mut words);
        Ok(words)
    }

    /// What is to be read to be proved.
    fn change_of_content(
        &self,
        seen: &Seen,
        buffer: &mut Vec<u8>,
        check: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Option<String>> {
        Ok(match seen {
            Seen::Read {
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
            Seen::Distribution {
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
            Seen::Configuration { path, digest } => {
                let is_same = self.configuration(&path.0) == *digest;
                (!is_same).then(|| format!("{path} changed (configures the environment)"))
            }
            _ => None,
        })
    }

    /// What is to be listed or asked about to be proved.
    fn change_of_names<'a>(
        &self,
        seen: &'a Seen,
        memory: &mut Memory<'a>,
        words: &mut Vec<String>,
    ) {
        match seen {
            Seen::Absent { path } => {
                if memory.has(&self.places.find(&path.0)) {
                    words.push(format!("{path} appeared (the builder looked for it)"));
                }
            }
            Seen::State { path, is } => {
                if !is.holds(&self.places.find(&path.0)) {
                    words.push(format!(
                        "{path} is no longer what it was (asked about by the builder)"
                    ));
                }
            }
            Seen::Target { path, text } => {
                if self.target(&self.places.find(&path.0)).as_ref() != Some(text) {
                    words.push(format!("{path} leads elsewhere"));
                }
            }
            Seen::Listed { path, names, made } => {
                let Some(now) = self.listed(&self.places.find(&path.0), made) else {
                    words.push(format!("{path} removed (listed by the builder)"));
                    return;
                };
                let inside = |name: &Text| match path.0.as_slice() {
                    b"." => name.to_string(),
                    _ => format!("{path}/{name}"),
                };
                for (name, state) in names {
                    let change = match now.get(name) {
                        Some(now) if now == state => continue,
                        Some(_) => "is no longer what it was",
                        None => "removed",
                    };
                    words.push(format!("{} {change} (listed by the builder)", inside(name)));
                }
                let new = now.keys().filter(|name| !names.contains_key(name));
                words.extend(
                    new.map(|name| format!("{} added (listed by the builder)", inside(name))),
                );
            }
            Seen::Importable { path, modules } => {
                let folder = self.places.find(&path.0);
                let folder = Folder::read(&folder);
                for (name, before) in modules {
                    let now = folder.import(name);
                    if now == *before {
                        continue;
                    }
                    words.push(match (before.as_str(), now.as_str()) {
                        ("", now) => format!("{path}/{now} appeared (would be imported as {name})"),
                        (before, "") => format!("{path}/{before} removed (imported as {name})"),
                        (before, now) => {
                            format!("{path}/{now} would be imported instead of {before}")
                        }
                    });
                }
            }
            Seen::Installed { path, names } => {
                let site = self.places.find(&path.0);
                let now = installed(&site);
                let gone = names
                    .difference(&now)
                    .map(|name| format!("{name} is no longer installed"));
                words.extend(gone);
                let new = now
                    .difference(names)
                    .map(|name| format!("{name} was installed"));
                words.extend(new);
            }
            Seen::Variable { name, digest } => {
                memory.known.insert(&name.0);
                if variables::is_excluded(&name.0, &self.exclude_variables) {
                    return;
                }
                let now = variables::digest(&self.variables, &name.0, &self.places);
                let change = match (digest, now) {
                    (before, now) if *before == now => return,
                    (None, _) => "was set",
                    (_, None) => "is no longer set",
                    _ => "changed",
                };
                words.push(format!(
                    "environment variable {name} {change} (read by the builder)"
                ));
            }
            Seen::Program { path } => {
                let here = self.places.find(&path.0);
                if !here.exists() {
                    words.push(format!("{path} is gone (run by the builder)"));
                }
            }
            Seen::Environment
            | Seen::Read { .. }
            | Seen::Distribution { .. }
            | Seen::Configuration { .. } => {}
        }
    }

    /// Variables that count without having been read by name, and that are new.
    fn change_of_environment(
        &self,
        seen: &[Seen],
        known: &BTreeSet<&[u8]>,
        words: &mut Vec<String>,
    ) {
        let whole = seen.contains(&Seen::Environment);
        for name in variables::counted(&self.variables, whole, &self.exclude_variables) {
            if !known.contains(name.as_slice()) {
                words.push(format!("environment variable {} was set", Text(name)));
            }
        }
    }
}

impl Memory<'_> {
    /// Whether there is something at a path: by the names of its folder, which are read once for many questions.
    fn has(&mut self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return true;
        };
        let names = self.folders.entry(folder.to_path_buf()).or_insert_with(|| {
            let entries = fs::read_dir(folder).ok()?;
            Some(
                entries
                    .flatten()
                    .map(|entry| entry.file_name().as_bytes().to_vec())
                    .collect(),
            )
        });
        match names {
            // A link that leads nowhere is nothing to whoever looks through it.
            Some(names) => names.contains(name.as_bytes()) && path.exists(),
            // No folder, or one that cannot be listed.
            None => path.exists(),
        }
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
