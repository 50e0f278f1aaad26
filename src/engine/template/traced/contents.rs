//! Files that were read and distributions that were used, which are compared by content.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::observe::Observation;
use crate::engine::cpython::distributions::RECORD;
use crate::engine::files::parallel;
use crate::engine::files::regular_file::Stat;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::surroundings::hash;
use crate::engine::template::surroundings::places::PathOwner;
use crate::engine::template::traced_input::TracedInput;

impl Observation<'_> {
    /// Adds the files that were read.
    pub(super) fn files(&mut self, interrupt: &Interrupt<'_>) -> Result<()> {
        let mut contents: Vec<(&PathBuf, Option<Stat>)> = Vec::new();
        for (path, stat) in &self.trace.read {
            match self.kind(path) {
                PathOwner::Ignored | PathOwner::Standard => {}
                PathOwner::Site(site) => match self.owner(&site, path) {
                    Some(owner) => {
                        // Files in which the installer wrote the checkout's path do not count.
                        let is_own = path.starts_with(&owner.folder);
                        if owner.is_direct() && (!is_own || path.ends_with("entry_points.txt")) {
                            contents.push((path, *stat));
                        }
                    }
                    None if path.extension() == Some(OsStr::new("pth")) => {}
                    None => self.configuration(path, *stat),
                },
                PathOwner::Environment => self.configuration(path, *stat),
                PathOwner::Project | PathOwner::Outside => contents.push((path, *stat)),
            }
        }
        contents.retain(|(path, _)| !self.is_answered_for(&self.spell(path)));
        let found = parallel::map(&contents, interrupt, |(path, _), buffer, stop| {
            match hash(path, buffer, &mut || stop.check()) {
                Err(Error::Interrupted) => Err(Error::Interrupted),
                other => Ok(other),
            }
        })?;
        for ((path, then), found) in contents.iter().zip(found) {
            let path = self.spell(path);
            match found {
                Ok((length, digest, now)) => {
                    if !self.has_rested(*then, now) {
                        self.moved(&path, "changed");
                    }
                    self.see(TracedInput::Read {
                        path,
                        length,
                        digest,
                    });
                }
                Err(error) if error.is(ErrorKind::NotFound) => self.moved(&path, "disappeared"),
                Err(error) => self.doubt(error.to_string()),
            }
        }
        Ok(())
    }

    /// Adds the distributions that were used, which count by their RECORD.
    pub(super) fn distributions(&mut self) {
        for ((site, _), distribution) in std::mem::take(&mut self.used) {
            let record = distribution.folder.join(RECORD).metadata();
            if record.is_ok_and(|found| !self.has_rested(None, Stat::from(&found))) {
                self.moved(&distribution.name, "was installed");
            }
            let digest = (!distribution.is_direct()).then(|| distribution.record());
            self.see(TracedInput::Distribution {
                path: self.spell(&site),
                digest: digest.flatten(),
                name: distribution.name,
                version: distribution.version,
            });
        }
    }

    /// Adds a configuration file of the environment.
    fn configuration(&mut self, path: &Path, then: Option<Stat>) {
        let spelled = self.spell(path);
        match path.metadata() {
            Ok(now) if self.has_rested(then, Stat::from(&now)) => {}
            Ok(_) => self.moved(&spelled, "changed"),
            Err(_) => self.moved(&spelled, "disappeared"),
        }
        let seen = self.surroundings().configured(spelled);
        self.see(seen);
    }
}
