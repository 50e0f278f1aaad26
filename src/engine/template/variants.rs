//! The store: a folder of databases named by their digest, manifests named by their key, and lock files. A database is
//! never overwritten with other bytes, and a lock file is never deleted.

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

/// Largest number of databases that are kept; the least recently used are removed first.
const MOST_DATABASES: usize = 8;

/// Largest number of manifests that are kept. Several manifests can name the same database.
const MOST_MANIFESTS: usize = 64;

/// Suffix of stored databases.
const DATABASE: &str = ".db";

/// Suffix of manifests, in the store and beside the plain path.
pub const MANIFEST: &str = ".manifest.json";

/// Suffix of the folder of a running build, after the family.
const STAGING: &str = "staging";

/// Suffix of the folder of a build that is used but not stored.
const PRIVATE: &str = "private";

/// Name of the database in the folder of a build.
const BUILT: &str = "template.db";

/// Content of CACHEDIR.TAG, which makes backup tools skip the folder. Source: bford.info/cachedir.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # Everything in this folder can be recreated by ci-accel.\n\
    # For the meaning of this file see https://bford.info/cachedir/\n";

/// A store.
pub struct Store<'a> {
    /// Folder of the store.
    pub folder: &'a Path,
    /// Folder that gets CACHEDIR.TAG: the store's own or one above it.
    pub tagged: &'a Path,
    /// Root of the project, whose owner is trusted.
    pub root: &'a Path,
}

impl Store<'_> {
    /// Returns why the store cannot be used. A store that does not exist yet can be used.
    pub fn trouble(&self) -> Option<String> {
        match distrust(self.folder, self.root) {
            Ok(reason) => reason,
            Err(error) if error.is(ErrorKind::NotFound) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// Creates the folder if needed.
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

    /// Returns the path of the database with this digest.
    pub fn database(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{digest}{DATABASE}"))
    }

    /// Returns the path of the manifest with this key.
    pub fn manifest(&self, key: &Digest) -> PathBuf {
        self.folder.join(format!("{key}{MANIFEST}"))
    }

    /// Returns the lock file of a family of builds: those with the same command and interpreter.
    pub fn lock(&self, family: &str) -> PathBuf {
        self.folder.join(format!("{family}.lock"))
    }

    /// Returns the paths of the manifests, most recently used first.
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

    /// Returns the readable manifests, most recently used first.
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

    /// Updates the time at which a manifest was last used, which only orders pruning.
    pub fn mark_used(&self, key: &Digest) {
        if let Ok(file) = fs::File::open(self.manifest(key)) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    /// Stores a copy of a finished database under its digest, on a new inode, so that no handle kept by another process can
    /// write to it. Returns `None` if the file changed while it was copied.
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
        // A file of this name is the same database, or a damaged one. The open handle protects it from pruning.
        let _held = match Database::prove(&target, made, interrupt)? {
            Proof::Proved(database) => return Ok(Some(database)),
            Proof::Refused(_) => copy.replace()?,
        };
        Database::prove(&target, made, interrupt)?
            .or_error(&target)
            .map(Some)
    }

    /// Stores a manifest. If `alone` is false, no lock is held, so an existing manifest is kept.
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

    /// Creates a folder for a build of this family.
    pub fn stage(&self, family: &str) -> Result<OwnFolder> {
        OwnFolder::create(self.folder, &format!("{family}.{STAGING}."))
    }

    /// Removes the folders of killed builds. Running builds hold a lock in their folders.
    pub fn sweep(&self) {
        for folder in self.entries(|name| is_build(name, STAGING) || is_build(name, PRIVATE)) {
            sweep_folder(&folder);
        }
        sweep_unfinished(&self.tag());
    }

    /// Removes the least recently used databases and manifests, except databases that a process has open.
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
            // The lock is held during removal, so that no other process uses the database meanwhile.
            if !is_kept && let Some(_held) = take_abandoned(&path) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// Returns whether a name is a digest with this suffix. Other files in the folder do not belong to the store.
fn is_digest(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending)
        .is_some_and(|stem| stem.parse::<Digest>().is_ok())
}

/// Returns whether a name is that of a build's folder: family, suffix and six letters.
fn is_build(name: &str, purpose: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    matches!(parts[..], [family, middle, rest]
        if middle == purpose && family.len() == 12 && is_hex(family) && rest.len() == 6)
}

/// Returns whether a process has the database open.
fn is_held(database: &Path) -> bool {
    database.exists() && take_abandoned(database).is_none()
}

/// Returns the path in a build's folder to which the builder writes.
pub fn built_in(folder: &OwnFolder) -> PathBuf {
    folder.path().join(BUILT)
}

/// Renames a build's folder so that only this process uses it.
pub fn make_private(folder: &mut OwnFolder) {
    let name = folder
        .path()
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    // Under its old name the folder could be swept while it is in use. If renaming fails, the next run is a miss.
    let _ = folder.rename(&name.replace(&format!(".{STAGING}."), &format!(".{PRIVATE}.")));
}
