//! Many parts become one: all of them or nothing.

use super::limits::MOST_PARTS;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::slipcover::{FileLines, Report};
use crate::engine::coverage::datafile::combined::CombinedData;
use crate::engine::coverage::datafile::new;
use crate::engine::coverage::read::{Content, Format, Part, read};
use crate::engine::coverage::summary::Summary;
use crate::engine::files::atomic::{Durability, Unfinished};
use crate::engine::files::parallel;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::{Interrupt, never};

/// Which parts there have to be.
#[derive(Debug)]
pub enum Expected {
    /// Those that were given.
    Given,
    /// So many.
    Count(usize),
    /// Those of these names.
    Names(Vec<String>),
}

/// Parts that were read and combined.
#[derive(Debug)]
pub struct Combination {
    combined: Combined,
    /// BLAKE3 of each part, by its path as it was given.
    pub digests: BTreeMap<PathBuf, Digest>,
}

#[derive(Debug)]
enum Combined {
    CoveragePy(CombinedData),
    Slipcover(Report),
}

impl From<CombinedData> for Combination {
    /// What is still to be written, with the names it gets.
    fn from(data: CombinedData) -> Self {
        Self {
            combined: Combined::CoveragePy(data),
            digests: BTreeMap::new(),
        }
    }
}

/// What some of the parts say together, and the first of them, for the error where the others are of another kind.
struct Chunk {
    first: PathBuf,
    combined: Combined,
    digests: BTreeMap<PathBuf, Digest>,
}

impl Combination {
    /// Reads the parts, each once, some at a time.
    ///
    /// # Errors
    /// `Error::Coverage` for the first part that is missing, cannot be trusted, or is of another kind than the others;
    /// `Error::Argument` without parts; `Error::Io` where a part is also `into`, or cannot be read; the interrupt's.
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
        // One result for each thread: parts are dropped as they are combined.
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
            return Err(Error::Argument("there are no parts to combine".to_owned()));
        };
        for chunk in chunks {
            all.add(chunk.combined.into(), &chunk.first)?;
            all.digests.extend(chunk.digests);
        }
        let Chunk {
            combined, digests, ..
        } = all;
        Ok(Self { combined, digests })
    }

    /// The measured files, as the parts spell them.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match &self.combined {
            Combined::CoveragePy(data) => data.files.keys().map(String::as_str).collect(),
            Combined::Slipcover(report) => report.files.keys().map(String::as_str).collect(),
        }
    }

    /// Which tool's they are.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.combined {
            Combined::CoveragePy(_) => Format::CoveragePy,
            Combined::Slipcover(_) => Format::Slipcover,
        }
    }

    /// The version of that tool: the newest among the parts.
    #[must_use]
    pub fn version(&self) -> &str {
        match &self.combined {
            Combined::CoveragePy(data) => &data.version,
            Combined::Slipcover(report) => &report.version,
        }
    }

    /// Whether branches were measured, too.
    #[must_use]
    pub fn has_branches(&self) -> bool {
        match &self.combined {
            Combined::CoveragePy(data) => data.has_arcs,
            Combined::Slipcover(report) => report.has_branches,
        }
    }

    /// The last line that is named of each file.
    #[must_use]
    pub fn last_lines(&self) -> BTreeMap<&str, u32> {
        match &self.combined {
            Combined::CoveragePy(data) => {
                let files = data.files.iter();
                files
                    .map(|(path, measure)| (path.as_str(), measure.last_line()))
                    .collect()
            }
            Combined::Slipcover(report) => {
                let files = report.files.iter();
                files
                    .map(|(path, lines)| (path.as_str(), lines.last_line()))
                    .collect()
            }
        }
    }

    /// The lines by file, where the data says which are missing: slipcover's.
    #[must_use]
    pub fn lines(&self) -> Option<&BTreeMap<String, FileLines>> {
        match &self.combined {
            Combined::CoveragePy(_) => None,
            Combined::Slipcover(report) => Some(&report.files),
        }
    }

    /// Writes what the parts say together, in the format of the parts. `names` says how files are to be spelled; those
    /// that get the same name become one.
    ///
    /// # Errors
    /// `Error::Io` where `into` cannot be written; `Error::Coverage` where files that become one contradict each other.
    pub fn write(self, names: &BTreeMap<String, String>, into: &Path) -> Result<Summary> {
        let name = |path: &str| names.get(path).map_or(path, String::as_str).to_owned();
        let (content, file, digest) = match self.combined {
            Combined::CoveragePy(data) => {
                let data = data.renamed(name);
                let measured = data
                    .map_err(|words| Error::mixed(into, words))?
                    .into_measured();
                let bytes = new::write(&measured);
                let bytes = bytes.map_err(|reason| Error::io(into, io::Error::other(reason)))?;
                let mut file = unfinished(into)?;
                file.write(&bytes)?;
                (Content::CoveragePy(measured), file, Digest::of(&bytes))
            }
            Combined::Slipcover(report) => {
                let report = report.renamed(name);
                let mut file = unfinished(into)?;
                let digest = file.stream(|out| report.write(out))?;
                (Content::Slipcover(report), file, digest)
            }
        };
        drop(file.replace()?);
        Ok(Part { digest, content }.summary())
    }
}

impl From<Combined> for Content {
    fn from(combined: Combined) -> Self {
        match combined {
            Combined::CoveragePy(data) => Self::CoveragePy(data.into()),
            Combined::Slipcover(report) => Self::Slipcover(report),
        }
    }
}

impl Chunk {
    fn of(content: Content, path: &Path) -> Result<Self> {
        let combined = match content {
            Content::CoveragePy(measured) => {
                let data = CombinedData::of(measured);
                Combined::CoveragePy(data.map_err(|words| Error::mixed(path, words))?)
            }
            Content::Slipcover(report) => Combined::Slipcover(report),
        };
        Ok(Self {
            first: path.to_path_buf(),
            combined,
            digests: BTreeMap::new(),
        })
    }

    fn add(&mut self, other: Content, path: &Path) -> Result<()> {
        let first = self.first.display();
        match (&mut self.combined, other) {
            (Combined::CoveragePy(data), Content::CoveragePy(other)) => {
                if data.has_arcs != other.has_arcs {
                    return Err(Error::mixed(path, kinds(other.has_arcs, &self.first)));
                }
                let combined = data.add(other);
                combined.map_err(|words| {
                    Error::mixed(path, format!("{words} (before it {first} was read)"))
                })
            }
            (Combined::Slipcover(report), Content::Slipcover(other)) => {
                if report.has_branches != other.has_branches {
                    return Err(Error::mixed(path, kinds(other.has_branches, &self.first)));
                }
                report.combine(other);
                Ok(())
            }
            (_, other) => {
                let (is, was) = match other {
                    Content::CoveragePy(_) => (Format::CoveragePy, Format::Slipcover),
                    Content::Slipcover(_) => (Format::Slipcover, Format::CoveragePy),
                };
                let words = format!("{}'s, and {first} is {}'s", is.name(), was.name());
                Err(Error::mixed(path, words))
            }
        }
    }
}

/// Begins the combined file. It is not synced: it can be combined again, and a reader refuses a torn one.
fn unfinished(into: &Path) -> Result<Unfinished> {
    Unfinished::beside(into, 0o666, Durability::Unsynced)
}

fn kinds(has_branches: bool, first: &Path) -> String {
    let (this, that) = if has_branches {
        ("measured branches", "did not")
    } else {
        ("did not measure branches", "did")
    };
    format!("{this}, and {} {that}", first.display())
}

fn combine_chunk(parts: &[PathBuf], stop: &Arc<AtomicBool>) -> Result<Option<Chunk>> {
    let mut chunk: Option<Chunk> = None;
    for path in parts {
        let part = read(path, stop)?;
        let digest = part.digest;
        match &mut chunk {
            Some(chunk) => chunk.add(part.content, path)?,
            None => chunk = Some(Chunk::of(part.content, path)?),
        }
        if let Some(chunk) = &mut chunk {
            chunk.digests.insert(path.clone(), digest);
        }
    }
    Ok(chunk)
}

/// That the parts are those that there have to be, and that none of them is written over.
fn check_parts(parts: &[PathBuf], expected: &Expected, into: &Path) -> Result<()> {
    if parts.len() > MOST_PARTS {
        let reason = format!("more than {MOST_PARTS} parts, the most that are combined");
        return Err(Error::Argument(reason));
    }
    let mut places = BTreeMap::new();
    for part in parts {
        // One that is not there is told when it is read.
        let place = fs::canonicalize(part).unwrap_or_else(|_| part.clone());
        places.entry(place).or_insert(part);
    }
    if fs::canonicalize(into).is_ok_and(|into| places.contains_key(&into)) {
        let reason = "one of the parts; parts are never changed: combine into another file";
        let error = io::Error::new(io::ErrorKind::AlreadyExists, reason);
        return Err(Error::io(into, error));
    }
    match expected {
        Expected::Given => Ok(()),
        Expected::Count(count) if *count == places.len() => Ok(()),
        Expected::Count(count) => {
            let found = places.len();
            let reason = format!("not written: {count} parts were expected, and there are {found}");
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
        let reason = "expected, and not among the parts: its run left no complete data";
        return Err(Error::coverage(Path::new(name), reason));
    }
    let is_expected = |part: &Path| names.iter().any(|name| is_named(part, name));
    match places.values().find(|part| !is_expected(part)) {
        Some(part) => Err(Error::coverage(part, "among the parts, and not expected")),
        None => Ok(()),
    }
}
