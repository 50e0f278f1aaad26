//! The store: a folder of databases named by their digest, never overwritten by other bytes, of manifests named by
//! the key of what a database was made from, and of lock files, which are never deleted.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::database::{Database, Proof};
use super::manifest::{DatabaseDigest, Loaded, Manifest};
use crate::engine::files::atomic::{Durability, Unfinished, sweep_unfinished};
use crate::engine::files::lock::take_abandoned;
use crate::engine::files::own_folder::{OwnFolder, distrust, make_folder, sweep_folder};
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::{Place, Stat, open_regular};
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{At, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Databases that are kept; the least recently used go first.
const MOST_DATABASES: usize = 8;

/// Manifests that are kept: several can lead to one database.
const MOST_MANIFESTS: usize = 64;

/// Ending of stored databases.
const DATABASE: &str = ".db";

/// Ending of manifests, in the store and beside the plain path.
pub const MANIFEST: &str = ".manifest.json";

/// What a build's folder is called while the build runs, behind its family.
const STAGING: &str = "staging";

/// What it is called when the build is used but not stored.
const PRIVATE: &str = "private";

/// The database's name in a build's folder.
const BUILT: &str = "template.db";

/// Tells backup tools to pass the folder over. Source: bford.info/cachedir.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder holds what ci-accel can make again.\n\
    # For the meaning of this file see https://bford.info/cachedir/\n";

/// A store's folder.
pub struct Store<'a> {
    /// Where it is.
    pub folder: &'a Path,
    /// The folder that gets CACHEDIR.TAG: the store's own or one above it.
    pub tagged: &'a Path,
    /// The project's root, whose owner is trusted.
    pub root: &'a Path,
}

impl Store<'_> {
    /// Why the store cannot be used, if so. A store that is not there yet can.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        match distrust(self.folder, self.root) {
            Ok(reason) => reason,
            Err(error) if error.is(ErrorKind::NotFound) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// Makes the folder ready to be written to.
    ///
    /// # Errors
    /// The operating system's.
    pub fn prepare(&self) -> Result<()> {
        make_folder(self.folder)?;
        let tag = self.tag();
        if !tag.exists() {
            let mut file = Unfinished::beside(&tag, 0o644, Durability::Unsynced)?;
            file.write(CACHEDIR_TAG.as_bytes())?;
            drop(file.replace()?);
        }
        Ok(())
    }

    fn tag(&self) -> PathBuf {
        self.tagged.join("CACHEDIR.TAG")
    }

    /// Where the database with this digest is.
    #[must_use]
    pub fn database(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{digest}{DATABASE}"))
    }

    /// Where the manifest with this key is.
    #[must_use]
    pub fn manifest(&self, key: &Digest) -> PathBuf {
        self.folder.join(format!("{key}{MANIFEST}"))
    }

    /// The lock file of a family of builds: those with one command and one interpreter.
    #[must_use]
    pub fn lock(&self, family: &str) -> PathBuf {
        self.folder.join(format!("{family}.lock"))
    }

    /// Where the manifests are, most recently used first.
    #[must_use]
    pub fn manifest_paths(&self) -> Vec<PathBuf> {
        let used = |path: &PathBuf| {
            let time = fs::metadata(path).and_then(|metadata| metadata.modified());
            std::cmp::Reverse(time.unwrap_or(SystemTime::UNIX_EPOCH))
        };
        let mut paths = self.entries(|name| is_digest(name, MANIFEST));
        paths.sort();
        paths.sort_by_cached_key(used);
        paths
    }

    /// The readable manifests, most recently used first.
    #[must_use]
    pub fn manifests(&self) -> Vec<(PathBuf, Manifest)> {
        let load = |path: PathBuf| match Manifest::load(&path) {
            Ok(Loaded::Manifest(manifest)) => Some((path, *manifest)),
            _ => None,
        };
        self.manifest_paths().into_iter().filter_map(load).collect()
    }

    fn entries(&self, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder).into_iter().flatten().flatten();
        let is_wanted = |path: &PathBuf| {
            path.file_name()
                .and_then(OsStr::to_str)
                .is_some_and(&wanted)
        };
        entries
            .map(|entry| entry.path())
            .filter(is_wanted)
            .collect()
    }

    /// Notes that the manifest was of use just now, for pruning; nothing is proved by it.
    pub fn mark_used(&self, key: &Digest) {
        if let Ok(file) = fs::File::open(self.manifest(key)) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    /// Stores a copy of a finished database under its digest, on a fresh inode, so that a handle that some process
    /// kept cannot write into it. Inside nothing: the file changed while it was copied.
    ///
    /// # Errors
    /// The operating system's and the interrupt's.
    pub fn adopt(
        &self,
        from: &Path,
        staging: &OwnFolder,
        interrupt: &Interrupt<'_>,
    ) -> Result<Option<Database>> {
        let (source, before) = open_regular(Place::at(from))?;
        let mut copy = Unfinished::beside(&built_in(staging), 0o444, Durability::Synced)?;
        let (length, digest) = copy.fill(&source, from, interrupt)?;
        let made = DatabaseDigest { length, digest };
        if before != Stat::from(&source.metadata().at(from)?) {
            return Ok(None);
        }
        let target = self.database(&digest);
        let copy = copy.named(&target);
        // What is there under this name is the same database, or was damaged. The handle spares it from pruning.
        let _held = match Database::prove(&target, made, interrupt)? {
            Proof::Proved(database) => return Ok(Some(database)),
            Proof::Refused(_) => copy.replace()?,
        };
        Database::prove(&target, made, interrupt)?
            .or_error(&target)
            .map(Some)
    }

    /// Stores a manifest. With `alone` false nobody is locked out, so one that is there already stays.
    ///
    /// # Errors
    /// The operating system's.
    pub fn record(&self, manifest: &Manifest, staging: &OwnFolder, alone: bool) -> Result<()> {
        let mut file = Unfinished::beside(
            &with_ending(&built_in(staging), MANIFEST),
            0o644,
            Durability::Synced,
        )?;
        file.write(&manifest.to_bytes())?;
        let file = file.named(&self.manifest(&manifest.basis.key()));
        if alone {
            file.replace().map(drop)
        } else {
            file.claim().map(drop)
        }
    }

    /// A folder for one build of this family.
    ///
    /// # Errors
    /// The operating system's.
    pub fn stage(&self, family: &str) -> Result<OwnFolder> {
        OwnFolder::create(self.folder, &format!("{family}.{STAGING}."))
    }

    /// Removes what dead builders left. Living ones hold a lock in their folders.
    pub fn sweep(&self) {
        for folder in self.entries(|name| is_build(name, STAGING) || is_build(name, PRIVATE)) {
            sweep_folder(&folder);
        }
        sweep_unfinished(&self.tag());
    }

    /// Removes the least recently used databases and manifests, but no database that a process holds.
    pub fn prune(&self) {
        let mut kept = BTreeSet::new();
        for (position, (path, manifest)) in self.manifests().into_iter().enumerate() {
            let digest = manifest.database.digest;
            let is_wanted = position < MOST_MANIFESTS
                && (kept.contains(&digest) || kept.len() < MOST_DATABASES);
            if is_wanted || is_held(&self.database(&digest)) {
                kept.insert(digest);
            } else {
                let _ = fs::remove_file(path);
            }
        }
        for path in self.entries(|name| is_digest(name, DATABASE)) {
            let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            let is_kept = name.parse().is_ok_and(|digest| kept.contains(&digest));
            // Locked while it goes, so that nobody takes it for stored meanwhile.
            if !is_kept && let Some(_held) = take_abandoned(&path) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// Whether a name is a digest with this ending. Others are not ours: a store may lie in a folder with other files.
fn is_digest(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending)
        .is_some_and(|stem| stem.parse::<Digest>().is_ok())
}

/// Whether a name is that of a build's folder: family, what it is for, and six letters.
fn is_build(name: &str, purpose: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    matches!(parts[..], [family, middle, rest]
        if middle == purpose && family.len() == 12 && is_hex(family) && rest.len() == 6)
}

/// Whether a running process holds the database; one that is not there is held by none.
fn is_held(database: &Path) -> bool {
    database.exists() && take_abandoned(database).is_none()
}

/// Where the builder writes to in a build's folder.
#[must_use]
pub fn built_in(folder: &OwnFolder) -> PathBuf {
    folder.path().join(BUILT)
}

/// Keeps a build's folder for this process alone.
pub fn make_private(folder: &mut OwnFolder) {
    let name = folder
        .path()
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    // Under its old name it would be swept while it is in use; if it cannot be renamed, that is still only a miss.
    let _ = folder.rename(&name.replace(&format!(".{STAGING}."), &format!(".{PRIVATE}.")));
}
