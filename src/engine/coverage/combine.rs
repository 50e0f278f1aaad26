//! Many parts become one: all of them or nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::report::Report;
use super::union::Union;
use super::{Content, Format, Part, Summary, new_datafile, read};
use crate::engine::digest::Digest;
use crate::engine::error::{Doubt, Error, Result};
use crate::engine::interrupt::{Interrupt, never};
use crate::engine::parallel;
use crate::engine::publish::{Durability, Unfinished};

/// The most parts that are combined in one call.
const MOST_PARTS: usize = 100_000;

/// Pieces of the work for each thread: some parts are longer than others.
const PIECES: usize = 8;

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

/// Parts that were read and united.
#[derive(Debug)]
pub struct Combination {
    united: United,
}

#[derive(Debug)]
enum United {
    CoveragePy(Union),
    Slipcover(Report),
}

/// What some of the parts say together, and the first of them, for the error where the others are of another kind.
struct Piece {
    first: PathBuf,
    united: United,
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
        let length = parts.len().div_ceil(threads * PIECES).max(1);
        let pieces: Vec<&[PathBuf]> = parts.chunks(length).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let work = || {
            parallel::map_with(&pieces, threads, &never(), |piece, _, _| {
                unite_piece(piece, &stop)
            })
        };
        let stopping = || stop.store(true, Ordering::Relaxed);
        let mut pieces = parallel::watched(interrupt, stopping, work)??
            .into_iter()
            .flatten();
        let Some(mut all) = pieces.next() else {
            return Err(Error::Argument("there are no parts to combine".to_owned()));
        };
        for piece in pieces {
            all.add(piece.united, &piece.first)?;
        }
        Ok(Self { united: all.united })
    }

    /// The measured files, as the parts spell them.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match &self.united {
            United::CoveragePy(union) => union.files.keys().map(String::as_str).collect(),
            United::Slipcover(report) => report.files.keys().map(String::as_str).collect(),
        }
    }

    /// Which tool's they are.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.united {
            United::CoveragePy(_) => Format::CoveragePy,
            United::Slipcover(_) => Format::Slipcover,
        }
    }

    /// Writes what the parts say together, in the format of the parts. `names` says how files are to be spelled; those
    /// that get the same name become one.
    ///
    /// # Errors
    /// `Error::Io` where `into` cannot be written; `Error::Coverage` where files that become one contradict each other.
    pub fn write(self, names: &BTreeMap<String, String>, into: &Path) -> Result<Summary> {
        let name = |path: &str| names.get(path).map_or(path, String::as_str).to_owned();
        let (bytes, content) = match self.united {
            United::CoveragePy(union) => {
                let union = union.renamed(name);
                let measured = union.map_err(|words| mixed(into, words))?.into_measured();
                let bytes = new_datafile::write(&measured);
                let bytes = bytes.map_err(|reason| Error::io(into, io::Error::other(reason)))?;
                (bytes, Content::CoveragePy(measured))
            }
            United::Slipcover(report) => {
                let report = report.renamed(name);
                (report.to_json(), Content::Slipcover(report))
            }
        };
        let mut file = Unfinished::beside(into, 0o666, Durability::Synced)?;
        file.write(&bytes)?;
        drop(file.replace()?);
        let digest = Digest::of(&bytes);
        Ok(Part { digest, content }.summary())
    }
}

impl Piece {
    fn add(&mut self, other: United, path: &Path) -> Result<()> {
        let first = self.first.display();
        match (&mut self.united, other) {
            (United::CoveragePy(union), United::CoveragePy(other)) => {
                if union.has_arcs != other.has_arcs {
                    return Err(mixed(path, kinds(other.has_arcs, &self.first)));
                }
                let united = union.unite(other);
                united.map_err(|words| mixed(path, format!("{words} (before it {first} was read)")))
            }
            (United::Slipcover(report), United::Slipcover(other)) => {
                if report.has_branches != other.has_branches {
                    return Err(mixed(path, kinds(other.has_branches, &self.first)));
                }
                report.unite(other);
                Ok(())
            }
            (_, other) => {
                let (is, was) = match other {
                    United::CoveragePy(_) => (Format::CoveragePy, Format::Slipcover),
                    United::Slipcover(_) => (Format::Slipcover, Format::CoveragePy),
                };
                let words = format!("{}'s, and {first} is {}'s", is.name(), was.name());
                Err(mixed(path, words))
            }
        }
    }
}

fn kinds(has_branches: bool, first: &Path) -> String {
    let (this, that) = if has_branches {
        ("measured branches", "did not")
    } else {
        ("did not measure branches", "did")
    };
    format!("{this}, and {} {that}", first.display())
}

fn mixed(path: &Path, reason: String) -> Error {
    Error::Coverage {
        path: path.to_path_buf(),
        doubt: Doubt::Mixed,
        reason,
    }
}

fn unite_piece(parts: &[PathBuf], stop: &Arc<AtomicBool>) -> Result<Option<Piece>> {
    let mut piece: Option<Piece> = None;
    for path in parts {
        let united = match read(path, stop)?.content {
            Content::CoveragePy(measured) => {
                let union = Union::of(measured);
                United::CoveragePy(union.map_err(|words| mixed(path, words))?)
            }
            Content::Slipcover(report) => United::Slipcover(report),
        };
        match &mut piece {
            Some(piece) => piece.add(united, path)?,
            None => {
                piece = Some(Piece {
                    first: path.clone(),
                    united,
                });
            }
        }
    }
    Ok(piece)
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
