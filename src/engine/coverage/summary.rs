//! A summary of a file of coverage data.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::datafile;
use super::lines::LineSet;
use super::read::{Content, Format, Part, read};
use crate::engine::files::parallel;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::Result;
use crate::engine::foundation::interrupt::Interrupt;

/// What one wants to know of a file of coverage data.
#[derive(Debug)]
pub struct Summary {
    /// Who wrote it.
    pub format: Format,
    /// The version of that tool.
    pub version: String,
    /// Whether branches were measured, too.
    pub has_branches: bool,
    /// The measured files, sorted, as they are spelled there.
    pub files: Vec<String>,
    /// The contexts, sorted.
    pub contexts: Vec<String>,
    /// Lines that were executed, in all files.
    pub covered_lines: u64,
    /// Lines that were not, where the data says so.
    pub missing_lines: Option<u64>,
    /// BLAKE3 of the file.
    pub digest: Digest,
    /// Whether a passport beside the file is for its bytes.
    pub is_sealed: bool,
}

impl Part {
    /// Its summary.
    #[must_use]
    pub fn summary(self) -> Summary {
        let (format, digest) = (self.format(), self.digest);
        let count = |lines: &LineSet| lines.len() as u64;
        let mut summary = match self.content {
            Content::CoveragePy(measured) => Summary {
                has_branches: measured.has_arcs,
                covered_lines: measured.files.iter().map(datafile::FileData::covered).sum(),
                missing_lines: None,
                files: measured.files.into_iter().map(|file| file.path).collect(),
                contexts: measured.contexts,
                version: measured.version,
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

/// Reads a file of coverage data and says what it is. Writes nothing, and leaves nothing beside it.
///
/// # Errors
/// `Error::Coverage` where it cannot be trusted; `Error::Io`; the interrupt's.
pub fn inspect(path: &Path, interrupt: &Interrupt<'_>) -> Result<Summary> {
    let stop = Arc::new(AtomicBool::new(false));
    let part = parallel::watched(
        interrupt,
        || stop.store(true, Ordering::Relaxed),
        || read(path, &stop),
    )?;
    part.map(Part::summary)
}
