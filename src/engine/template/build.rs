//! A build of a template database, from the lock to the stored or private database.

use std::path::{Path, PathBuf};

use super::database::Database;
use super::inputs::TemplateInputs;
use super::manifest::{DatabaseDigest, Manifest};
use super::variants::{MANIFEST, built_in, make_private};
use crate::engine::files::atomic::{Durability, Unfinished, hash_open};
use crate::engine::files::lock::Lock;
use crate::engine::files::own_folder::OwnFolder;
use crate::engine::files::path::with_ending;
use crate::engine::files::pattern::Matcher;
use crate::engine::files::regular_file::{Place, open_regular};
use crate::engine::files::walk;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::sqlite::finish::{Finished, finish};
use crate::engine::sqlite::snapshot::snapshot;
use crate::engine::template::look::VerifiedDatabase;
use crate::engine::template::request::{Reading, Request};
use crate::engine::template::traced::observe::Observed;
use crate::engine::template::traced::observe::Observer;
use crate::engine::template::traced_input::TracedInput;
use crate::engine::template::watch::{BuilderRun, LOG, trace};
use std::collections::BTreeSet;

/// A build in progress. Dropping it removes everything it created.
pub struct Build {
    pub(super) folder: OwnFolder,
    pub(super) before: Reading,
    pub(super) lock: Option<Lock>,
    /// Why the result is not stored, or is stored without a lock.
    pub(super) disabled: Option<String>,
    /// Whether the result is stored.
    pub(super) is_for_store: bool,
    /// Inputs that the traced builder used.
    pub(super) observed: Option<Observed>,
    /// Start of the build, by the clock of the folder's file system.
    pub(super) since: (i64, i64),
    /// Distributions installed at that time, for a traced builder.
    pub(super) installation: Vec<TracedInput>,
    /// Why the database must be built.
    pub reasons: Vec<String>,
}

/// Result of a build.
pub struct BuildResult {
    /// The database to use.
    pub proved: VerifiedDatabase,
    /// Whether the cache could not be used.
    pub is_disabled: bool,
    /// Why the cache could not be used, if so; why the database was built; and why it is not recorded, if so.
    pub reasons: Vec<String>,
    /// Folder of a database that is not in the store; it is removed with this value.
    pub private: Option<OwnFolder>,
}

impl BuildResult {
    fn new(
        proved: VerifiedDatabase,
        disabled: Option<String>,
        mut reasons: Vec<String>,
        private: Option<OwnFolder>,
    ) -> Self {
        let is_disabled = disabled.is_some();
        // A build that began without the cache has the reason already.
        if let Some(reason) = disabled.filter(|reason| !reasons.contains(reason)) {
            reasons.insert(0, reason);
        }
        Self {
            proved,
            is_disabled,
            reasons,
            private,
        }
    }
}

impl Build {
    /// Returns the path of the log that a traced builder's processes write.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }

    /// Turns the log of a traced builder into inputs. Returns each bytecode file that is not proved to belong to its
    /// source, with that source.
    ///
    /// # Errors
    /// The interrupt's error, and `Error::Argument` for `exclude`.
    pub fn observe(
        &mut self,
        request: &Request,
        run: &BuilderRun<'_>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<(PathBuf, PathBuf)>> {
        let Some(surroundings) = &request.surroundings else {
            return Ok(Vec::new());
        };
        let trace = trace(&self.log(), run, request, surroundings, interrupt)?;
        let declared: BTreeSet<Vec<u8>> = match &self.before {
            Reading::Stable(snapshot) => snapshot.basis.paths().map(<[u8]>::to_vec).collect(),
            Reading::Unstable(_) => BTreeSet::new(),
        };
        let eye = Observer {
            surroundings,
            declared: &declared,
            exclude: &Matcher::new(&walk::resolve_root(&request.root)?, &request.exclude, &[])?,
            since: self.since,
            installation: &self.installation,
        };
        let observed = eye.observe(&trace, interrupt)?;
        let bytecode = observed.bytecode.clone();
        self.observed = Some(observed);
        Ok(bytecode)
    }

    /// Returns the path that replaces `{db}`.
    pub fn database(&self) -> PathBuf {
        built_in(&self.folder)
    }

    /// Finishes the built database, stores and records it, and releases the lock. `doubts` are the caller's reasons for
    /// not recording it.
    ///
    /// # Errors
    /// `Error::Template` if the builder did not write a usable database; nothing is stored then. `Error::Io` for the
    /// declared inputs. A store that cannot be written is not an error: the database then belongs to this process.
    pub fn publish(
        mut self,
        request: &Request,
        seconds: f64,
        doubts: Vec<String>,
        interrupt: &Interrupt<'_>,
    ) -> Result<BuildResult> {
        let built = self.database();
        let finished = finish(&built, interrupt)?;
        let mut doubt = self.doubt(request, &finished, interrupt)?;
        let observed = self.observed.take();
        if request.surroundings.is_some() && doubt.is_none() && self.is_for_store {
            let reasons: Vec<String> = match &observed {
                Some(observed) => observed.doubts.iter().cloned().chain(doubts).collect(),
                // The caller knows why the trace is missing.
                None if !doubts.is_empty() => doubts,
                None => vec!["trace incomplete: it was not read".to_owned()],
            };
            doubt = (!reasons.is_empty())
                .then(|| format!("{}: used, not recorded", reasons.join(", ")));
        }
        let unknown = || TemplateInputs {
            build: request.build.clone(),
            traced: false,
            inputs: Vec::new(),
            seen: Vec::new(),
        };
        let mut basis = match &self.before {
            Reading::Stable(before) => before.basis.clone(),
            Reading::Unstable(_) => unknown(),
        };
        basis.seen = observed.map(|observed| observed.seen).unwrap_or_default();
        let nothing = DatabaseDigest {
            length: 0,
            digest: Digest::of(b""),
        };
        let mut manifest = Manifest::new(
            request.declared(),
            basis,
            nothing,
            seconds,
            finished.alembic_revisions,
        );
        if doubt.is_none() && self.is_for_store {
            match self.store(request, &mut manifest, interrupt) {
                Ok(Some(database)) => {
                    let proved = VerifiedDatabase { database, manifest };
                    let Self {
                        disabled, reasons, ..
                    } = self;
                    return Ok(BuildResult::new(proved, disabled, reasons, None));
                }
                Ok(None) => {
                    let reason = "a process that the builder left running still writes to it: used, not recorded";
                    return self.keep_private(manifest, Some(reason.to_owned()), true, interrupt);
                }
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => self.disabled = Some(error.to_string()),
            }
        }
        self.keep_private(manifest, doubt, finished.is_live, interrupt)
    }

    /// Returns why the result must not be recorded.
    fn doubt(
        &self,
        request: &Request,
        finished: &Finished,
        interrupt: &Interrupt<'_>,
    ) -> Result<Option<String>> {
        if finished.is_live {
            let reason =
                "a process that the builder left running has the database open: used, not recorded";
            return Ok(Some(reason.to_owned()));
        }
        let after = match request.snapshot(interrupt) {
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            // The builder has succeeded, so its result is used even if an input cannot be read now.
            Err(error) => Reading::Unstable(error.to_string()),
            Ok(after) => after,
        };
        let why = match (&self.before, after) {
            (Reading::Stable(before), Reading::Stable(after)) if *before == after => {
                return Ok(None);
            }
            (Reading::Stable(before), Reading::Stable(after)) if before.basis == after.basis => {
                "an input was written".to_owned()
            }
            (Reading::Stable(before), Reading::Stable(after)) => {
                after.basis.changes(&before.basis).join(", ")
            }
            (Reading::Unstable(reason), _) => reason.clone(),
            (_, Reading::Unstable(reason)) => reason,
        };
        Ok(Some(format!(
            "{why} while the builder ran: used, not recorded"
        )))
    }

    fn store(
        &self,
        request: &Request,
        manifest: &mut Manifest,
        interrupt: &Interrupt<'_>,
    ) -> Result<Option<Database>> {
        let store = request.store();
        let Some(database) = store.adopt(&self.database(), &self.folder, interrupt)? else {
            return Ok(None);
        };
        manifest.database = database.made;
        store.record(manifest, &self.folder, self.lock.is_some())?;
        if self.lock.is_some() {
            store.prune();
        }
        Ok(Some(database))
    }

    /// Keeps the database for this process, with a manifest that proves only its bytes.
    fn keep_private(
        self,
        mut manifest: Manifest,
        doubt: Option<String>,
        is_live: bool,
        interrupt: &Interrupt<'_>,
    ) -> Result<BuildResult> {
        let Self {
            mut folder,
            lock,
            disabled,
            mut reasons,
            ..
        } = self;
        make_private(&mut folder);
        let built = built_in(&folder);
        // Copy to a new inode: a handle that another process kept must not reach the database that is handed out.
        let fresh = with_ending(&built, ".copy");
        if is_live {
            snapshot(&built, &fresh, interrupt)?;
        } else if let Err(Error::Interrupted) = copy_fresh(&built, &fresh, interrupt) {
            return Err(Error::Interrupted);
        }
        // If the copy does not fit on the disk, the built file is used.
        if fresh.exists() {
            std::fs::rename(&fresh, &built).at(&built)?;
            for ending in ["-wal", "-shm", "-journal"] {
                let _ = std::fs::remove_file(with_ending(&built, ending));
            }
        }
        drop(lock);
        let file = std::fs::File::open(&built).at(&built)?;
        let (length, digest) = hash_open(&file, &built, interrupt)?;
        manifest.database = DatabaseDigest { length, digest };
        manifest.recorded = false;
        let proof = Database::prove(&built, manifest.database, interrupt)?;
        let database = proof.or_error(&built)?;
        // On a full disk the database can be used, but not opened by its manifest.
        let _ = Unfinished::beside(&with_ending(&built, MANIFEST), 0o644, Durability::Unsynced)
            .and_then(|mut file| {
                file.write(&manifest.to_bytes())
                    .and_then(|()| file.replace())
            });
        reasons.extend(doubt);
        Ok(BuildResult::new(
            VerifiedDatabase { database, manifest },
            disabled,
            reasons,
            Some(folder),
        ))
    }
}

fn copy_fresh(from: &Path, into: &Path, interrupt: &Interrupt<'_>) -> Result<()> {
    let (file, _) = open_regular(Place::at(from))?;
    let mut copy = Unfinished::beside(into, 0o644, Durability::Unsynced)?;
    copy.fill(&file, from, interrupt)?;
    copy.replace().map(drop)
}
