//! From what a builder's processes said to what a manifest keeps: each path with what stands for it, and why the result
//! may not be recorded.

mod folders;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::bytecode::{is_proved, source_of};
use super::places::Kind;
use super::seen::{Seen, State, Text};
use super::surroundings::{Surroundings, hash};
use super::trace::Trace;
use super::variables;
use crate::engine::distributions::Owners;
use crate::engine::error::{Error, Result};
use crate::engine::interrupt::Interrupt;
use crate::engine::parallel;
use crate::engine::publish::with_ending;
use crate::engine::regular_file::Stat;
use crate::engine::walk::pattern::Matcher;

/// What a trace leads to.
#[derive(Debug, Default)]
pub struct Observed {
    /// The inputs that the builder used beside the declared ones.
    pub seen: Vec<Seen>,
    /// Why they may not be recorded, if so.
    pub doubts: Vec<String>,
    /// Bytecode that stands for a source of the project, to be compared with it: its file and the source.
    pub bytecode: Vec<(PathBuf, PathBuf)>,
}

/// Makes inputs of a trace.
pub struct Observer<'a> {
    /// Where the builder ran.
    pub surroundings: &'a Surroundings,
    /// Paths that are declared already, relative to the root.
    pub declared: &'a BTreeSet<Vec<u8>>,
    /// Patterns that do not count.
    pub exclude: &'a Matcher,
    /// When the build began, by the file system's own clock.
    pub since: (i64, i64),
}

impl Observer<'_> {
    /// The inputs that a trace leads to.
    ///
    /// # Errors
    /// The interrupt's.
    pub fn observe(&self, trace: &Trace, interrupt: &Interrupt<'_>) -> Result<Observed> {
        let mut observed = Observed {
            doubts: trace
                .doubts
                .iter()
                .map(|doubt| format!("trace incomplete: {doubt}"))
                .collect(),
            ..Observed::default()
        };
        let mut owners: HashMap<PathBuf, Owners> = HashMap::new();
        for path in trace
            .read
            .keys()
            .chain(trace.listed.keys())
            .chain(trace.asked.iter().map(|(path, _)| path))
        {
            if let Kind::Site(site) = self.kind(path) {
                owners
                    .entry(site.clone())
                    .or_insert_with(|| Owners::of(&site));
            }
        }
        self.files(trace, &owners, interrupt, &mut observed)?;
        self.questions(trace, &owners, &mut observed);
        self.folders(trace, &owners, &mut observed);
        self.environment(trace, &mut observed);
        for prefix in &trace.prefixes {
            if !self.surroundings.places.is_prefix(prefix) {
                let shown = prefix.display();
                observed
                    .doubts
                    .push(format!("it ran in another environment, {shown}"));
            }
        }
        for database in &trace.databases {
            let side_file = with_ending(database, "-wal");
            if side_file
                .metadata()
                .is_ok_and(|metadata| metadata.len() > 0)
                && self.kind(database) != Kind::Ignored
            {
                let shown = self.spell(&side_file);
                observed
                    .doubts
                    .push(format!("{shown} holds a part of a database that it read"));
            }
        }
        for (file, loaded) in &trace.bytecode {
            if let Some(source) = source_of(file)
                && matches!(self.kind(&source), Kind::Project | Kind::Outside)
                && !is_proved(file, &source, loaded.checks_hashes)
            {
                observed.bytecode.push((file.clone(), source));
            }
        }
        Ok(observed)
    }

    fn kind(&self, path: &Path) -> Kind {
        self.surroundings.places.kind(path)
    }

    fn spell(&self, path: &Path) -> Text {
        Text(self.surroundings.places.spell(path))
    }

    /// Whether a path is taken out by the user, or declared already.
    fn is_answered_for(&self, spelled: &Text) -> bool {
        let relative = Path::new(OsStr::from_bytes(&spelled.0));
        self.declared.contains(&spelled.0)
            || (relative.is_relative() && self.exclude.covers(relative))
    }

    /// What was read.
    fn files(
        &self,
        trace: &Trace,
        owners: &HashMap<PathBuf, Owners>,
        interrupt: &Interrupt<'_>,
        observed: &mut Observed,
    ) -> Result<()> {
        let mut distributions = BTreeMap::new();
        let mut contents: Vec<(&PathBuf, Option<Stat>)> = Vec::new();
        for (path, stat) in &trace.read {
            match self.kind(path) {
                Kind::Ignored | Kind::Standard => {}
                Kind::Environment => observed.seen.push(self.configuration(path)),
                Kind::Site(site) => match owners.get(&site).and_then(|owners| owners.owner(path)) {
                    Some(owner) => {
                        let key = (site, owner.name.clone());
                        let (_, digest) = distributions.entry(key).or_insert_with(|| {
                            let digest = if owner.is_direct() {
                                None
                            } else {
                                owner.record()
                            };
                            (owner.clone(), digest)
                        });
                        // What the installer wrote of the checkout's place does not count.
                        let is_own = path.starts_with(&owner.folder);
                        if digest.is_none() && (!is_own || path.ends_with("entry_points.txt")) {
                            contents.push((path, *stat));
                        }
                    }
                    None if path.extension() == Some(OsStr::new("pth")) => {}
                    None => observed.seen.push(self.configuration(path)),
                },
                Kind::Project | Kind::Outside => contents.push((path, *stat)),
            }
        }
        contents.retain(|(path, _)| !self.is_answered_for(&self.spell(path)));
        let found = parallel::map(
            &contents,
            interrupt,
            |(path, stat), buffer, stop| match hash(path, buffer, &mut || stop.check()) {
                Err(Error::Interrupted) => Err(Error::Interrupted),
                Err(error) => Ok(Err(error)),
                Ok((length, digest, now)) => Ok(Ok((
                    length,
                    digest,
                    now,
                    stat.is_none_or(|stat| stat == now),
                ))),
            },
        )?;
        for ((path, _), found) in contents.iter().zip(found) {
            let spelled = self.spell(path);
            match found {
                Ok((length, digest, now, has_rested)) => {
                    if !has_rested || now.changed() >= self.since {
                        observed
                            .doubts
                            .push(format!("{spelled} changed while the builder ran"));
                    }
                    observed.seen.push(Seen::Read {
                        path: spelled,
                        length,
                        digest,
                    });
                }
                Err(error) if error.is(ErrorKind::NotFound) => {
                    observed
                        .doubts
                        .push(format!("{spelled} went away while the builder ran"));
                }
                Err(error) => observed.doubts.push(error.to_string()),
            }
        }
        for ((site, _), (owner, digest)) in distributions {
            observed.seen.push(Seen::Distribution {
                name: owner.name,
                version: owner.version,
                path: self.spell(&site),
                digest,
            });
        }
        Ok(())
    }

    /// What was asked about, and not read.
    fn questions(&self, trace: &Trace, owners: &HashMap<PathBuf, Owners>, observed: &mut Observed) {
        let counts = |path: &Path| match self.kind(path) {
            Kind::Ignored | Kind::Standard => false,
            Kind::Site(site) => owners
                .get(&site)
                .is_none_or(|owners| owners.owner(path).is_none()),
            Kind::Environment | Kind::Project | Kind::Outside => true,
        };
        for path in trace.absent.iter().filter(|path| counts(path)) {
            let spelled = self.spell(path);
            if self.is_answered_for(&spelled) {
                continue;
            }
            if path.exists() {
                observed
                    .doubts
                    .push(format!("{spelled} appeared while the builder ran"));
            }
            observed.seen.push(Seen::Absent { path: spelled });
        }
        for (path, letter) in trace.asked.iter().filter(|(path, _)| counts(path)) {
            // Another kind of proof says so already; but that it is no link, or one, nothing else says.
            let is_told = letter.is_ascii_lowercase()
                && (trace.read.contains_key(path) || trace.listed.contains_key(path));
            let spelled = self.spell(path);
            if is_told
                || trace.written.contains(path)
                || self.surroundings.places.is_above(path)
                || self.is_answered_for(&spelled)
            {
                continue;
            }
            let Some(is) = State::of_letter(*letter) else {
                observed.doubts.push(format!(
                    "trace incomplete: {spelled} was in an unknown state"
                ));
                continue;
            };
            if !is.holds(path) {
                observed
                    .doubts
                    .push(format!("{spelled} changed while the builder ran"));
            }
            observed.seen.push(Seen::State { path: spelled, is });
        }
        let is_counted = |path: &&PathBuf| counts(path) && !self.surroundings.places.is_above(path);
        for path in trace.links.iter().filter(is_counted) {
            if let Some(text) = self.surroundings.target(path) {
                observed.seen.push(Seen::Target {
                    path: self.spell(path),
                    text,
                });
            }
        }
        for path in &trace.programs {
            if path.is_absolute() {
                observed.seen.push(Seen::Program {
                    path: self.spell(path),
                });
            }
        }
    }

    fn environment(&self, trace: &Trace, observed: &mut Observed) {
        let Surroundings {
            places,
            variables,
            exclude_variables,
            ..
        } = self.surroundings;
        if trace.takes_environment {
            observed.seen.push(Seen::Environment);
        }
        let mut names = variables::counted(variables, trace.takes_environment, exclude_variables);
        let read = trace.variables.iter();
        names.extend(
            read.filter(|name| !variables::is_excluded(name, exclude_variables))
                .cloned(),
        );
        for name in names {
            let digest = variables::digest(variables, &name, places);
            observed.seen.push(Seen::Variable {
                name: Text(name),
                digest,
            });
        }
    }

    fn configuration(&self, path: &Path) -> Seen {
        let path = self.spell(path);
        let digest = self.surroundings.configuration(&path.0);
        Seen::Configuration { path, digest }
    }
}
