//! Installed distributions, as installers record them: a `.dist-info` folder with METADATA, RECORD and, if the
//! distribution did not come from an index, `direct_url.json`. Source: packaging.python.org, "Recording installed
//! projects".

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::engine::foundation::digest::{Digest, Framed};

/// Context of a RECORD, version 1. Fields: the number of lines that count, then each of these lines, sorted.
pub const RECORD_CONTEXT: &str = "ci_accel 2026-11 distribution record v1";

/// Name of the file that lists a distribution's files.
pub const RECORD: &str = "RECORD";

/// Suffix of a distribution's folder.
const DIST_INFO: &[u8] = b".dist-info";

/// Suffixes of the files and folders that describe a distribution.
const METADATA: [&[u8]; 3] = [DIST_INFO, b".egg-info", b".egg-link"];

/// Files that the installer writes about itself. They differ between installers and between checkouts.
const ABOUT_INSTALLING: [&[u8]; 6] = [
    b"INSTALLER",
    b"RECORD",
    b"REQUESTED",
    b"direct_url.json",
    b"uv_build.json",
    b"uv_cache.json",
];

/// An installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Name as spelled in the folder's name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Path of the `.dist-info` folder.
    pub folder: PathBuf,
}

impl Distribution {
    /// Returns the distribution of a `.dist-info` folder.
    pub fn of(folder: &Path) -> Option<Self> {
        let stem = folder.file_name()?.as_bytes().strip_suffix(DIST_INFO)?;
        let (name, version) = std::str::from_utf8(stem).ok()?.split_once('-')?;
        Some(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            folder: folder.to_path_buf(),
        })
    }

    /// Returns the distributions in a folder.
    pub fn all(site: &Path) -> Vec<Self> {
        let names = metadata_names(site);
        names
            .iter()
            .filter_map(|name| Self::of(&site.join(OsStr::from_bytes(name))))
            .collect()
    }

    /// Returns whether the distribution came from a path, an archive or a version control system, so that the same
    /// version may have other files next time.
    pub fn is_direct(&self) -> bool {
        self.folder.join("direct_url.json").exists()
    }

    /// Returns the digest of RECORD without bytecode, scripts and the installer's own files, which contain the
    /// environment's path. `None` without a RECORD.
    pub fn record(&self) -> Option<Digest> {
        let text = fs::read(self.folder.join(RECORD)).ok()?;
        let mut lines: Vec<&[u8]> = lines(&text).filter(|line| counts(file_of(line))).collect();
        lines.sort_unstable();
        let mut framed = Framed::new(RECORD_CONTEXT);
        framed.number(lines.len() as u64);
        for line in lines {
            framed.field(line);
        }
        Some(framed.finish())
    }

    /// Returns the files that RECORD lists, relative to the folder of the installation.
    pub fn files(&self) -> Vec<PathBuf> {
        let text = fs::read(self.folder.join(RECORD)).unwrap_or_default();
        lines(&text)
            .map(|line| PathBuf::from(OsStr::from_bytes(file_of(line))))
            .collect()
    }
}

/// Returns the names of the files and folders that describe distributions in `site`, sorted.
pub fn metadata_names(site: &Path) -> BTreeSet<Vec<u8>> {
    let entries = fs::read_dir(site).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().as_bytes().to_vec())
        .filter(|name| METADATA.iter().any(|ending| name.ends_with(ending)))
        .collect()
}

/// The owning distribution of each file.
pub struct Owners {
    by_file: HashMap<PathBuf, usize>,
    folders: HashSet<PathBuf>,
    distributions: Vec<Distribution>,
}

impl Owners {
    /// Reads the distributions of a folder.
    pub fn of(site: &Path) -> Self {
        let distributions = Distribution::all(site);
        let mut by_file = HashMap::new();
        let mut folders = HashSet::new();
        for (number, distribution) in distributions.iter().enumerate() {
            for file in distribution.files() {
                let file = site.join(file);
                for folder in file.ancestors().skip(1) {
                    if !folders.insert(folder.to_path_buf()) {
                        break;
                    }
                }
                by_file.insert(file, number);
            }
        }
        Self {
            by_file,
            folders,
            distributions,
        }
    }

    /// Returns the distribution whose RECORD lists the file or whose `.dist-info` contains it.
    pub fn owner(&self, file: &Path) -> Option<&Distribution> {
        let listed = self.by_file.get(file);
        listed
            .and_then(|number| self.distributions.get(*number))
            .or_else(|| {
                let all = self.distributions.iter();
                all.into_iter()
                    .find(|distribution| file.starts_with(&distribution.folder))
            })
    }

    /// Returns whether a folder contains files of a distribution.
    pub fn has_below(&self, folder: &Path) -> bool {
        self.folders.contains(folder)
    }
}

fn lines(record: &[u8]) -> impl Iterator<Item = &[u8]> {
    record
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
}

/// Returns the path in a line of RECORD, a CSV row of path, hash and size; a path with a comma is quoted.
fn file_of(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
        None => line.split(|byte| *byte == b',').next(),
    }
    .unwrap_or_default()
}

fn counts(file: &[u8]) -> bool {
    let name = file.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is_elsewhere = file.starts_with(b"../") || file.starts_with(b"/");
    // The cheaper test comes first, because a RECORD has thousands of lines.
    let is_about =
        ABOUT_INSTALLING.contains(&name) && file.windows(11).any(|part| part == b".dist-info/");
    // The launcher of an editable install contains the checkout's path; its content counts if it is used.
    let is_editable = name.starts_with(b"__editable__") || name.ends_with(b".pth");
    !(is_elsewhere || is_about || is_editable || name.ends_with(b".pyc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(site: &Path, record: &str) -> Distribution {
        let folder = site.join("SQLAlchemy-2.1.8.dist-info");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(RECORD), record).unwrap();
        Distribution::of(&folder).unwrap()
    }

    #[test]
    fn a_record_counts_by_the_files_it_lists() {
        let site = tempfile::tempdir().unwrap();
        let digest = |record: &str| installed(site.path(), record).record().unwrap();
        let first = digest("a.py,sha256=x,1\nb/c.py,sha256=y,2\n");
        for same in [
            "b/c.py,sha256=y,2\r\na.py,sha256=x,1\r\n",
            "a.py,sha256=x,1\nb/c.py,sha256=y,2\n__pycache__/a.cpython-311.pyc,,\n../../../bin/tool,sha256=z,9\n",
            "a.py,sha256=x,1\nb/c.py,sha256=y,2\nSQLAlchemy-2.1.8.dist-info/INSTALLER,sha256=z,3\n",
        ] {
            assert_eq!(digest(same), first, "{same}");
        }
        for other in [
            "a.py,sha256=other,1\nb/c.py,sha256=y,2\n",
            "a.py,sha256=x,1\n",
            "a.py,sha256=x,1\nb/c.py,sha256=y,2\nINSTALLER,sha256=z,3\n",
        ] {
            assert_ne!(digest(other), first, "{other}");
        }
    }

    #[test]
    fn a_file_has_the_owner_whose_record_lists_it() {
        let site = tempfile::tempdir().unwrap();
        let distribution = installed(site.path(), "a.py,sha256=x,1\n\"with, comma.py\",,\n");
        let owners = Owners::of(site.path());
        for file in [
            "a.py",
            "with, comma.py",
            "SQLAlchemy-2.1.8.dist-info/METADATA",
        ] {
            let owner = owners.owner(&site.path().join(file));
            assert_eq!(owner, Some(&distribution), "{file}");
        }
        assert_eq!(owners.owner(&site.path().join("stray.py")), None);
        assert_eq!(
            (distribution.name.as_str(), distribution.version.as_str()),
            ("SQLAlchemy", "2.1.8")
        );
    }
}
