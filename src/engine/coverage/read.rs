//! Reads a file of coverage data and checks that it is complete.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::datafile::{self, DataFile};
use super::limits::LONGEST_FILE;
use super::slipcover::{self, Report};
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::{Place, Stat, open_regular};
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::sqlite::header::MAGIC;
use crate::engine::sqlite::schema::Budget;

/// Maximum length of a reason in characters.
const LONGEST_REASON: usize = 500;

/// Suffixes of the side files of an SQLite database whose writer did not finish.
const SIDE_FILES: [&str; 2] = ["-journal", "-wal"];

/// Start of a data file of coverage.py 4.
const COVERAGE_4: &[u8] = b"!coverage.py: This is a private format";

/// Time limit for reading an empty database.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a database for which the time limit grows by a second.
const BYTES_A_SECOND: u64 = 4 << 20;

/// Format of a file of coverage data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// coverage.py's SQLite database.
    CoveragePy,
    /// slipcover's JSON.
    Slipcover,
}

impl Format {
    /// Returns the name of the tool that writes the format.
    pub fn name(self) -> &'static str {
        match self {
            Self::CoveragePy => "coverage.py",
            Self::Slipcover => "slipcover",
        }
    }
}

/// The content of a file of coverage data.
#[derive(Debug)]
pub enum Content {
    /// Data of coverage.py.
    CoveragePy(DataFile),
    /// Report of slipcover.
    Slipcover(Report),
}

/// A file of coverage data that was read completely.
#[derive(Debug)]
pub struct CoverageFile {
    /// BLAKE3 digest of the file.
    pub digest: Digest,
    /// Content of the file.
    pub content: Content,
}

impl CoverageFile {
    /// Returns the format of the file.
    pub fn format(&self) -> Format {
        match self.content {
            Content::CoveragePy(_) => Format::CoveragePy,
            Content::Slipcover(_) => Format::Slipcover,
        }
    }
}

/// Reads a file of coverage data, twice if it changes during the first read. `stop` interrupts the reading.
///
/// # Errors
/// `Error::Coverage` if the data is invalid; `Error::Io`; `Error::Interrupted`.
pub fn read(path: &Path, stop: &Arc<AtomicBool>) -> Result<CoverageFile> {
    let mut file = read_through(path, stop);
    // A file that was replaced during the read also counts as changed; the second read is that of the new file.
    if matches!(file, Err(Error::Changed { .. })) {
        file = read_through(path, stop);
    }
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    file.map_err(|error| match error {
        Error::Changed { path } => {
            let reason = "changed while it was read; read it when its writer is done";
            Error::coverage(&path, reason)
        }
        Error::Coverage {
            path,
            doubt,
            reason,
        } => Error::Coverage {
            path,
            doubt,
            reason: shortened(reason),
        },
        other => other,
    })
}

/// Truncates a reason, which may quote a long value of the file.
fn shortened(reason: String) -> String {
    match reason.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}...", reason.get(..end).unwrap_or_default()),
        None => reason,
    }
}

fn read_through(path: &Path, stop: &Arc<AtomicBool>) -> Result<CoverageFile> {
    let (mut file, before) = open(path)?;
    if before.size() > LONGEST_FILE {
        let reason = format!("longer than {LONGEST_FILE} bytes, the limit");
        return Err(Error::coverage(path, reason));
    }
    let start = start(&mut file, path)?;
    if start.starts_with(MAGIC) {
        read_database(path, start, &file, &before, stop)
    } else if start.trim_ascii_start().starts_with(b"{") {
        read_report(path, start, &file, &before)
    } else {
        Err(Error::coverage(path, unknown(&start)))
    }
}

/// Opens the file without following a symbolic link and without blocking on a FIFO.
fn open(path: &Path) -> Result<(File, Stat)> {
    open_regular(Place::at(path)).map_err(|error| match error {
        error if error.is(ErrorKind::NotFound) => Error::coverage(path, missing(path)),
        Error::Io { .. } if path.is_symlink() => {
            Error::coverage(path, "a symbolic link; use the path of its target")
        }
        Error::Argument(_) => Error::coverage(path, "not a regular file"),
        other => other,
    })
}

/// Returns the reason for a missing file. coverage.py's default name starts with a dot, and artifact uploads skip such
/// names.
fn missing(path: &Path) -> String {
    let is_hidden = |part: &std::ffi::OsStr| {
        part.to_string_lossy().starts_with('.') && part != "." && part != ".."
    };
    let hidden = path.iter().find(|part| is_hidden(part));
    let advice = match hidden {
        Some(name) => format!(
            "uploads of artifacts skip names that start with a dot, such as {}; write coverage data to another path, \
             such as build/coverage/",
            name.display()
        ),
        None => "check that the tests ran, and that the upload and the download use this path"
            .to_owned(),
    };
    format!("there is no such file; {advice}")
}

fn unknown(start: &[u8]) -> String {
    if start.is_empty() {
        "empty: its writer did not finish".to_owned()
    } else if start.starts_with(COVERAGE_4) {
        "written by coverage.py 4, which is not supported; measure with coverage.py 5 or later"
            .to_owned()
    } else {
        "neither coverage.py's database nor slipcover's JSON".to_owned()
    }
}

/// Reads the first bytes, which identify the format.
fn start(file: &mut File, path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    file.take(64).read_to_end(&mut start).at(path)?;
    Ok(start)
}

/// Checks that the file did not change while it was read.
fn check_at_rest(path: &Path, file: &File, before: &Stat, length: u64) -> Result<()> {
    let after = Stat::from(&file.metadata().at(path)?);
    if after == *before && length == after.size() {
        return Ok(());
    }
    Err(Error::Changed {
        path: path.to_path_buf(),
    })
}

fn check_side_files(path: &Path) -> Result<()> {
    for ending in SIDE_FILES {
        let side = with_ending(path, ending);
        if fs::metadata(&side).is_ok_and(|metadata| metadata.len() > 0) {
            let reason = format!("its writer did not finish: {} exists", side.display());
            return Err(Error::coverage(path, reason));
        }
    }
    Ok(())
}

/// Reads the bytes after `start`, up to the size of the file when it was opened: a writer may still append.
fn read_rest(path: &Path, mut bytes: Vec<u8>, mut file: &File, before: &Stat) -> Result<Vec<u8>> {
    let size = usize::try_from(before.size()).unwrap_or_default();
    bytes.reserve_exact(size.saturating_sub(bytes.len()) + 1);
    let rest = before.size().saturating_sub(bytes.len() as u64);
    (&mut file).take(rest).read_to_end(&mut bytes).at(path)?;
    check_at_rest(path, file, before, bytes.len() as u64)?;
    Ok(bytes)
}

fn read_database(
    path: &Path,
    start: Vec<u8>,
    file: &File,
    before: &Stat,
    stop: &Arc<AtomicBool>,
) -> Result<CoverageFile> {
    check_side_files(path)?;
    let image = read_rest(path, start, file, before)?;
    check_side_files(path)?;
    let digest = Digest::of(&image);
    let budget = Budget {
        stop: Arc::clone(stop),
        time: PATIENCE + Duration::from_secs(before.size() / BYTES_A_SECOND),
    };
    Ok(CoverageFile {
        digest,
        content: Content::CoveragePy(datafile::read(path, image, &budget)?),
    })
}

fn read_report(path: &Path, start: Vec<u8>, file: &File, before: &Stat) -> Result<CoverageFile> {
    let bytes = read_rest(path, start, file, before)?;
    Ok(CoverageFile {
        digest: Digest::of(&bytes),
        content: Content::Slipcover(slipcover::read(path, &bytes)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_that_changes_during_the_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.json");
        fs::write(&path, "{}").unwrap();
        let (file, before) = open(&path).unwrap();
        check_at_rest(&path, &file, &before, 2).unwrap();
        assert!(check_at_rest(&path, &file, &before, 1).is_err());
        fs::write(&path, "{ }").unwrap();
        let error = check_at_rest(&path, &file, &before, 2).unwrap_err();
        assert!(error.to_string().contains("changed while it was read"));
    }

    #[test]
    fn stopped_read_is_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.json");
        fs::write(&path, "{\"meta\": {").unwrap();
        let stopped = read(&path, &Arc::new(AtomicBool::new(true)));
        assert!(matches!(stopped, Err(Error::Interrupted)));
    }
}
