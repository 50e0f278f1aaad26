//! slipcover's lines as coverage.py's data, so that every coverage reporter can read them. Branches stay behind: coverage.py
//! counts those that its own parser sees, and they are others than slipcover's.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::combine::Combination;
use super::datafile::{DataFile, FileData};
use super::slipcover::Report;
use crate::engine::coverage::datafile::combined::CombinedData;
use crate::engine::coverage::datafile::numbits;
use crate::engine::coverage::read::{Content, read};
use crate::engine::files::parallel;
use crate::engine::foundation::error::{Doubt, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// What slipcover measured, on its way to coverage.py's format.
#[derive(Debug)]
pub struct Converted {
    /// Its lines, to be written.
    pub lines: Combination,
    /// Whether it has branches, which are not written.
    pub has_branches: bool,
}

/// Reads slipcover's report, once.
///
/// # Errors
/// `Error::Coverage` where it cannot be trusted, or is coverage.py's data already; `Error::Io` where it is also `into`,
/// or cannot be read; the interrupt's.
pub fn convert(path: &Path, into: &Path, interrupt: &Interrupt<'_>) -> Result<Converted> {
    let is_same = |place| fs::canonicalize(into).is_ok_and(|into| into == place);
    if fs::canonicalize(path).is_ok_and(is_same) {
        let reason =
            "it is what is converted, and that is never changed: convert into another file";
        let error = io::Error::new(io::ErrorKind::AlreadyExists, reason);
        return Err(Error::io(into, error));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = || stop.store(true, Ordering::Relaxed);
    let part = parallel::watched(interrupt, stopping, || read(path, &stop))??;
    let Content::Slipcover(report) = part.content else {
        let reason = "coverage.py's data already: use it as it stands";
        return Err(Error::coverage(path, reason));
    };
    let has_branches = report.has_branches;
    let lines = CombinedData::of(measured(report)).map_err(|reason| Error::Coverage {
        path: path.to_path_buf(),
        doubt: Doubt::Damaged,
        reason,
    })?;
    Ok(Converted {
        lines: Combination::from(lines),
        has_branches,
    })
}

/// Its lines as coverage.py would have them. A file of which no line was executed is a measured one, too.
fn measured(report: Report) -> DataFile {
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
        // Nobody is to take it for what coverage.py measured.
        version: format!("slipcover {}", report.version),
        has_arcs: false,
        contexts: vec![String::new()],
        files: files.collect(),
    }
}
