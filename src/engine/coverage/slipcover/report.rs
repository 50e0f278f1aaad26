//! A slipcover report: the lines of each file, the union of two reports, and the JSON document.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::engine::coverage::lines::LineSet;
use crate::engine::coverage::sorted::{combine_sorted, newer, remove_sorted};

/// The result of a measured run.
#[derive(Debug, Default)]
pub struct Report {
    /// The version of slipcover.
    pub version: String,
    /// The time of the run, as slipcover writes it.
    pub timestamp: String,
    /// Whether branches were measured as well as lines.
    pub has_branches: bool,
    /// The lines of each file, by the path in the report.
    pub files: BTreeMap<String, FileLines>,
}

/// The lines and branches of one file. The lists are sorted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FileLines {
    /// Lines that were executed.
    pub executed: LineSet,
    /// Lines that were not executed.
    pub missing: LineSet,
    /// Pairs of lines, from and to, of the branches that were taken; 0 is the end of the code.
    pub executed_branches: Vec<(u32, u32)>,
    /// Pairs of lines of the branches that were not taken.
    pub missing_branches: Vec<(u32, u32)>,
}

impl FileLines {
    /// Add the lines of another run. A line that one of the runs executed is not missing.
    fn combine(&mut self, other: Self) {
        self.executed.union_with(&other.executed);
        self.missing.union_with(&other.missing);
        self.missing.difference_with(&self.executed);
        combine_sorted(&mut self.executed_branches, other.executed_branches);
        combine_sorted(&mut self.missing_branches, other.missing_branches);
        remove_sorted(&mut self.missing_branches, &self.executed_branches);
    }

    /// Return the highest line number in any of the lists, 0 if all are empty.
    pub fn last_line(&self) -> u32 {
        let lines = self.executed.last().max(self.missing.last());
        let branches = self.executed_branches.iter().chain(&self.missing_branches);
        let ends = branches.map(|(from, to)| *from.max(to));
        lines.max(ends.max()).unwrap_or_default()
    }

    /// Return the first branch that is in both lists.
    pub(super) fn contradicting_branch(&self) -> Option<(u32, u32)> {
        let missing = &self.missing_branches;
        let is_missing = |branch: &&(u32, u32)| missing.binary_search(branch).is_ok();
        self.executed_branches.iter().find(is_missing).copied()
    }

    fn totals(&self) -> LineCounts {
        LineCounts {
            covered_lines: self.executed.len(),
            missing_lines: self.missing.len(),
            covered_branches: self.executed_branches.len(),
            missing_branches: self.missing_branches.len(),
        }
    }
}

impl Report {
    /// Add the files of another report. The newer version and the later timestamp are kept.
    pub fn combine(&mut self, other: Self) {
        self.version = newer(std::mem::take(&mut self.version), other.version);
        self.timestamp = std::mem::take(&mut self.timestamp).max(other.timestamp);
        for (path, lines) in other.files {
            self.add(path, lines);
        }
    }

    /// Return the report with other paths for its files. Files that get the same path are combined.
    pub fn renamed(mut self, name: impl Fn(&str) -> String) -> Self {
        for (path, lines) in std::mem::take(&mut self.files) {
            self.add(name(&path), lines);
        }
        self
    }

    fn add(&mut self, path: String, lines: FileLines) {
        match self.files.get_mut(&path) {
            Some(known) => known.combine(lines),
            None => {
                self.files.insert(path, lines);
            }
        }
    }

    /// Write the report as JSON. All totals are computed from the lines.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut all = LineCounts::default();
        let files = self.files.iter().map(|(path, lines)| {
            let totals = lines.totals();
            all.add(&totals);
            let entry = FileObject {
                executed_lines: &lines.executed,
                missing_lines: &lines.missing,
                executed_branches: self.has_branches.then_some(&lines.executed_branches),
                missing_branches: self.has_branches.then_some(&lines.missing_branches),
                summary: totals.describe(self.has_branches),
            };
            (path, entry)
        });
        let files = files.collect();
        let mut summary = all.describe(self.has_branches);
        summary.percent_covered_display =
            Some(format!("{:.0}", summary.percent_covered.round_ties_even()));
        let document = ReportDocument {
            meta: MetaObject {
                software: "slipcover",
                version: &self.version,
                timestamp: &self.timestamp,
                branch_coverage: self.has_branches,
                show_contexts: false,
            },
            files,
            summary,
        };
        Ok(serde_json::to_writer(out, &document)?)
    }
}

/// The JSON document.
#[derive(Serialize)]
struct ReportDocument<'r> {
    meta: MetaObject<'r>,
    files: BTreeMap<&'r String, FileObject<'r>>,
    summary: SummaryObject,
}

#[derive(Serialize)]
struct MetaObject<'r> {
    software: &'r str,
    version: &'r str,
    timestamp: &'r str,
    branch_coverage: bool,
    show_contexts: bool,
}

/// The entry of one file.
#[derive(Serialize)]
struct FileObject<'r> {
    executed_lines: &'r LineSet,
    missing_lines: &'r LineSet,
    #[serde(skip_serializing_if = "Option::is_none")]
    executed_branches: Option<&'r [(u32, u32)]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_branches: Option<&'r [(u32, u32)]>,
    summary: SummaryObject,
}

#[derive(Serialize)]
struct SummaryObject {
    covered_lines: usize,
    missing_lines: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    covered_branches: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_branches: Option<usize>,
    percent_covered: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_covered_display: Option<String>,
}

#[derive(Default)]
struct LineCounts {
    covered_lines: usize,
    missing_lines: usize,
    covered_branches: usize,
    missing_branches: usize,
}

impl LineCounts {
    fn add(&mut self, other: &Self) {
        self.covered_lines += other.covered_lines;
        self.missing_lines += other.missing_lines;
        self.covered_branches += other.covered_branches;
        self.missing_branches += other.missing_branches;
    }

    /// Compute the percentage as slipcover does. Without any lines it is 100; the gate does not pass on that.
    // Counts of lines are far below 2^52.
    #[allow(clippy::cast_precision_loss)]
    fn percent(&self) -> f64 {
        let covered = self.covered_lines + self.covered_branches;
        let total = covered + self.missing_lines + self.missing_branches;
        if total == 0 {
            100.0
        } else {
            (100 * covered) as f64 / total as f64
        }
    }

    fn describe(&self, has_branches: bool) -> SummaryObject {
        SummaryObject {
            covered_lines: self.covered_lines,
            missing_lines: self.missing_lines,
            covered_branches: has_branches.then_some(self.covered_branches),
            missing_branches: has_branches.then_some(self.missing_branches),
            percent_covered: self.percent(),
            percent_covered_display: None,
        }
    }
}
