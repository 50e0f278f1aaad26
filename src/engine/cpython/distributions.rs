//! Installed distributions, by what their installers left: a `.dist-info` folder with METADATA, RECORD and, where it did
//! not come from an index, `direct_url.json`. Source: packaging.python.org, "Recording installed projects".

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::engine::foundation::digest::{Digest, Framed};

/// Version 1. Fields: count of the lines of RECORD that count, each line, sorted.
pub const RECORD_CONTEXT: &str = "ci_accel 2026-11 distribution record v1";

/// The file in a distribution's folder that lists its files.
pub const RECORD: &str = "RECORD";

/// Ending of the folder of a distribution.
const DIST_INFO: &[u8] = b".dist-info";

/// Endings of what stands for a distribution in a folder that is searched.
const METADATA: [&[u8]; 3] = [DIST_INFO, b".egg-info", b".egg-link"];

/// Files that the installer writes about itself: they differ between installers, and between checkouts.
const ABOUT_INSTALLING: [&[u8]; 6] = [
    b"INSTALLER",
    b"RECORD",
    b"REQUESTED",
    b"direct_url.json",
    b"uv_build.json",
    b"uv_cache.json",
];

/// One installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Its name as the folder has it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its `.dist-info`.
    pub folder: PathBuf,
}

impl Distribution {
    /// The one that a `.dist-info` folder is of.
    #[must_use]
    pub fn of(folder: &Path) -> Option<Self> {
        let stem = folder.file_name()?.as_bytes().strip_suffix(DIST_INFO)?;
        let (name, version) = std::str::from_utf8(stem).ok()?.split_once('-')?;
        Some(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            folder: folder.to_path_buf(),
        })
    }

    /// Those in a folder.
    #[must_use]
    pub fn all(site: &Path) -> Vec<Self> {
        let names = metadata_names(site);
        names
            .iter()
            .filter_map(|name| Self::of(&site.join(OsStr::from_bytes(name))))
            .collect()
    }

    /// Whether its version does not say which files it has: it came from a path, an archive or a version control
    /// system, and the next one from there may have other files under the same version.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.folder.join("direct_url.json").exists()
    }

    /// Digest of its RECORD, less what the installer says of itself, bytecode and scripts: those name the environment's
    /// path. Nothing where there is no RECORD.
    #[must_use]
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

    /// The files that its RECORD lists, relative to the folder that it is installed in.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let text = fs::read(self.folder.join(RECORD)).unwrap_or_default();
        lines(&text)
            .map(|line| PathBuf::from(OsStr::from_bytes(file_of(line))))
            .collect()
    }
}

/// Names of what stands for distributions in a folder, sorted.
#[must_use]
pub fn metadata_names(site: &Path) -> BTreeSet<Vec<u8>> {
    let entries = fs::read_dir(site).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().as_bytes().to_vec())
        .filter(|name| METADATA.iter().any(|ending| name.ends_with(ending)))
        .collect()
}

/// Which distribution owns a file.
pub struct Owners {
    by_file: HashMap<PathBuf, usize>,
    folders: HashSet<PathBuf>,
    distributions: Vec<Distribution>,
}

impl Owners {
    /// Those of a folder.
    #[must_use]
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

    /// The distribution whose RECORD lists the file, or in whose `.dist-info` it lies.
    #[must_use]
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

    /// Whether a folder holds files of some distribution.
    #[must_use]
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

/// The path in a line of RECORD: a CSV row of path, hash, size; a path with a comma stands in quotes.
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
    // The cheaper question first: a RECORD has thousands of lines.
    let is_about =
        ABOUT_INSTALLING.contains(&name) && file.windows(11).any(|part| part == b".dist-info/");
    // The launcher of an editable install names the checkout; its content counts where it is used.
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
    fn a_record_counts_by_the_files_that_it_proves() {
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
