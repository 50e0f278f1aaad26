//! BLAKE3: the only room that names the crate. Digests of files, and of records framed so that no two
//! different records give the same bytes (count first, every field behind its length, u64 little-endian).

use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::str::FromStr;

use rustix::fs::OFlags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{At, Error, Result};

/// Bytes read between two looks at the interrupt.
pub const BLOCK: usize = 1 << 18;

/// A 256-bit BLAKE3 digest. Text form: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Plain BLAKE3 of `bytes`, what `b3sum` prints.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The raw 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Twelve hex digits for a reader's eye. Never a key: keys are always whole.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Digest {
    type Err = String;

    /// Takes exactly what `Display` gives: an upper-case twin would be a second name of one database.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let hash = blake3::Hash::from_hex(text).map_err(|error| error.to_string())?;
        let digest = Self(*hash.as_bytes());
        if digest.to_string() == text {
            Ok(digest)
        } else {
            Err("not lower-case".to_owned())
        }
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A digest over framed fields, under a context string that names its kind and version.
pub struct Framed(blake3::Hasher);

impl Framed {
    /// An empty record. A changed list of fields needs a changed `context`: see docs/cache-keys.md.
    #[must_use]
    pub fn new(context: &str) -> Self {
        Self(blake3::Hasher::new_derive_key(context))
    }

    /// A number, or the count of the fields that follow.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// A field of any length.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
        self
    }

    /// A digest: always 32 bytes, so it needs no length.
    pub fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.0.update(&digest.0);
        self
    }

    /// Bytes without a length: for a record of one field.
    pub fn whole(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The digest of what has been put in.
    #[must_use]
    pub fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

/// Hashes what passes through it.
pub struct Tee<'a> {
    hasher: blake3::Hasher,
    reader: &'a mut dyn Read,
    length: u64,
}

impl<'a> Tee<'a> {
    /// Reads from `reader`.
    pub fn new(reader: &'a mut dyn Read) -> Self {
        Self {
            hasher: blake3::Hasher::new(),
            reader,
            length: 0,
        }
    }

    /// Length in bytes and digest of what has passed.
    #[must_use]
    pub fn finish(&self) -> (u64, Digest) {
        (self.length, Digest(*self.hasher.finalize().as_bytes()))
    }
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        self.length += count as u64;
        Ok(count)
    }
}

/// What the kernel says of a file's state. Two equal ones around a read: the file rested meanwhile.
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
    /// Whether both are the same file, whatever its state.
    #[must_use]
    pub fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// Flags as `custom_flags` takes them: they fit, being a C int everywhere.
#[allow(clippy::cast_possible_wrap)]
pub(crate) fn open_flags(flags: OFlags) -> i32 {
    flags.bits() as i32
}

/// Opens a regular file to read. Never hangs on a FIFO and never follows a link in the last component.
///
/// # Errors
/// `Error::Argument` for what is not a regular file, else the operating system's error.
pub fn open_regular(path: &Path) -> Result<(File, Stat)> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(open_flags(OFlags::NONBLOCK | OFlags::NOFOLLOW))
        .open(path);
    let file = match file {
        // What open says of a socket, and of a device without a driver.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
            return Err(not_regular(path));
        }
        other => other.at(path)?,
    };
    let metadata = file.metadata().at(path)?;
    if !metadata.is_file() {
        return Err(not_regular(path));
    }
    Ok((file, Stat::from(&metadata)))
}

/// The error for a FIFO, socket or device in place of a file.
#[must_use]
pub fn not_regular(path: &Path) -> Error {
    Error::Argument(format!("{}: not a regular file", path.display()))
}

/// Length, digest and state of a file at rest. One that changes while it is read is read once more.
///
/// # Errors
/// `Error::Changed` where it changes again; else as `open_regular`, or what `check` says between blocks.
pub fn hash_file(
    path: &Path,
    buffer: &mut Vec<u8>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<(u64, Digest, Stat)> {
    for _ in 0..2 {
        if let Some(found) = hash_once(path, buffer, check)? {
            return Ok(found);
        }
    }
    Err(Error::Changed {
        path: path.to_path_buf(),
    })
}

fn hash_once(
    path: &Path,
    buffer: &mut Vec<u8>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<Option<(u64, Digest, Stat)>> {
    let (mut file, before) = open_regular(path)?;
    buffer.resize(BLOCK, 0);
    let mut read = |buffer: &mut [u8]| loop {
        match file.read(buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other.at(path),
        }
    };
    let count = read(buffer)?;
    let first = buffer.get(..count).unwrap_or_default();
    let mut length = count as u64;
    let digest = if length == before.size {
        // Most sources fit in one block. Hashed in one go, BLAKE3 works on all parts of it at once.
        Digest::of(first)
    } else {
        let mut hasher = blake3::Hasher::new();
        hasher.update(first);
        // At the expected end the closing look at the size stands for the read that would return nothing; and past
        // it, somebody is appending, perhaps for ever.
        while length < before.size {
            check()?;
            let count = read(buffer)?;
            if count == 0 {
                break;
            }
            hasher.update(buffer.get(..count).unwrap_or_default());
            length += count as u64;
        }
        Digest(*hasher.finalize().as_bytes())
    };
    let after = Stat::from(&file.metadata().at(path)?);
    Ok((before == after && length == after.size).then_some((length, digest, after)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(fields: &[Vec<u8>]) -> Digest {
        let mut framed = Framed::new("ci_accel test v1");
        framed.number(fields.len() as u64);
        for field in fields {
            framed.field(field);
        }
        framed.finish()
    }

    proptest! {
        #[test]
        fn test_f01_different_fields_give_different_digests(
            one in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 0..4),
            other in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 0..4),
        ) {
            prop_assert_eq!(framed(&one) == framed(&other), one == other);
        }

        #[test]
        fn a_digest_is_read_back_from_its_text_and_from_nothing_else(bytes in any::<[u8; 32]>()) {
            let text = Digest(bytes).to_string();
            prop_assert_eq!(text.parse::<Digest>(), Ok(Digest(bytes)));
            let upper = text.to_uppercase();
            prop_assert!(upper == text || upper.parse::<Digest>().is_err());
            prop_assert!(text[1..].parse::<Digest>().is_err());
        }
    }

    #[test]
    fn test_f05_a_file_that_will_not_rest_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("growing.sql");
        std::fs::write(&path, vec![0; 2 * BLOCK]).unwrap();
        // The check between two blocks stands for another process that appends.
        let mut grow = || {
            use std::io::Write;
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(b"x").at(&path)
        };
        let result = hash_file(&path, &mut Vec::new(), &mut grow);
        assert!(matches!(result, Err(Error::Changed { path: named }) if named == path));
    }

    #[test]
    fn test_f05_a_file_that_rests_at_the_second_look_is_read_whole() {
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
        let (length, digest, _) = hash_file(&path, &mut Vec::new(), &mut grow_once).unwrap();
        assert_eq!(
            (length, digest),
            (2 * BLOCK as u64, Digest::of(&vec![1; 2 * BLOCK]))
        );
    }
}
