//! Fingerprints: the digest of a set of files and named values. It covers contents and relative paths, never times,
//! modes or absolute paths.

use crate::engine::files::path::escaped;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use crate::engine::files::parallel;
use crate::engine::files::regular_file::{Place, Stat, hash_file};
use crate::engine::files::walk::{self, Found, Selection};
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::foundation::error::{At, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Context of a fingerprint, version 1. `Fingerprint::seal` lists the fields; a change needs a new version and new golden
/// vectors.
pub const FINGERPRINT_CONTEXT: &str = "ci_accel 2026-11 fingerprint v1";

/// Context of a symbolic link, version 1. Its one field is the link's raw text.
pub const LINK_CONTEXT: &str = "ci_accel 2026-11 link v1";

/// A file or link in a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path relative to the root, raw bytes.
    pub path: Vec<u8>,
    /// Whether it is a link.
    pub is_link: bool,
    /// Length of the content, or of the link's text, in bytes.
    pub length: u64,
    /// Digest of the content, or of the link's text under `LINK_CONTEXT`.
    pub digest: Digest,
    /// State of the file when it was read. It is not part of a digest; comparing two shows whether the file changed.
    pub stat: Stat,
}

/// A set of files and values with its digest.
#[derive(Clone, Debug)]
pub struct Fingerprint {
    /// Digest over the entries and values.
    pub digest: Digest,
    /// Files and links, sorted by the raw bytes of their paths.
    pub entries: Vec<Entry>,
    /// Named values.
    pub values: BTreeMap<String, String>,
}

impl Fingerprint {
    /// Reads the selected files, each once, in parallel.
    ///
    /// # Errors
    /// Those of `walk::select` and `hash_file`.
    pub fn take(
        selection: &Selection<'_>,
        values: BTreeMap<String, String>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Self> {
        let found = walk::select(selection, interrupt)?;
        Self::read(selection.root, &found, values, interrupt)
    }

    /// Reads the files of several selections below one root, each file once. Returns the fingerprint of all of them, and
    /// the files of each selection.
    pub fn take_groups(
        root: &Path,
        groups: &[Selection<'_>],
        values: BTreeMap<String, String>,
        interrupt: &Interrupt<'_>,
    ) -> Result<(Self, Vec<Vec<Found>>)> {
        let groups = groups
            .iter()
            .map(|selection| walk::select(selection, interrupt))
            .collect::<Result<Vec<_>>>()?;
        let all: BTreeSet<&Found> = groups.iter().flatten().collect();
        let all: Vec<Found> = all.into_iter().cloned().collect();
        Self::read(root, &all, values, interrupt).map(|taken| (taken, groups))
    }

    fn read(
        root: &Path,
        found: &[Found],
        values: BTreeMap<String, String>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Self> {
        let folder = File::open(root).at(root)?;
        let entries = parallel::map(found, interrupt, |found, buffer, stop| {
            let path = Path::new(OsStr::from_bytes(&found.path));
            let place = Place::below(&folder, root, path);
            read(found, place, buffer, stop)
        })?;
        Ok(Self::seal(entries, values))
    }

    /// Computes the digest. It covers the count of entries; path, length and digest of each; the count of values; name and
    /// text of each.
    pub fn seal(entries: Vec<Entry>, values: BTreeMap<String, String>) -> Self {
        let mut framed = Framed::new(FINGERPRINT_CONTEXT);
        framed.number(entries.len() as u64);
        for entry in &entries {
            framed
                .field(&entry.path)
                .number(entry.length)
                .digest(&entry.digest);
        }
        framed.number(values.len() as u64);
        for (name, value) in &values {
            framed.field(name.as_bytes()).field(value.as_bytes());
        }
        Self {
            digest: framed.finish(),
            entries,
            values,
        }
    }

    /// Returns pairs of paths that are the same file on macOS or Windows.
    pub fn collisions(&self) -> Vec<(String, String)> {
        let mut seen: HashMap<String, &Entry> = HashMap::with_capacity(self.entries.len());
        let mut collisions = Vec::new();
        for entry in &self.entries {
            let Ok(path) = std::str::from_utf8(&entry.path) else {
                continue;
            };
            let folded = if path.is_ascii() {
                path.to_ascii_lowercase()
            } else {
                path.to_lowercase().nfc().collect()
            };
            if let Some(earlier) = seen.insert(folded, entry) {
                collisions.push((escaped(&earlier.path), escaped(&entry.path)));
            }
        }
        collisions
    }
}

fn read(
    found: &Found,
    place: Place<'_>,
    buffer: &mut Vec<u8>,
    stop: &parallel::Stop<'_>,
) -> Result<Entry> {
    let (length, digest, stat) = if found.is_link {
        let path = place.path();
        let stat = Stat::from(&path.symlink_metadata().at(&path)?);
        let text = path.read_link().at(&path)?;
        let bytes = text.as_os_str().as_bytes();
        let digest = Framed::new(LINK_CONTEXT).whole(bytes).finish();
        (bytes.len() as u64, digest, stat)
    } else {
        hash_file(place, buffer, &mut || stop.check())?
    };
    Ok(Entry {
        path: found.path.clone(),
        is_link: found.is_link,
        length,
        digest,
        stat,
    })
}
