//! Begins a build: takes the lock, looks again and hands out a staging path.

use super::build::Build;
use crate::engine::files::lock::{Attempt, Lock};
use crate::engine::files::own_folder::{OwnFolder, make_folder};
use crate::engine::files::path::parent;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::look::Lookup;
use crate::engine::template::look::VerifiedDatabase;
use crate::engine::template::request::Request;
use crate::engine::template::surroundings::Surroundings;
use crate::engine::template::watch::begun;
use std::time::Duration;

/// Result of beginning a build.
pub enum Begin {
    /// Another process built the database meanwhile.
    Found(Box<VerifiedDatabase>),
    /// The builder must run.
    Build(Box<Build>),
}

impl Request {
    /// Takes the lock, looks again, and prepares the build. `note` describes this process to others; `on_wait` is called
    /// once with the current holder's note and the lock file. A store that cannot be used leads to a private build.
    ///
    /// # Errors
    /// As `look`; `Error::Io` if a private build cannot be prepared either.
    pub fn begin(
        &self,
        timeout: Duration,
        note: &str,
        on_wait: &mut dyn FnMut(&str, &str) -> Result<()>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Begin> {
        let store = self.store();
        if let Some(reason) = store.trouble() {
            return self.begin_private(reason, interrupt);
        }
        if let Err(error) = store.prepare() {
            return self.begin_private(error.to_string(), interrupt);
        }
        let family = self.family();
        let path = store.lock(&family);
        let lock_name = path.display().to_string();
        let mut tell = |holder: &str| on_wait(holder, &lock_name);
        let (lock, disabled) = match Lock::acquire(&path, note, timeout, &mut tell, interrupt) {
            Ok(Attempt::Held(lock)) => (Some(lock), None),
            Ok(Attempt::Unsupported(error)) => {
                (None, Some(format!("{lock_name} cannot be locked: {error}")))
            }
            Ok(Attempt::TimedOut { holder }) => {
                let seconds = timeout.as_secs_f64();
                let reason =
                    format!("{holder} held the lock {lock_name} for {seconds} s; built privately");
                return self.begin_private(reason, interrupt);
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => return self.begin_private(error.to_string(), interrupt),
        };
        let before = self.snapshot(interrupt)?;
        let reasons = match self.find(&before, interrupt)? {
            Lookup::Hit(proved) => return Ok(Begin::Found(proved)),
            Lookup::Miss(reasons) => reasons,
            Lookup::Disabled(reason) => return self.begin_private(reason, interrupt),
        };
        if lock.is_some() {
            self.sweep();
        }
        let staged = store.stage(&family);
        match staged.and_then(|folder| Ok((begun(&folder, self.surroundings.is_some())?, folder))) {
            Ok((since, folder)) => Ok(Begin::Build(Box::new(Build {
                since,
                installation: self
                    .surroundings
                    .as_ref()
                    .map(Surroundings::installation)
                    .unwrap_or_default(),
                observed: None,
                folder,
                before,
                lock,
                disabled,
                is_for_store: true,
                reasons,
            }))),
            Err(error) => self.begin_private(error.to_string(), interrupt),
        }
    }

    /// Prepares a build for this process alone, in the temporary folder or else beside the plain path.
    fn begin_private(&self, disabled: String, interrupt: &Interrupt<'_>) -> Result<Begin> {
        let before = self.snapshot(interrupt)?;
        let create = |folder| OwnFolder::create(folder, "ci-accel.");
        let folder = create(&std::env::temp_dir()).or_else(|_| {
            let beside = parent(&self.path);
            make_folder(beside)?;
            create(beside)
        })?;
        let reasons = vec![disabled.clone()];
        let disabled = Some(disabled);
        Ok(Begin::Build(Box::new(Build {
            // Private builds are not stored, so the time does not matter.
            since: (0, 0),
            installation: Vec::new(),
            observed: None,
            folder,
            before,
            lock: None,
            disabled,
            is_for_store: false,
            reasons,
        })))
    }
}
