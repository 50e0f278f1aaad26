//! Folders: made for their owner alone to write, trusted or not, and gone with the process that made them.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::atomic::IntoPlain;
use super::lock::{is_linked, take_abandoned};
use crate::engine::files::path::parent;
use crate::engine::foundation::error::{At, Error, Result};

/// Makes a folder that only its owner can write, and its missing parents.
///
/// # Errors
/// The operating system's.
pub fn make_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .at(path)
}

/// Why what lies in `folder` cannot be trusted, if so: others could have planted it there. The owner of `root`
/// is trusted: in CI the workspace is often mounted with another uid.
///
/// # Errors
/// The operating system's, where the folder is not there or cannot be looked at.
pub fn distrust(folder: &Path, root: &Path) -> Result<Option<String>> {
    let metadata = fs::metadata(folder).at(folder)?;
    let owners = [
        rustix::process::geteuid().as_raw(),
        0,
        fs::metadata(root).at(root)?.uid(),
    ];
    let (name, mode) = (folder.display(), metadata.mode() & 0o7777);
    if !metadata.is_dir() {
        return Ok(Some(format!("{name} is not a folder")));
    }
    if !owners.contains(&metadata.uid()) {
        let uid = metadata.uid();
        return Ok(Some(format!(
            "{name} belongs to uid {uid}, who could have planted a database; remove it or chown it"
        )));
    }
    if mode & 0o002 != 0 {
        return Ok(Some(format!(
            "{name} is writable by everybody (mode {mode:o}); chmod o-w it"
        )));
    }
    Ok(None)
}

/// The file in a process's own folder that is locked as long as the process lives.
const ALIVE: &str = "alive.lock";

/// A folder of this process that goes when it is dropped. A forked child's copy leaves it alone.
#[derive(Debug)]
pub struct OwnFolder {
    path: PathBuf,
    owner: u32,
    /// Holds the lock that tells sweepers to go on.
    _alive: File,
}

impl OwnFolder {
    /// A new one in `parent`, its name starting with `prefix`.
    ///
    /// # Errors
    /// The operating system's, naming the parent.
    pub fn create(parent: &Path, prefix: &str) -> Result<Self> {
        loop {
            let folder = tempfile::Builder::new()
                .prefix(prefix)
                .permissions(Permissions::from_mode(0o755))
                .tempdir_in(parent);
            let path = folder
                .map_err(|error| Error::io(parent, error.into_plain()))?
                .keep();
            let sign = path.join(ALIVE);
            let alive = match File::create_new(&sign) {
                // A sweeper was quicker: it took the empty folder for one that a dead process left.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other.at(parent).inspect_err(|_| {
                    // Empty as it is, this takes no file handle; there may be none left.
                    let _ = fs::remove_dir(&path);
                })?,
            };
            // Without locks nobody sweeps either.
            let is_contended = matches!(alive.try_lock(), Err(TryLockError::WouldBlock));
            if !is_contended && is_linked(&alive, &sign) {
                let owner = std::process::id();
                return Ok(Self {
                    path,
                    owner,
                    _alive: alive,
                });
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to another name in the same parent.
    ///
    /// # Errors
    /// The operating system's: then it stays where it was.
    pub fn rename(&mut self, name: &str) -> Result<()> {
        let target = parent(&self.path).join(name);
        fs::rename(&self.path, &target).at(&target)?;
        self.path = target;
        Ok(())
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes a process's own folder, if that process is dead.
pub fn sweep_folder(folder: &Path) {
    // Held while the folder goes: whoever is just making it sees that it went, and makes another.
    if let Some(_held) = take_abandoned(&folder.join(ALIVE)) {
        let _ = fs::remove_dir_all(folder);
    } else {
        // One without a sign of life is empty, or stays.
        let _ = fs::remove_dir(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_full_or_missing_place_keeps_its_number_and_path() {
        let error = OwnFolder::create(Path::new("/proc"), "x.").unwrap_err();
        assert!(
            matches!(&error, Error::Io { path, source } if path == Path::new("/proc") && source.raw_os_error().is_some())
        );
    }

    #[test]
    fn test_T22_a_folder_that_everybody_can_write_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(distrust(folder.path(), folder.path()).unwrap(), None);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
        assert!(
            distrust(folder.path(), folder.path())
                .unwrap()
                .unwrap()
                .contains("writable by everybody")
        );
    }
}
