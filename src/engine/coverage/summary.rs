//! Summarizes a file of coverage data.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::datafile;
use super::lines::LineSet;
use super::read::{Content, CoverageFile, Format, read};
use crate::engine::files::parallel;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::Result;
use crate::engine::foundation::interrupt::Interrupt;

/// Summary of a file of coverage data.
#[derive(Debug)]
pub struct Summary {
    /// The tool that wrote the file.
    pub format: Format,
    /// Version of the tool.
    pub version: String,
    /// Whether branches were measured.
    pub has_branches: bool,
    /// Paths of the measured files as the data spells them, sorted.
    pub files: Vec<String>,
    /// Contexts of coverage.py, sorted.
    pub contexts: Vec<String>,
    /// Number of executed lines in all files.
    pub covered_lines: u64,
    /// Number of lines that were not executed; `None` for coverage.py, whose data lacks them.
    pub missing_lines: Option<u64>,
    /// BLAKE3 digest of the file.
    pub digest: Digest,
    /// Whether the passport beside the file has the file's digest.
    pub is_sealed: bool,
}

impl CoverageFile {
    /// Returns the summary of the file.
    pub fn summary(self) -> Summary {
        let (format, digest) = (self.format(), self.digest);
        let count = |lines: &LineSet| lines.len() as u64;
        let mut summary = match self.content {
            Content::CoveragePy(data) => Summary {
                has_branches: data.has_arcs,
                covered_lines: data.files.iter().map(datafile::FileData::covered).sum(),
                missing_lines: None,
                files: data.files.into_iter().map(|file| file.path).collect(),
                contexts: data.contexts,
                version: data.version,
                format,
                digest,
                is_sealed: false,
            },
            Content::Slipcover(report) => Summary {
                has_branches: report.has_branches,
                covered_lines: report
                    .files
                    .values()
                    .map(|file| count(&file.executed))
                    .sum(),
                missing_lines: Some(report.files.values().map(|file| count(&file.missing)).sum()),
                files: report.files.into_keys().collect(),
                contexts: Vec::new(),
                version: report.version,
                format,
                digest,
                is_sealed: false,
            },
        };
        summary.files.sort_unstable();
        summary.contexts.sort_unstable();
        summary
    }
}

/// Reads and summarizes a file of coverage data without writing anything.
///
/// # Errors
/// `Error::Coverage` if the data is invalid; `Error::Io`; `Error::Interrupted`.
pub fn inspect(path: &Path, interrupt: &Interrupt<'_>) -> Result<Summary> {
    let stop = Arc::new(AtomicBool::new(false));
    let file = parallel::watched(
        interrupt,
        || stop.store(true, Ordering::Relaxed),
        || read(path, &stop),
    )?;
    file.map(CoverageFile::summary)
}
