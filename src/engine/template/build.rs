//! One build of a template database: from the lock to the stored database, or to a private one.

use std::path::{Path, PathBuf};

use super::database::Database;
use super::inputs::Basis;
use super::manifest::{Made, Manifest};
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
use crate::engine::template::look::Proved;
use crate::engine::template::request::{Request, Taken};
use crate::engine::template::trace::watch::{LOG, Run, trace};
use crate::engine::template::traced::input::Seen;
use crate::engine::template::traced::observe::Observed;
use crate::engine::template::traced::observe::Observer;
use std::collections::BTreeSet;

/// A build under way. Dropped, it leaves nothing behind.
pub struct Build {
    pub(super) folder: OwnFolder,
    pub(super) before: Taken,
    pub(super) lock: Option<Lock>,
    /// Why the result is to be stored nowhere, or was stored without a lock.
    pub(super) disabled: Option<String>,
    /// Whether the result is to be stored.
    pub(super) is_for_store: bool,
    /// What a traced builder was seen to use.
    pub(super) observed: Option<Observed>,
    /// When the build began, by the clock of the folder's file system.
    pub(super) since: (i64, i64),
    /// What was installed then, for a traced builder.
    pub(super) installation: Vec<Seen>,
    /// Why it has to be built.
    pub reasons: Vec<String>,
}

/// What came of a build.
pub struct Built {
    /// The database to use.
    pub proved: Proved,
    /// Why the cache was of no use, if so.
    pub disabled: Option<String>,
    /// Why it was built and, where it is used but not recorded, why that is.
    pub reasons: Vec<String>,
    /// Holds the database where it is not in the store; it goes with this.
    pub private: Option<OwnFolder>,
}

impl Build {
    /// Where a traced builder's processes write down what they look at.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }

    /// Makes inputs of what a traced builder's processes wrote down. Returns bytecode that stands for a source and is
    /// not proved by itself: its file and the source.
    ///
    /// # Errors
    /// The interrupt's, and `Error::Argument` for `exclude`.
    pub fn observe(
        &mut self,
        request: &Request,
        run: &Run<'_>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<(PathBuf, PathBuf)>> {
        let Some(surroundings) = &request.surroundings else {
            return Ok(Vec::new());
        };
        let trace = trace(&self.log(), run, request, surroundings, interrupt)?;
        let declared: BTreeSet<Vec<u8>> = match &self.before {
            Ok(snapshot) => snapshot.basis.paths().map(<[u8]>::to_vec).collect(),
            Err(_) => BTreeSet::new(),
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

    /// The path that `{db}` stands for.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        built_in(&self.folder)
    }

    /// Finishes what the builder made, stores and records it, and releases the lock. `doubts` are the caller's reasons
    /// not to record it.
    ///
    /// # Errors
    /// `Error::Template` where the builder made no usable database: nothing is stored then. `Error::Io` for the
    /// declared inputs. A store that cannot be written is no error: the database is then this process's own.
    pub fn publish(
        mut self,
        request: &Request,
        seconds: f64,
        doubts: Vec<String>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Built> {
        let built = self.database();
        let finished = finish(&built, interrupt)?;
        let mut doubt = self.doubt(request, &finished, interrupt)?;
        let observed = self.observed.take();
        if request.surroundings.is_some() && doubt.is_none() && self.is_for_store {
            doubt = match &observed {
                None => {
                    Some("trace incomplete: nobody looked at it: used, not recorded".to_owned())
                }
                Some(observed) => {
                    let words: Vec<String> =
                        observed.doubts.iter().cloned().chain(doubts).collect();
                    (!words.is_empty()).then(|| format!("{}: used, not recorded", words.join(", ")))
                }
            };
        }
        let unknown = || Basis {
            build: request.build.clone(),
            traced: false,
            inputs: Vec::new(),
            seen: Vec::new(),
        };
        let mut basis = self
            .before
            .clone()
            .map_or_else(|_| unknown(), |before| before.basis);
        basis.seen = observed.map(|observed| observed.seen).unwrap_or_default();
        let nothing = Made {
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
                    let proved = Proved { database, manifest };
                    let Self {
                        disabled, reasons, ..
                    } = self;
                    return Ok(Built {
                        proved,
                        disabled,
                        reasons,
                        private: None,
                    });
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

    /// Why the result may not be recorded, if so.
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
            // The builder has done its work: what cannot be read now is no reason to throw that away.
            Err(error) => Err(error.to_string()),
            Ok(after) => after,
        };
        let why = match (&self.before, after) {
            (Ok(before), Ok(after)) if *before == after => return Ok(None),
            (Ok(before), Ok(after)) if before.basis == after.basis => {
                "an input was written".to_owned()
            }
            (Ok(before), Ok(after)) => after.basis.changes(&before.basis).join(", "),
            (Err(reason), _) => reason.clone(),
            (_, Err(reason)) => reason,
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

    /// Keeps the database for this process, with a manifest that proves its bytes and nothing else.
    fn keep_private(
        self,
        mut manifest: Manifest,
        doubt: Option<String>,
        is_live: bool,
        interrupt: &Interrupt<'_>,
    ) -> Result<Built> {
        let Self {
            mut folder,
            lock,
            disabled,
            mut reasons,
            ..
        } = self;
        make_private(&mut folder);
        let built = built_in(&folder);
        // On a fresh inode, too: a handle that some process kept must not reach what is handed out.
        let fresh = with_ending(&built, ".copy");
        if is_live {
            snapshot(&built, &fresh, interrupt)?;
        } else if let Err(Error::Interrupted) = copy_fresh(&built, &fresh, interrupt) {
            return Err(Error::Interrupted);
        }
        // Without room for a copy the built one has to do.
        if fresh.exists() {
            std::fs::rename(&fresh, &built).at(&built)?;
            for ending in ["-wal", "-shm", "-journal"] {
                let _ = std::fs::remove_file(with_ending(&built, ending));
            }
        }
        drop(lock);
        let file = std::fs::File::open(&built).at(&built)?;
        let (length, digest) = hash_open(&file, &built, interrupt)?;
        manifest.database = Made { length, digest };
        manifest.recorded = false;
        let database = Database::prove(&built, manifest.database, interrupt)?;
        let database =
            database.map_err(|reason| Error::template(&built, format!("the file {reason}")))?;
        // On a full disk the database can be used all the same, only not be opened by its manifest.
        let _ = Unfinished::beside(&with_ending(&built, MANIFEST), 0o644, Durability::Unsynced)
            .and_then(|mut file| {
                file.write(&manifest.to_bytes())
                    .and_then(|()| file.replace())
            });
        reasons.extend(doubt);
        Ok(Built {
            proved: Proved { database, manifest },
            disabled,
            reasons,
            private: Some(folder),
        })
    }
}

fn copy_fresh(from: &Path, into: &Path, interrupt: &Interrupt<'_>) -> Result<()> {
    let (file, _) = open_regular(Place::at(from))?;
    let mut copy = Unfinished::beside(into, 0o644, Durability::Unsynced)?;
    copy.fill(&file, from, interrupt)?;
    copy.replace().map(drop)
}
