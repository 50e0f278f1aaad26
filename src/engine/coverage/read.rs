//! Reads a file of coverage data, once, and checks that it is whole.

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
use crate::engine::sqlite::schema::Budget;
use crate::engine::sqlite::untrusted::MAGIC;

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Side files of a database that say that its writer did not finish.
const SIDE_FILES: [&str; 2] = ["-journal", "-wal"];

/// What coverage.py 4 wrote.
const COVERAGE_4: &[u8] = b"!coverage.py: This is a private format";

/// Time for the reading of one database: this much, and a second more for each of so many bytes.
const PATIENCE: Duration = Duration::from_secs(5);
const BYTES_A_SECOND: u64 = 4 << 20;

/// Who wrote a file of coverage data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// coverage.py's SQLite database.
    CoveragePy,
    /// slipcover's JSON.
    Slipcover,
}

impl Format {
    /// As the tool calls itself.
    #[must_use]
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
    /// coverage.py's.
    CoveragePy(DataFile),
    /// slipcover's.
    Slipcover(Report),
}

/// A file of coverage data, read once and found whole.
#[derive(Debug)]
pub struct Part {
    /// BLAKE3 of its bytes.
    pub digest: Digest,
    /// What it says.
    pub content: Content,
}

impl Part {
    /// Who wrote it.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.content {
            Content::CoveragePy(_) => Format::CoveragePy,
            Content::Slipcover(_) => Format::Slipcover,
        }
    }
}

/// Reads a file of coverage data, once. `stop` ends it.
///
/// # Errors
/// `Error::Coverage` where it cannot be trusted; `Error::Io`; `Error::Interrupted`.
pub fn read(path: &Path, stop: &Arc<AtomicBool>) -> Result<Part> {
    let mut part = read_through(path, stop);
    // A file whose name was given to another one meanwhile counts as changed, too: the other one is read.
    if matches!(part, Err(Error::Changed { .. })) {
        part = read_through(path, stop);
    }
    if stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    part.map_err(|error| match error {
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

/// A reason may quote what stands in the file, and that may be long.
fn shortened(reason: String) -> String {
    match reason.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}...", reason.get(..end).unwrap_or_default()),
        None => reason,
    }
}

fn read_through(path: &Path, stop: &Arc<AtomicBool>) -> Result<Part> {
    let (mut file, before) = open(path)?;
    if before.size() > LONGEST_FILE {
        let reason = format!("longer than {LONGEST_FILE} bytes, the most that is read");
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

/// Opens it without following a link and without waiting for anybody.
fn open(path: &Path) -> Result<(File, Stat)> {
    open_regular(Place::at(path)).map_err(|error| match error {
        Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
            Error::coverage(path, missing(path))
        }
        Error::Io { .. } if path.is_symlink() => {
            Error::coverage(path, "a symbolic link; name the file that it leads to")
        }
        Error::Argument(_) => Error::coverage(path, "not a regular file"),
        other => other,
    })
}

/// Why a file is not there. The names that coverage.py gives by default start with a dot, and an upload leaves such out.
fn missing(path: &Path) -> String {
    let is_hidden = |part: &std::ffi::OsStr| {
        part.to_string_lossy().starts_with('.') && part != "." && part != ".."
    };
    let hidden = path.iter().find(|part| is_hidden(part));
    let advice = match hidden {
        Some(name) => format!(
            "uploads of artifacts leave out names that start with a dot, and {} does: keep coverage data under another \
             name, such as build/coverage/",
            name.display()
        ),
        None => {
            "see that the tests ran, and that its upload and its download name this path".to_owned()
        }
    };
    format!("there is no such file; {advice}")
}

fn unknown(start: &[u8]) -> String {
    if start.is_empty() {
        "empty: its writer did not finish".to_owned()
    } else if start.starts_with(COVERAGE_4) {
        "written by coverage.py 4, whose format is not read; measure with coverage.py 5 or later"
            .to_owned()
    } else {
        "neither coverage.py's database nor slipcover's JSON".to_owned()
    }
}

/// The first bytes, enough to tell the format by.
fn start(file: &mut File, path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    file.take(64).read_to_end(&mut start).at(path)?;
    Ok(start)
}

/// That nothing was written to it while it was read.
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
            let reason = format!(
                "its writer did not finish: {} lies beside it",
                side.display()
            );
            return Err(Error::coverage(path, reason));
        }
    }
    Ok(())
}

/// Read the bytes after `start`, up to the size that the file had when it was opened: its writer may still append.
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
) -> Result<Part> {
    check_side_files(path)?;
    let image = read_rest(path, start, file, before)?;
    check_side_files(path)?;
    let digest = Digest::of(&image);
    let budget = Budget {
        stop: Arc::clone(stop),
        time: PATIENCE + Duration::from_secs(before.size() / BYTES_A_SECOND),
    };
    let measured = datafile::read(image, &budget).map_err(|(doubt, reason)| Error::Coverage {
        path: path.to_path_buf(),
        doubt,
        reason,
    });
    measured.map(|measured| Part {
        digest,
        content: Content::CoveragePy(measured),
    })
}

fn read_report(path: &Path, start: Vec<u8>, file: &File, before: &Stat) -> Result<Part> {
    let bytes = read_rest(path, start, file, before)?;
    Ok(Part {
        digest: Digest::of(&bytes),
        content: Content::Slipcover(slipcover::read(path, &bytes)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_written_to_while_it_was_read_is_refused() {
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
    fn a_reading_that_is_stopped_is_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.json");
        fs::write(&path, "{\"meta\": {").unwrap();
        let stopped = read(&path, &Arc::new(AtomicBool::new(true)));
        assert!(matches!(stopped, Err(Error::Interrupted)));
    }
}
