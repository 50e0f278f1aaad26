//! Opens regular files without blocking and without following a link, and hashes them while they are unchanged.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

use crate::engine::foundation::digest::{BLOCK, Blocks, Digest};
use crate::engine::foundation::error::{At, Error, Result};

/// State of a file. If it is equal before and after a read, the file did not change in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stat {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl From<&Metadata> for Stat {
    fn from(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Stat {
    /// Builds a state that another process reported; times are in nanoseconds.
    pub fn new(device: u64, inode: u64, size: u64, modified: i128, changed: i128) -> Self {
        const SECOND: i128 = 1_000_000_000;
        let split = |time: i128| {
            let part = |number: i128| i64::try_from(number).unwrap_or_default();
            (part(time.div_euclid(SECOND)), part(time.rem_euclid(SECOND)))
        };
        Self {
            device,
            inode,
            size,
            modified: split(modified),
            changed: split(changed),
        }
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the modification time in seconds and nanoseconds.
    pub fn modified(&self) -> (i64, i64) {
        self.modified
    }

    /// Returns the status change time in seconds and nanoseconds.
    pub fn changed(&self) -> (i64, i64) {
        self.changed
    }

    /// Returns whether both describe the same file (device and inode).
    pub fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// A path, absolute or below an open folder.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    folder: BorrowedFd<'a>,
    above: &'a Path,
    below: &'a Path,
}

impl<'a> Place<'a> {
    /// Uses a path unchanged.
    pub fn at(path: &'a Path) -> Self {
        Self {
            folder: CWD,
            above: Path::new(""),
            below: path,
        }
    }

    /// Uses a path below an open folder, so that the kernel does not resolve the folder's path for each file. `above` is
    /// the path of that folder.
    pub fn below(folder: &'a impl AsFd, above: &'a Path, below: &'a Path) -> Self {
        Self {
            folder: folder.as_fd(),
            above,
            below,
        }
    }

    /// Returns the complete path.
    pub fn path(&self) -> PathBuf {
        self.above.join(self.below)
    }
}

/// Opens a regular file for reading. Never blocks on a FIFO and never follows a link in the last component.
///
/// # Errors
/// `Error::Argument` if it is not a regular file, otherwise the operating system's error.
pub fn open_regular(place: Place<'_>) -> Result<(File, Stat)> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let file = loop {
        match openat(place.folder, place.below, flags, Mode::empty()) {
            Err(Errno::INTR) => {}
            // The error for a socket and for a device without a driver.
            Err(Errno::NXIO) => return Err(not_regular(&place.path())),
            Err(error) => return Err(Error::io(&place.path(), error.into())),
            Ok(file) => break File::from(file),
        }
    };
    let metadata = file
        .metadata()
        .map_err(|error| Error::io(&place.path(), error))?;
    if !metadata.is_file() {
        return Err(not_regular(&place.path()));
    }
    Ok((file, Stat::from(&metadata)))
}

/// Reads a regular file, at most one byte more than `limit`: a result longer than `limit` is a file that is too long.
///
/// # Errors
/// Those of `open_regular`; the operating system's.
pub fn read_at_most(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let (file, _) = open_regular(Place::at(path))?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .at(path)?;
    Ok(bytes)
}

/// Returns the error for a FIFO, socket or device in place of a file.
pub fn not_regular(path: &Path) -> Error {
    Error::Argument(format!("{}: not a regular file", path.display()))
}

/// Returns length, digest and state of a file. A file that changes while it is read is read a second time.
///
/// # Errors
/// `Error::Changed` if it changes again; otherwise as `open_regular`, and the error of `check`, called between blocks.
pub fn hash_file(
    place: Place<'_>,
    buffer: &mut Vec<u8>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<(u64, Digest, Stat)> {
    for _ in 0..2 {
        if let Some(found) = hash_once(place, buffer, check)? {
            return Ok(found);
        }
    }
    Err(Error::Changed { path: place.path() })
}

fn hash_once(
    place: Place<'_>,
    buffer: &mut Vec<u8>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<Option<(u64, Digest, Stat)>> {
    let (mut file, before) = open_regular(place)?;
    let block = usize::try_from(before.size).map_or(BLOCK, |size| size.min(BLOCK));
    if buffer.len() < block {
        buffer.resize(block, 0);
    }
    let mut read = |buffer: &mut [u8]| loop {
        match file.read(buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other.map_err(|error| Error::io(&place.path(), error)),
        }
    };
    let count = read(buffer)?;
    let first = buffer.get(..count).unwrap_or_default();
    let (length, digest) = if count as u64 == before.size {
        // Most sources fit in one block. BLAKE3 hashes the parts of a single buffer in parallel (SIMD).
        (before.size, Digest::of(first))
    } else {
        let mut blocks = Blocks::default();
        blocks.add(first);
        // Stop at the expected size: the state is compared below, and a process that keeps appending would never let
        // this loop end.
        while blocks.length() < before.size {
            check()?;
            let count = read(buffer)?;
            if count == 0 {
                break;
            }
            blocks.add(buffer.get(..count).unwrap_or_default());
        }
        blocks.finish()
    };
    let metadata = file
        .metadata()
        .map_err(|error| Error::io(&place.path(), error))?;
    let after = Stat::from(&metadata);
    Ok((before == after && length == after.size).then_some((length, digest, after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_F05_a_file_that_keeps_changing_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("growing.sql");
        std::fs::write(&path, vec![0; 2 * BLOCK]).unwrap();
        // The check between two blocks plays another process that appends.
        let mut grow = || {
            use std::io::Write;
            let mut file = std::fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .unwrap();
            file.write_all(b"x").at(&path)
        };
        let result = hash_file(Place::at(&path), &mut Vec::new(), &mut grow);
        assert!(matches!(result, Err(Error::Changed { path: named }) if named == path));
    }

    #[test]
    fn test_F05_a_file_that_changed_once_is_read_a_second_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grown.sql");
        std::fs::write(&path, vec![0; 2 * BLOCK]).unwrap();
        let mut is_first = true;
        let mut grow_once = || {
            if std::mem::take(&mut is_first) {
                std::fs::write(&path, vec![1; 2 * BLOCK]).unwrap();
            }
            Ok(())
        };
        let (length, digest, _) =
            hash_file(Place::at(&path), &mut Vec::new(), &mut grow_once).unwrap();
        assert_eq!(
            (length, digest),
            (2 * BLOCK as u64, Digest::of(&vec![1; 2 * BLOCK]))
        );
    }
}
