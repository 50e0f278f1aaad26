//! Turns a trace into inputs for a manifest, and collects the reasons why the result must not be recorded.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fmt::Display;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::engine::cpython::bytecode::{is_proved, source_of};
use crate::engine::cpython::distributions::{Distribution, Owners};
use crate::engine::files::path::with_ending;
use crate::engine::files::pattern::Matcher;
use crate::engine::files::regular_file::Stat;
use crate::engine::foundation::error::Result;
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::state::{Reachability, State};
use crate::engine::template::surroundings::Surroundings;
use crate::engine::template::surroundings::places::PathOwner;
use crate::engine::template::surroundings::variables;
use crate::engine::template::trace::log::Trace;
use crate::engine::template::traced_input::{PathText, TracedInput};

/// Inputs and doubts of a trace.
#[derive(Debug, Default)]
pub struct Observed {
    /// Inputs that the builder used in addition to the declared ones.
    pub seen: Vec<TracedInput>,
    /// Reasons why the result must not be recorded.
    pub doubts: Vec<String>,
    /// Bytecode files to compare with their sources, with these sources.
    pub bytecode: Vec<(PathBuf, PathBuf)>,
}

/// Settings for turning a trace into inputs.
pub struct Observer<'a> {
    /// Surroundings of the builder.
    pub surroundings: &'a Surroundings,
    /// Declared paths, relative to the root.
    pub declared: &'a BTreeSet<Vec<u8>>,
    /// Patterns to leave out.
    pub exclude: &'a Matcher,
    /// Start of the build, by the file system's clock.
    pub since: (i64, i64),
    /// Distributions installed at that time: `Surroundings::installation`.
    pub installation: &'a [TracedInput],
}

impl Observer<'_> {
    /// Returns the inputs and doubts of a trace.
    pub fn observe(&self, trace: &Trace, interrupt: &Interrupt<'_>) -> Result<Observed> {
        let mut observation = Observation {
            observer: self,
            trace,
            owners: HashMap::new(),
            used: BTreeMap::new(),
            observed: Observed::default(),
        };
        for doubt in &trace.doubts {
            observation.doubt(format!("trace incomplete: {doubt}"));
        }
        observation.find_owners();
        observation.files(interrupt)?;
        observation.questions();
        observation.folders();
        observation.modules();
        observation.distributions();
        observation.environment();
        observation.databases();
        observation.bytecode();
        Ok(observation.observed)
    }
}

/// A trace that is being turned into inputs.
pub(super) struct Observation<'a> {
    pub(super) observer: &'a Observer<'a>,
    pub(super) trace: &'a Trace,
    /// Owners of files, by folder of distributions.
    pub(super) owners: HashMap<PathBuf, Owners>,
    /// Distributions that the builder used, by that folder and their name.
    pub(super) used: BTreeMap<(PathBuf, String), Distribution>,
    pub(super) observed: Observed,
}

impl<'a> Observation<'a> {
    pub(super) fn surroundings(&self) -> &'a Surroundings {
        self.observer.surroundings
    }

    pub(super) fn kind(&self, path: &Path) -> PathOwner {
        self.surroundings().places.kind(path)
    }

    pub(super) fn spell(&self, path: &Path) -> PathText {
        PathText(self.surroundings().places.spell(path))
    }

    pub(super) fn see(&mut self, seen: TracedInput) {
        self.observed.seen.push(seen);
    }

    pub(super) fn doubt(&mut self, words: String) {
        self.observed.doubts.push(words);
    }

    pub(super) fn moved(&mut self, what: &impl Display, verb: &str) {
        self.doubt(format!("{what} {verb} while the builder ran"));
    }

    /// Returns whether a path is excluded by the user or declared.
    pub(super) fn is_answered_for(&self, spelled: &PathText) -> bool {
        let relative = Path::new(OsStr::from_bytes(&spelled.0));
        self.observer.declared.contains(&spelled.0)
            || (relative.is_relative() && self.observer.exclude.covers(relative))
    }

    /// Returns whether a file is unchanged since it was opened and since the build began.
    pub(super) fn has_rested(&self, then: Option<Stat>, now: Stat) -> bool {
        then.is_none_or(|then| then == now) && now.changed() < self.observer.since
    }

    fn find_owners(&mut self) {
        let asked = self.trace.asked.iter().map(|(path, _)| path);
        let files = self
            .trace
            .read
            .keys()
            .chain(&self.trace.absent)
            .chain(asked);
        let folders = self.trace.listed.keys().chain(self.trace.importable.keys());
        for path in files.chain(folders) {
            if let PathOwner::Site(site) = self.kind(path)
                && !self.owners.contains_key(&site)
            {
                let owners = Owners::of(&site);
                self.owners.insert(site, owners);
            }
        }
    }

    /// Returns the distribution that owns a file, and adds it to the inputs.
    pub(super) fn owner(&mut self, site: &Path, file: &Path) -> Option<Distribution> {
        let owner = self.owners.get(site)?.owner(file)?.clone();
        let key = (site.to_path_buf(), owner.name.clone());
        self.used.insert(key, owner.clone());
        Some(owner)
    }

    /// Returns whether the interpreter's version or a distribution's RECORD already covers a path.
    pub(super) fn is_told(&mut self, path: &Path) -> bool {
        match self.kind(path) {
            PathOwner::Ignored | PathOwner::Standard => true,
            PathOwner::Site(site) => self.owner(&site, path).is_some(),
            PathOwner::Environment | PathOwner::Project | PathOwner::Outside => false,
        }
    }

    /// Adds the paths whose kind was checked but whose content was not read.
    fn questions(&mut self) {
        let trace = self.trace;
        for path in &trace.absent {
            let spelled = self.spell(path);
            if self.is_told(path) || self.is_answered_for(&spelled) {
                continue;
            }
            let is = State::Blocked;
            match Reachability::to(path) {
                Reachability::Ends => self.see(TracedInput::Absent { path: spelled }),
                Reachability::Blocked => self.see(TracedInput::State { path: spelled, is }),
                Reachability::Open => self.moved(&spelled, "appeared"),
            }
        }
        for (path, letter) in &trace.asked {
            // Another input already covers the path, except for whether it is a link.
            let is_answered = letter.is_ascii_lowercase()
                && (trace.read.contains_key(path) || trace.listed.contains_key(path));
            let spelled = self.spell(path);
            if is_answered
                || self.is_told(path)
                || trace.written.contains(path)
                || self.surroundings().places.is_above(path)
                || self.is_answered_for(&spelled)
            {
                continue;
            }
            let is = match State::of_letter(*letter) {
                Some(State::Nothing) if Reachability::to(path) == Reachability::Blocked => {
                    State::Blocked
                }
                Some(is) => is,
                None => {
                    self.doubt(format!(
                        "trace incomplete: {spelled} was in an unknown state"
                    ));
                    continue;
                }
            };
            if !is.holds(path) {
                self.moved(&spelled, "changed");
            }
            self.see(TracedInput::State { path: spelled, is });
        }
        for path in &trace.links {
            if self.is_told(path) || self.surroundings().places.is_above(path) {
                continue;
            }
            let (Some(text), Ok(now)) = (self.surroundings().target(path), path.symlink_metadata())
            else {
                continue;
            };
            let path = self.spell(path);
            if !self.has_rested(None, Stat::from(&now)) {
                self.moved(&path, "changed");
            }
            self.see(TracedInput::Target { path, text });
        }
        for path in trace.programs.iter().filter(|path| path.is_absolute()) {
            let path = self.spell(path);
            self.see(TracedInput::Program { path });
        }
    }

    fn environment(&mut self) {
        let surroundings = self.surroundings();
        let Surroundings {
            places,
            variables,
            exclude_env,
            ..
        } = surroundings;
        let trace = self.trace;
        for prefix in &trace.prefixes {
            if !places.is_prefix(prefix) {
                let shown = prefix.display();
                self.doubt(format!("the builder ran in another environment, {shown}"));
            }
        }
        if trace.takes_environment {
            self.see(TracedInput::Environment);
        }
        let mut names = variables::counted(variables, trace.takes_environment, exclude_env);
        let read = trace.variables.iter();
        names.extend(
            read.filter(|name| !variables::is_excluded(name, exclude_env))
                .cloned(),
        );
        for name in names {
            let digest = variables::digest(variables, &name, places);
            let name = PathText(name);
            self.see(TracedInput::Variable { name, digest });
        }
    }

    /// Adds a doubt for each database with a write-ahead log, because a database counts only by its own bytes.
    fn databases(&mut self) {
        for database in &self.trace.databases {
            let side_file = with_ending(database, "-wal");
            let holds_some = side_file.metadata().is_ok_and(|found| found.len() > 0);
            if holds_some && self.kind(database) != PathOwner::Ignored {
                let shown = self.spell(&side_file);
                self.doubt(format!(
                    "{shown} contains part of a database that the builder read"
                ));
            }
        }
    }

    /// Returns the bytecode that may not belong to its source.
    fn bytecode(&mut self) {
        for (file, loaded) in &self.trace.bytecode {
            if let Some(source) = source_of(file)
                && matches!(self.kind(&source), PathOwner::Project | PathOwner::Outside)
                && !is_proved(file, &source, loaded.checks_hashes)
            {
                self.observed.bytecode.push((file.clone(), source));
            }
        }
    }
}
