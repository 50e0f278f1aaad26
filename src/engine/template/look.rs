//! Looks for a stored database whose inputs are unchanged.

use super::request::{Reading, Request};
use std::io::ErrorKind;

use super::database::{Database, Proof, refuse_side_files};
use super::differences::StaleDatabases;
use super::manifest::{self, Loaded, Manifest};
use super::variants::MANIFEST;
use crate::engine::files::atomic::{Durability, Unfinished, sweep_unfinished};
use crate::engine::files::path::with_ending;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// A verified database with its manifest.
pub struct VerifiedDatabase {
    /// The open database.
    pub database: Database,
    /// The manifest.
    pub manifest: Manifest,
}

/// Result of a look.
pub enum Lookup {
    /// A stored database can be reused.
    Hit(Box<VerifiedDatabase>),
    /// The database must be built, for these reasons.
    Miss(Vec<String>),
    /// The cache cannot be used, for this reason.
    Disabled(String),
}

impl Request {
    /// Looks for a stored database whose inputs are unchanged. Builds and changes nothing.
    ///
    /// # Errors
    /// `Error::Argument` and `Error::Io` for the declared inputs, and the interrupt's error.
    pub fn look(&self, interrupt: &Interrupt<'_>) -> Result<Lookup> {
        let reading = self.snapshot(interrupt)?;
        self.find(&reading, interrupt)
    }

    pub(super) fn find(&self, reading: &Reading, interrupt: &Interrupt<'_>) -> Result<Lookup> {
        let store = self.store();
        if let Some(reason) = store.trouble() {
            return Ok(Lookup::Disabled(reason));
        }
        let basis = match reading {
            Reading::Stable(snapshot) => &snapshot.basis,
            Reading::Unstable(reason) => {
                return Ok(Lookup::Miss(vec![format!("{reason} while it was read")]));
            }
        };
        let plain = with_ending(&self.path, MANIFEST);
        let mut candidates = if self.surroundings.is_some() {
            // The inputs of a traced builder are known only after the build, so every stored manifest is a candidate.
            store.manifest_paths()
        } else {
            vec![store.manifest(&basis.key())]
        };
        candidates.push(plain.clone());
        let mut reasons = Vec::new();
        let mut others = StaleDatabases::default();
        for path in &candidates {
            // The plain path is for a template that was copied here. It does not hide a damaged store.
            if path == &plain && !reasons.is_empty() {
                break;
            }
            let manifest = match Manifest::load(path) {
                Ok(Loaded::Manifest(manifest)) if manifest.recorded => *manifest,
                Ok(Loaded::Manifest(_)) => continue,
                Ok(Loaded::Refused(reason)) => {
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
                Proof::Proved(database) => {
                    return Ok(Lookup::Hit(Box::new(VerifiedDatabase {
                        database,
                        manifest,
                    })));
                }
                Proof::Refused(reason) if path == &plain => {
                    reasons.push(format!("{} {reason}", self.below_root(&at).display()));
                }
                Proof::Refused(reason) => {
                    let name = manifest.database.digest.short();
                    reasons.push(format!("stored database {name} {reason}"));
                }
            }
        }
        if reasons.is_empty() {
            reasons = self.nearest(basis, others, interrupt)?;
        }
        Ok(Lookup::Miss(reasons))
    }

    /// Removes what killed processes left in the store and beside the plain path.
    pub(super) fn sweep(&self) {
        self.store().sweep();
        sweep_unfinished(&self.path);
    }

    /// Stores a database that was found only at the plain path, for example copied there from another checkout with its
    /// manifest. If it cannot be stored, the plain path is used.
    pub fn stored(
        &self,
        proved: VerifiedDatabase,
        interrupt: &Interrupt<'_>,
    ) -> Result<VerifiedDatabase> {
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
                Ok(VerifiedDatabase { database, ..proved })
            }
            _ => Ok(proved),
        }
    }

    /// Copies a verified database to the plain path, with its manifest. Returns why the manifest could not be written.
    ///
    /// # Errors
    /// `Error::Io` with the plain path or a file beside it.
    pub fn keep_plain(
        &self,
        proved: &VerifiedDatabase,
        interrupt: &Interrupt<'_>,
    ) -> Result<Option<String>> {
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
        // Tools need only the copy; without its manifest it cannot be opened by `TemplateDB.open`.
        Ok(write().err().map(|error| error.to_string()))
    }
}

impl VerifiedDatabase {
    /// Returns another handle of the same database.
    pub fn reopen(&self) -> Result<Self> {
        Ok(Self {
            database: self.database.reopen()?,
            manifest: self.manifest.clone(),
        })
    }
}
