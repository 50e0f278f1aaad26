//! What slipcover says of a run, the union of two such, and the JSON of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::union::{newer, unite_sorted};

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

/// What slipcover measured in one file. Each list is sorted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Lines that ran.
    pub executed: Vec<u32>,
    /// Lines that did not.
    pub missing: Vec<u32>,
    /// Branches that were taken; 0 is the end of the code.
    pub executed_branches: Vec<(u32, u32)>,
    /// Branches that were not.
    pub missing_branches: Vec<(u32, u32)>,
}

impl Lines {
    /// Adds what another run says of the file: what ran in one of them is not missing.
    fn unite(&mut self, other: Self) {
        unite_sorted(&mut self.executed, other.executed);
        unite_sorted(&mut self.missing, other.missing);
        unite_sorted(&mut self.executed_branches, other.executed_branches);
        unite_sorted(&mut self.missing_branches, other.missing_branches);
        remove_sorted(&mut self.missing, &self.executed);
        remove_sorted(&mut self.missing_branches, &self.executed_branches);
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

    /// The report as JSON, with all totals counted from the lines.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let meta = json!({
            "software": "slipcover",
            "version": self.version,
            "timestamp": self.timestamp,
            "branch_coverage": self.has_branches,
            "show_contexts": false,
        });
        let mut text = format!("{{\"meta\": {meta}, \"files\": {{");
        let mut all = Totals::default();
        for (number, (path, lines)) in self.files.iter().enumerate() {
            let totals = lines.totals();
            all.add(&totals);
            text.push_str(if number > 0 { ", " } else { "" });
            // Writing to a text cannot fail.
            let _ = write!(
                text,
                "{}: {{\"executed_lines\": ",
                Value::from(path.as_str())
            );
            list(&mut text, &lines.executed, |text, line| {
                write!(text, "{line}")
            });
            text.push_str(", \"missing_lines\": ");
            list(&mut text, &lines.missing, |text, line| {
                write!(text, "{line}")
            });
            if self.has_branches {
                text.push_str(", \"executed_branches\": ");
                list(&mut text, &lines.executed_branches, branch);
                text.push_str(", \"missing_branches\": ");
                list(&mut text, &lines.missing_branches, branch);
            }
            let summary = Value::from(totals.describe(self.has_branches));
            let _ = write!(text, ", \"summary\": {summary}}}");
        }
        let mut summary = all.describe(self.has_branches);
        let display = format!("{:.0}", all.percent().round_ties_even());
        summary.insert("percent_covered_display".to_owned(), display.into());
        let _ = write!(text, "}}, \"summary\": {}}}", Value::from(summary));
        text.into_bytes()
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

fn list<T: Copy>(
    text: &mut String,
    items: &[T],
    mut item: impl FnMut(&mut String, T) -> std::fmt::Result,
) {
    text.push('[');
    for (number, each) in items.iter().enumerate() {
        text.push_str(if number > 0 { ", " } else { "" });
        let _ = item(text, *each);
    }
    text.push(']');
}

fn branch(text: &mut String, (from, to): (u32, u32)) -> std::fmt::Result {
    write!(text, "[{from}, {to}]")
}

/// Removes the items of `gone` from `there`. Both are sorted.
fn remove_sorted<T: Copy + Ord>(there: &mut Vec<T>, gone: &[T]) {
    let mut rest = gone.iter().copied().peekable();
    there.retain(|item| {
        while rest.next_if(|next| next < item).is_some() {}
        rest.peek() != Some(item)
    });
}
