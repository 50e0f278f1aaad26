//! Combines data files or reports into one. An invalid part is an error, and nothing is written.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::datafile::combined::CombinedData;
use super::datafile::{FileData, new};
use super::limits::MOST_PARTS;
use super::read::{Content, CoverageFile, Format, read};
use super::slipcover::{FileLines, Report};
use super::summary::Summary;
use crate::engine::files::atomic::{Durability, Unfinished};
use crate::engine::files::parallel;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::{Interrupt, never};

/// Which parts are expected.
#[derive(Debug)]
pub enum Expected {
    /// The given parts, however many.
    Given,
    /// This number of parts.
    Count(usize),
    /// Parts with these paths or file names.
    Names(Vec<String>),
}

/// Coverage data combined from one or more files.
#[derive(Debug)]
pub struct CombinedCoverage {
    content: CombinedContent,
    /// Path of the first file, for error messages.
    first: PathBuf,
    /// BLAKE3 digest of each file, by its path as given.
    pub digests: BTreeMap<PathBuf, Digest>,
}

#[derive(Debug)]
enum CombinedContent {
    CoveragePy(CombinedData),
    Slipcover(Report),
}

impl CombinedCoverage {
    /// Reads and combines the parts in parallel. Each part is read once.
    ///
    /// # Errors
    /// `Error::Coverage` for the first part that is missing, invalid or of another kind than the others;
    /// `Error::Argument` without parts or with too many; `Error::Io` if a part is also `into` or cannot be read;
    /// `Error::Interrupted`.
    pub fn read(
        parts: &[PathBuf],
        expected: &Expected,
        into: &Path,
        interrupt: &Interrupt<'_>,
    ) -> Result<Self> {
        check_parts(parts, expected, into)?;
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8);
        let length = parts.len().div_ceil(threads).max(1);
        // Each thread combines one chunk, so that only one part per thread is in memory.
        let chunks: Vec<&[PathBuf]> = parts.chunks(length).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let work = || {
            parallel::map_with(&chunks, threads, &never(), |chunk, _, _| {
                combine_chunk(chunk, &stop)
            })
        };
        let stopping = || stop.store(true, Ordering::Relaxed);
        let mut chunks = parallel::watched(interrupt, stopping, work)??
            .into_iter()
            .flatten();
        let Some(mut all) = chunks.next() else {
            return Err(Error::Argument("no parts to combine".to_owned()));
        };
        for chunk in chunks {
            all.add(chunk.content.into(), &chunk.first)?;
            all.digests.extend(chunk.digests);
        }
        Ok(all)
    }

    /// Starts with the content of one file.
    ///
    /// # Errors
    /// `Error::Coverage` if the data contradicts itself.
    pub fn of(content: Content, path: &Path) -> Result<Self> {
        let content = match content {
            Content::CoveragePy(data) => {
                let combined = CombinedData::of(data);
                CombinedContent::CoveragePy(combined.map_err(|reason| Error::mixed(path, reason))?)
            }
            Content::Slipcover(report) => CombinedContent::Slipcover(report),
        };
        Ok(Self {
            content,
            first: path.to_path_buf(),
            digests: BTreeMap::new(),
        })
    }

    /// Returns the paths of the measured files, as the parts spell them.
    pub fn files(&self) -> Vec<&str> {
        match &self.content {
            CombinedContent::CoveragePy(data) => data.files.keys().map(String::as_str).collect(),
            CombinedContent::Slipcover(report) => report.files.keys().map(String::as_str).collect(),
        }
    }

    /// Returns the format of the parts.
    pub fn format(&self) -> Format {
        match self.content {
            CombinedContent::CoveragePy(_) => Format::CoveragePy,
            CombinedContent::Slipcover(_) => Format::Slipcover,
        }
    }

    /// Returns whether branches were measured.
    pub fn has_branches(&self) -> bool {
        match &self.content {
            CombinedContent::CoveragePy(data) => data.has_arcs,
            CombinedContent::Slipcover(report) => report.has_branches,
        }
    }

    /// Returns the highest line number in the data of each file.
    pub fn last_lines(&self) -> BTreeMap<&str, u32> {
        match &self.content {
            CombinedContent::CoveragePy(data) => by_path(&data.files, FileData::last_line),
            CombinedContent::Slipcover(report) => by_path(&report.files, FileLines::last_line),
        }
    }

    /// Returns slipcover's lines by file; `None` for coverage.py, whose data lacks the missing lines.
    pub fn lines(&self) -> Option<&BTreeMap<String, FileLines>> {
        match &self.content {
            CombinedContent::CoveragePy(_) => None,
            CombinedContent::Slipcover(report) => Some(&report.files),
        }
    }

    /// Writes the combined data in the format of the parts. `names` maps paths of measured files to new ones; files
    /// that get the same path are combined.
    ///
    /// # Errors
    /// `Error::Io` if `into` cannot be written; `Error::Coverage` if combined files contradict each other.
    pub fn write(self, names: &BTreeMap<String, String>, into: &Path) -> Result<Summary> {
        let name = |path: &str| names.get(path).map_or(path, String::as_str).to_owned();
        let (content, file, digest) = match self.content {
            CombinedContent::CoveragePy(data) => {
                let data = data.renamed(name);
                let data = data
                    .map_err(|reason| Error::mixed(into, reason))?
                    .into_data_file();
                let bytes = new::write(&data);
                let bytes = bytes.map_err(|reason| Error::io(into, io::Error::other(reason)))?;
                let mut file = unfinished(into)?;
                file.write(&bytes)?;
                (Content::CoveragePy(data), file, Digest::of(&bytes))
            }
            CombinedContent::Slipcover(report) => {
                let report = report.renamed(name);
                let mut file = unfinished(into)?;
                let digest = file.stream(|out| report.write(out))?;
                (Content::Slipcover(report), file, digest)
            }
        };
        drop(file.replace()?);
        Ok(CoverageFile { digest, content }.summary())
    }

    fn add(&mut self, other: Content, path: &Path) -> Result<()> {
        let first = self.first.display();
        match (&mut self.content, other) {
            (CombinedContent::CoveragePy(data), Content::CoveragePy(other)) => {
                check_branches(data.has_arcs, other.has_arcs, &self.first, path)?;
                let combined = data.add(other);
                combined.map_err(|reason| {
                    Error::mixed(path, format!("{reason} (combined after {first})"))
                })
            }
            (CombinedContent::Slipcover(report), Content::Slipcover(other)) => {
                check_branches(report.has_branches, other.has_branches, &self.first, path)?;
                report.combine(other);
                Ok(())
            }
            (known, _) => {
                let (format, known) = match known {
                    CombinedContent::CoveragePy(_) => (Format::Slipcover, Format::CoveragePy),
                    CombinedContent::Slipcover(_) => (Format::CoveragePy, Format::Slipcover),
                };
                let (format, known) = (format.name(), known.name());
                let reason = format!("data of {format}, but {first} is data of {known}");
                Err(Error::mixed(path, reason))
            }
        }
    }
}

impl From<CombinedContent> for Content {
    fn from(content: CombinedContent) -> Self {
        match content {
            CombinedContent::CoveragePy(data) => Self::CoveragePy(data.into()),
            CombinedContent::Slipcover(report) => Self::Slipcover(report),
        }
    }
}

fn by_path<T>(files: &BTreeMap<String, T>, line: impl Fn(&T) -> u32) -> BTreeMap<&str, u32> {
    let files = files.iter();
    files
        .map(|(path, file)| (path.as_str(), line(file)))
        .collect()
}

/// Starts the combined file. It is not synced: a reader detects a torn file, and it can be combined again.
fn unfinished(into: &Path) -> Result<Unfinished> {
    Unfinished::beside(into, 0o666, Durability::Unsynced)
}

fn check_branches(known: bool, found: bool, first: &Path, path: &Path) -> Result<()> {
    let (this, that) = match (found, known) {
        (true, false) => ("with", "without"),
        (false, true) => ("without", "with"),
        _ => return Ok(()),
    };
    let first = first.display();
    let reason = format!("measured {this} branches, but {first} {that}");
    Err(Error::mixed(path, reason))
}

fn combine_chunk(parts: &[PathBuf], stop: &Arc<AtomicBool>) -> Result<Option<CombinedCoverage>> {
    let mut combined: Option<CombinedCoverage> = None;
    for path in parts {
        let part = read(path, stop)?;
        let known = match combined.take() {
            Some(mut known) => known.add(part.content, path).map(|()| known),
            None => CombinedCoverage::of(part.content, path),
        };
        let digests = &mut combined.insert(known?).digests;
        digests.insert(path.clone(), part.digest);
    }
    Ok(combined)
}

/// Checks that the parts are the expected ones, and that `into` is not one of them.
fn check_parts(parts: &[PathBuf], expected: &Expected, into: &Path) -> Result<()> {
    if parts.len() > MOST_PARTS {
        let reason = format!("more than {MOST_PARTS} parts, the limit");
        return Err(Error::Argument(reason));
    }
    let mut places = BTreeMap::new();
    for part in parts {
        // Reading the part reports a missing file.
        let place = fs::canonicalize(part).unwrap_or_else(|_| part.clone());
        places.entry(place).or_insert(part);
    }
    if fs::canonicalize(into).is_ok_and(|into| places.contains_key(&into)) {
        let reason = "one of the parts, which are never overwritten; choose another output file";
        let error = io::Error::new(io::ErrorKind::AlreadyExists, reason);
        return Err(Error::io(into, error));
    }
    match expected {
        Expected::Given => Ok(()),
        Expected::Count(count) if *count == places.len() => Ok(()),
        Expected::Count(count) => {
            let found = places.len();
            let reason = format!("not written: {count} parts were expected, but there are {found}");
            Err(Error::coverage(into, reason))
        }
        Expected::Names(names) => check_names(&places, names),
    }
}

fn check_names(places: &BTreeMap<PathBuf, &PathBuf>, names: &[String]) -> Result<()> {
    let is_named = |part: &Path, name: &str| {
        part == Path::new(name) || part.file_name().is_some_and(|file| file == name)
    };
    let is_there = |name: &str| places.values().any(|part| is_named(part, name));
    if let Some(name) = names.iter().find(|name| !is_there(name)) {
        let reason = "expected part is missing: its run left no complete data";
        return Err(Error::coverage(Path::new(name), reason));
    }
    let is_expected = |part: &Path| names.iter().any(|name| is_named(part, name));
    match places.values().find(|part| !is_expected(part)) {
        Some(part) => Err(Error::coverage(part, "unexpected part")),
        None => Ok(()),
    }
}
