//! Folders that only their owner can write, the check whether a folder can be trusted, and folders that are removed
//! with the process that created them.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::atomic::IntoPlain;
use super::lock::{is_linked, take_abandoned};
use crate::engine::files::path::parent;
use crate::engine::foundation::error::{At, Error, Result};

/// Creates a folder that only its owner can write, with its missing parents.
pub fn make_folder(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .at(path)
}

/// Returns why the contents of `folder` cannot be trusted: other users could have written them. The owner of `root` is
/// trusted, because CI often mounts the workspace with another uid.
///
/// # Errors
/// The operating system's error if the folder is missing or cannot be examined.
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
            "{name} belongs to uid {uid}, who could have planted a database in it; remove it or chown it"
        )));
    }
    if mode & 0o002 != 0 {
        return Ok(Some(format!(
            "{name} is writable by everybody (mode {mode:o}); chmod o-w it"
        )));
    }
    Ok(None)
}

/// Name of the file in an own folder that is locked while its process is alive.
const ALIVE: &str = "alive.lock";

/// A folder of this process, removed when it is dropped. The copy in a forked child does not remove it.
#[derive(Debug)]
pub struct OwnFolder {
    path: PathBuf,
    owner: u32,
    /// Lock that keeps other processes from sweeping the folder.
    _alive: File,
}

impl OwnFolder {
    /// Creates a folder in `parent`, with a name that starts with `prefix`.
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
                // Another process swept the empty folder as one that a dead process left.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other.at(parent).inspect_err(|_| {
                    // Removing an empty folder needs no file handle; there may be none left.
                    let _ = fs::remove_dir(&path);
                })?,
            };
            // On a file system without locks, no process sweeps either.
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

    /// Returns the path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Renames the folder within its parent.
    ///
    /// # Errors
    /// The operating system's error; the folder keeps its name.
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

/// Removes the own folder of a process that has ended.
pub fn sweep_folder(folder: &Path) {
    // The lock is held during removal, so a process that is just creating the folder notices and creates another.
    if let Some(_held) = take_abandoned(&folder.join(ALIVE)) {
        let _ = fs::remove_dir_all(folder);
    } else {
        // Without a lock file the folder is removed only if it is empty.
        let _ = fs::remove_dir(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_errno_and_path() {
        let error = OwnFolder::create(Path::new("/proc"), "x.").unwrap_err();
        assert!(
            matches!(&error, Error::Io { path, source } if path == Path::new("/proc") && source.raw_os_error().is_some())
        );
    }

    #[test]
    fn test_T22_a_world_writable_folder_is_not_trusted() {
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
