//! Folders that were listed, or searched for modules and distributions.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::observe::Observation;
use crate::engine::cpython::importable::Folder;
use crate::engine::template::state::State;
use crate::engine::template::surroundings::installed;
use crate::engine::template::surroundings::places::PathOwner;
use crate::engine::template::traced_input::{PathText, TracedInput};

/// Modules that the interpreter itself looks for in every folder it searches.
const SITE_MODULES: [&str; 2] = ["sitecustomize", "usercustomize"];

impl Observation<'_> {
    /// Adds the folders that were listed or searched for distributions.
    pub(super) fn folders(&mut self) {
        let trace = self.trace;
        let mut searched = BTreeSet::new();
        for (folder, then) in &trace.listed {
            if matches!(self.kind(folder), PathOwner::Site(site) if *folder == site) {
                searched.insert(folder);
                continue;
            }
            let spelled = self.spell(folder);
            if self.is_told(folder) || self.is_answered_for(&spelled) {
                continue;
            }
            let made = trace
                .written
                .iter()
                .filter(|path| path.parent() == Some(folder));
            let made: BTreeSet<PathText> = made
                .filter_map(|path| Some(PathText(path.file_name()?.as_bytes().to_vec())))
                .collect();
            let mut names = BTreeMap::new();
            for (name, letter) in then {
                let text = PathText(name.clone());
                if made.contains(&text) || !self.surroundings().counts(folder, &text) {
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
                self.moved(&spelled, "disappeared");
            }
            self.see(TracedInput::Listed {
                path: spelled,
                names,
                made,
            });
        }
        let others = trace.searched.iter();
        searched.extend(others.filter(|folder| {
            !matches!(self.kind(folder), PathOwner::Ignored | PathOwner::Standard)
        }));
        for folder in searched {
            let path = self.spell(folder);
            let names = installed(folder);
            self.see(TracedInput::Installed { path, names });
        }
        let installation = self.surroundings().installation();
        if installation != self.observer.installation {
            self.moved(&"the environment", "changed");
        }
        let configurations = installation.into_iter();
        self.observed.seen.extend(
            configurations.filter(|seen| matches!(seen, TracedInput::Configuration { .. })),
        );
    }

    /// Adds the modules that were looked up.
    pub(super) fn modules(&mut self) {
        let mut searched = self.trace.importable.clone();
        let sites = self.surroundings().places.sites().iter();
        for site in sites.filter(|site| site.is_dir()) {
            let names = searched.entry(site.clone()).or_default();
            for name in SITE_MODULES {
                // The interpreter looks for these before the tracer starts.
                names.entry(name.to_owned()).or_default();
            }
        }
        for (folder, names) in &searched {
            let present = Folder::read(folder);
            if self.is_told(folder) || self.is_package_of_distribution(folder, &present) {
                continue;
            }
            let path = self.spell(folder);
            let mut modules = BTreeMap::new();
            for (name, then) in names {
                let now = present.import(name);
                let is_as_then = match then.as_slice() {
                    b"" => true,
                    b"-" => now.is_empty(),
                    b"/" => now.ends_with('/'),
                    path => folder.join(&now).as_os_str().as_bytes() == path,
                };
                if !is_as_then && !self.trace.written.contains(&folder.join(&now)) {
                    self.moved(&format_args!("{name} in {path}"), "changed");
                }
                modules.insert(name.clone(), now);
            }
            if folder.is_dir() {
                // A file in place of the folder could be an archive of modules.
                self.see(TracedInput::State {
                    path: path.clone(),
                    is: State::Folder,
                });
            }
            self.see(TracedInput::Importable { path, modules });
        }
    }

    /// Returns whether a folder is a package of a distribution, whose RECORD lists its modules. A namespace package is not,
    /// because other distributions may add to it.
    fn is_package_of_distribution(&self, folder: &Path, present: &Folder<'_>) -> bool {
        let PathOwner::Site(site) = self.kind(folder) else {
            return false;
        };
        let owners = self.owners.get(&site);
        folder != site
            && owners.is_some_and(|owners| owners.has_below(folder))
            && !present.import("__init__").is_empty()
    }
}
