//! What slipcover says of a run, the union of two such, and the JSON of it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::engine::coverage::lines::LineSet;
use crate::engine::coverage::sorted::{newer, remove_sorted, unite_sorted};

/// What slipcover measured.
#[derive(Debug, Default)]
pub struct Report {
    /// The slipcover that did.
    pub version: String,
    /// When, as it says.
    pub timestamp: String,
    /// Whether it measured branches, too.
    pub has_branches: bool,
    /// The files, as they are spelled there.
    pub files: BTreeMap<String, Lines>,
}

/// What slipcover measured in one file. The lists are sorted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Lines that ran.
    pub executed: LineSet,
    /// Lines that did not.
    pub missing: LineSet,
    /// Branches that were taken; 0 is the end of the code.
    pub executed_branches: Vec<(u32, u32)>,
    /// Branches that were not.
    pub missing_branches: Vec<(u32, u32)>,
}

impl Lines {
    /// Adds what another run says of the file: what ran in one of them is not missing.
    fn unite(&mut self, other: Self) {
        self.executed.unite(&other.executed);
        self.missing.unite(&other.missing);
        self.missing.remove(&self.executed);
        unite_sorted(&mut self.executed_branches, other.executed_branches);
        unite_sorted(&mut self.missing_branches, other.missing_branches);
        remove_sorted(&mut self.missing_branches, &self.executed_branches);
    }

    /// The last line that is named.
    #[must_use]
    pub fn last_line(&self) -> u32 {
        let lines = self.executed.last().max(self.missing.last());
        let branches = self.executed_branches.iter().chain(&self.missing_branches);
        let ends = branches.map(|(from, to)| *from.max(to));
        lines.max(ends.max()).unwrap_or_default()
    }

    fn totals(&self) -> Totals {
        Totals {
            covered_lines: self.executed.len(),
            missing_lines: self.missing.len(),
            covered_branches: self.executed_branches.len(),
            missing_branches: self.missing_branches.len(),
        }
    }
}

impl Report {
    /// Adds what another run says.
    pub fn unite(&mut self, other: Self) {
        self.version = newer(std::mem::take(&mut self.version), other.version);
        self.timestamp = std::mem::take(&mut self.timestamp).max(other.timestamp);
        for (path, lines) in other.files {
            self.add(path, lines);
        }
    }

    /// The same with other names for the files. Files that get one name become one file.
    #[must_use]
    pub fn renamed(mut self, name: impl Fn(&str) -> String) -> Self {
        for (path, lines) in std::mem::take(&mut self.files) {
            self.add(name(&path), lines);
        }
        self
    }

    fn add(&mut self, path: String, lines: Lines) {
        match self.files.get_mut(&path) {
            Some(there) => there.unite(lines),
            None => {
                self.files.insert(path, lines);
            }
        }
    }

    /// Writes the report as JSON, with all totals counted from the lines.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let meta = json!({
            "software": "slipcover",
            "version": self.version,
            "timestamp": self.timestamp,
            "branch_coverage": self.has_branches,
            "show_contexts": false,
        });
        write!(out, "{{\"meta\": {meta}, \"files\": {{")?;
        let mut all = Totals::default();
        for (number, (path, lines)) in self.files.iter().enumerate() {
            let totals = lines.totals();
            all.add(&totals);
            let comma = if number > 0 { ", " } else { "" };
            write!(out, "{comma}{}: {{", Value::from(path.as_str()))?;
            list(out, "executed_lines", lines.executed.iter(), line)?;
            list(out, "missing_lines", lines.missing.iter(), line)?;
            if self.has_branches {
                list(
                    out,
                    "executed_branches",
                    lines.executed_branches.iter().copied(),
                    branch,
                )?;
                list(
                    out,
                    "missing_branches",
                    lines.missing_branches.iter().copied(),
                    branch,
                )?;
            }
            let summary = Value::from(totals.describe(self.has_branches));
            write!(out, "\"summary\": {summary}}}")?;
        }
        let mut summary = all.describe(self.has_branches);
        let display = format!("{:.0}", all.percent().round_ties_even());
        summary.insert("percent_covered_display".to_owned(), display.into());
        write!(out, "}}, \"summary\": {}}}", Value::from(summary))
    }
}

#[derive(Default)]
struct Totals {
    covered_lines: usize,
    missing_lines: usize,
    covered_branches: usize,
    missing_branches: usize,
}

impl Totals {
    fn add(&mut self, other: &Self) {
        self.covered_lines += other.covered_lines;
        self.missing_lines += other.missing_lines;
        self.covered_branches += other.covered_branches;
        self.missing_branches += other.missing_branches;
    }

    /// As slipcover reckons: nothing to cover is all covered. No gate passes on it.
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

    fn describe(&self, has_branches: bool) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
        put("covered_lines", self.covered_lines.into());
        put("missing_lines", self.missing_lines.into());
        if has_branches {
            put("covered_branches", self.covered_branches.into());
            put("missing_branches", self.missing_branches.into());
        }
        put("percent_covered", self.percent().into());
        map
    }
}

fn list<W: Write, T>(
    out: &mut W,
    key: &str,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut W, T) -> io::Result<()>,
) -> io::Result<()> {
    write!(out, "\"{key}\": [")?;
    for (number, item) in items.into_iter().enumerate() {
        if number > 0 {
            out.write_all(b", ")?;
        }
        write(out, item)?;
    }
    out.write_all(b"], ")
}

fn line(out: &mut impl Write, line: u32) -> io::Result<()> {
    out.write_all(itoa::Buffer::new().format(line).as_bytes())
}

fn branch(out: &mut impl Write, (from, to): (u32, u32)) -> io::Result<()> {
    write!(out, "[{from}, {to}]")
}
