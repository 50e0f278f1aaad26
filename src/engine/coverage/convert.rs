//! Converts slipcover's lines to data of coverage.py, which every coverage reporter can read. Branches are skipped:
//! coverage.py determines branches with its own parser, and slipcover's differ.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::combine::CombinedCoverage;
use super::datafile::{DataFile, FileData, numbits};
use super::read::{Content, read};
use super::slipcover::Report;
use crate::engine::files::parallel;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// A report of slipcover as data of coverage.py.
#[derive(Debug)]
pub struct Converted {
    /// The lines, ready to be written.
    pub lines: CombinedCoverage,
    /// Whether the report has branches, which are not converted.
    pub has_branches: bool,
}

/// Reads and converts a report of slipcover.
///
/// # Errors
/// `Error::Coverage` if the report is invalid, or already data of coverage.py; `Error::Io` if it is also `into` or
/// cannot be read; `Error::Interrupted`.
pub fn convert(path: &Path, into: &Path, interrupt: &Interrupt<'_>) -> Result<Converted> {
    let is_same = |place| fs::canonicalize(into).is_ok_and(|into| into == place);
    if fs::canonicalize(path).is_ok_and(is_same) {
        let reason = "the file to convert, which is never overwritten; choose another output file";
        let error = io::Error::new(io::ErrorKind::AlreadyExists, reason);
        return Err(Error::io(into, error));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = || stop.store(true, Ordering::Relaxed);
    let file = parallel::watched(interrupt, stopping, || read(path, &stop))??;
    let Content::Slipcover(report) = file.content else {
        let reason = "already data of coverage.py; use it without converting";
        return Err(Error::coverage(path, reason));
    };
    Ok(Converted {
        has_branches: report.has_branches,
        lines: CombinedCoverage::of(Content::CoveragePy(data_file(report)), path)?,
    })
}

/// Returns the lines as coverage.py would have measured them. A file without executed lines counts as measured.
fn data_file(report: Report) -> DataFile {
    let files = report.files.into_iter().map(|(path, lines)| FileData {
        path,
        lines: if lines.executed.is_empty() {
            Vec::new()
        } else {
            vec![(0, numbits::of(lines.executed.iter()))]
        },
        ..FileData::default()
    });
    DataFile {
        // Shows that coverage.py did not measure this data.
        version: format!("slipcover {}", report.version),
        has_arcs: false,
        contexts: vec![String::new()],
        files: files.collect(),
    }
}
