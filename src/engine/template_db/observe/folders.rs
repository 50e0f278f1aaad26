//! Folders that were listed, and searched for modules and distributions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{Observed, Observer};
use crate::engine::distributions::Owners;
use crate::engine::template_db::importable::Folder;
use crate::engine::template_db::places::Kind;
use crate::engine::template_db::seen::{Seen, State, Text};
use crate::engine::template_db::surroundings::{PATH_CONFIGURATION, installed};
use crate::engine::template_db::trace::Trace;

/// Modules that the interpreter looks for by itself, in every folder that it searches.
const SITE_MODULES: [&str; 2] = ["sitecustomize", "usercustomize"];

impl Observer<'_> {
    /// What was listed and searched.
    pub(super) fn folders(
        &self,
        trace: &Trace,
        owners: &HashMap<PathBuf, Owners>,
        observed: &mut Observed,
    ) {
        for (folder, then) in &trace.listed {
            let counts = match self.kind(folder) {
                Kind::Ignored | Kind::Standard => false,
                Kind::Site(site) if *folder == site => {
                    observed.seen.push(Seen::Installed {
                        path: self.spell(folder),
                        names: installed(folder),
                    });
                    false
                }
                Kind::Site(site) => owners
                    .get(&site)
                    .is_none_or(|owners| !owners.has_below(folder)),
                Kind::Environment | Kind::Project | Kind::Outside => true,
            };
            let spelled = self.spell(folder);
            if !counts || self.is_answered_for(&spelled) {
                continue;
            }
            let made = trace
                .written
                .iter()
                .filter(|path| path.parent() == Some(folder));
            let made: BTreeSet<Text> = made
                .filter_map(|path| Some(Text(path.file_name()?.as_bytes().to_vec())))
                .collect();
            let mut names = BTreeMap::new();
            for (name, letter) in then {
                let text = Text(name.clone());
                if made.contains(&text) || !self.surroundings.counts(folder, &text) {
                    continue;
                }
                let path = folder.join(OsStr::from_bytes(name));
                let state = match State::of_letter(*letter) {
                    Some(State::Link) => State::of_link(&path),
                    Some(state) => state,
                    None => continue,
                };
                names.insert(text, state);
            }
            if !folder.is_dir() {
                observed
                    .doubts
                    .push(format!("{spelled} went away while the builder ran"));
            }
            observed.seen.push(Seen::Listed {
                path: spelled,
                names,
                made,
            });
        }
        for folder in &trace.searched {
            if matches!(self.kind(folder), Kind::Ignored | Kind::Standard) {
                continue;
            }
            let seen = Seen::Installed {
                path: self.spell(folder),
                names: installed(folder),
            };
            if !observed.seen.contains(&seen) {
                observed.seen.push(seen);
            }
        }
        for site in self.surroundings.places.sites() {
            if site.is_dir() {
                let path = self.spell(&site.join(PATH_CONFIGURATION));
                let digest = self.surroundings.configuration(&path.0);
                observed.seen.push(Seen::Configuration { path, digest });
            }
        }
        self.modules(trace, owners, observed);
    }

    /// What was looked for to be imported.
    fn modules(&self, trace: &Trace, owners: &HashMap<PathBuf, Owners>, observed: &mut Observed) {
        let mut searched = trace.importable.clone();
        for site in self
            .surroundings
            .places
            .sites()
            .iter()
            .filter(|site| site.is_dir())
        {
            let names = searched.entry(site.clone()).or_default();
            for name in SITE_MODULES {
                // Before the tracer looks, the interpreter has.
                names.entry(name.to_owned()).or_default();
            }
        }
        for (folder, names) in &searched {
            let counts = match self.kind(folder) {
                Kind::Ignored | Kind::Standard => false,
                // In the packages of distributions their RECORD says what is there.
                Kind::Site(site) => {
                    *folder == site
                        || owners
                            .get(&site)
                            .is_none_or(|owners| !owners.has_below(folder))
                }
                Kind::Environment | Kind::Project | Kind::Outside => true,
            };
            if !counts {
                continue;
            }
            let present = Folder::read(folder);
            let mut modules = BTreeMap::new();
            for (name, then) in names {
                let now = present.import(name);
                let is_as_then = match then.as_slice() {
                    b"" => true,
                    b"-" => now.is_empty(),
                    b"/" => now.ends_with('/'),
                    path => folder.join(&now).as_os_str().as_bytes() == path,
                };
                if !is_as_then && !trace.written.contains(&folder.join(&now)) {
                    let folder = self.spell(folder);
                    observed
                        .doubts
                        .push(format!("{name} in {folder} changed while the builder ran"));
                }
                modules.insert(name.clone(), now);
            }
            if folder.is_dir() {
                // A file in its place can be an archive of modules.
                observed.seen.push(Seen::State {
                    path: self.spell(folder),
                    is: State::Folder,
                });
            }
            observed.seen.push(Seen::Importable {
                path: self.spell(folder),
                modules,
            });
        }
    }
}
