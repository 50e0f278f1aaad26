//! Reads slipcover's JSON: the executed and missing lines of each file. Its totals are checked for their types only;
//! totals are always computed from the lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiter::{Jiter, JiterError, NumberInt, Peek};

use super::report::{FileLines, Report};
use crate::engine::coverage::limits::{LAST_LINE, MOST_NAMES};
use crate::engine::coverage::lines::{LineSet, LineSetBuilder};
use crate::engine::foundation::error::{Error, Result};

/// Parse a report. `path` is the file that errors name.
///
/// # Errors
/// `Error::Coverage` with the keys, the line and the column of the first value that is not what slipcover writes.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Report> {
    let mut reader = ReportReader {
        json: Jiter::new(bytes),
        value: 0,
    };
    reader.document().map_err(|invalid| {
        let position = reader.json.error_position(invalid.offset);
        let keys = invalid.keys();
        let colon = if keys.is_empty() { "" } else { ": " };
        let reason = format!("{keys}{colon}{} at {position}", invalid.reason);
        Error::coverage(path, reason)
    })
}

/// A value that is not what slipcover writes.
struct InvalidValue {
    /// The keys that lead to the value, innermost first.
    path: Vec<String>,
    /// The byte offset of the value.
    offset: usize,
    reason: String,
}

type Checked<T> = std::result::Result<T, InvalidValue>;

impl InvalidValue {
    fn new(offset: usize, reason: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            offset,
            reason: reason.into(),
        }
    }

    fn under(mut self, key: &str) -> Self {
        self.path.push(key.to_owned());
        self
    }

    /// Format the keys as in `files["a.py"].summary`.
    fn keys(&self) -> String {
        let is_word = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        let keys = self.path.iter().rev().enumerate();
        keys.map(|(depth, key)| match (key.bytes().all(is_word), depth) {
            (true, 0) => key.clone(),
            (true, _) => format!(".{key}"),
            (false, _) => format!("[{key:?}]"),
        })
        .collect()
    }
}

impl From<JiterError> for InvalidValue {
    fn from(error: JiterError) -> Self {
        Self::new(error.index, error.error_type.to_string())
    }
}

/// The values under `meta`.
struct ReportMeta {
    version: String,
    timestamp: String,
    has_branches: bool,
}

/// The files of a report. Whether they must have branches is known when the whole document has been read.
#[derive(Default)]
struct ReportFiles {
    lines: BTreeMap<String, FileLines>,
    /// The first file with branches, and its byte offset.
    with_branches: Option<(String, usize)>,
    /// The first file without branches, and its byte offset.
    without_branches: Option<(String, usize)>,
}

struct ReportReader<'j> {
    json: Jiter<'j>,
    /// The byte offset of the innermost value under a key that is being read.
    value: usize,
}

impl ReportReader<'_> {
    fn document(&mut self) -> Checked<Report> {
        let (mut meta, mut files, mut summary) = (None, None, None);
        self.object(|reader, key| {
            match key {
                "meta" => meta = Some(reader.meta()?),
                "files" => files = Some(reader.files()?),
                "summary" => summary = Some(reader.totals()?),
                _ => return Err(reader.unknown_key()),
            }
            Ok(())
        })?;
        self.json.finish()?;
        let meta = self.required(meta, "meta")?;
        let files = self.required(files, "files")?;
        self.required(summary, "summary")?;
        let (unexpected, reason) = if meta.has_branches {
            let reason = "without branches, but meta.branch_coverage is true";
            (files.without_branches, reason)
        } else {
            let reason = "with branches, but meta.branch_coverage is false";
            (files.with_branches, reason)
        };
        if let Some((path, offset)) = unexpected {
            return Err(InvalidValue::new(offset, reason)
                .under(&path)
                .under("files"));
        }
        Ok(Report {
            version: meta.version,
            timestamp: meta.timestamp,
            has_branches: meta.has_branches,
            files: files.lines,
        })
    }

    fn meta(&mut self) -> Checked<ReportMeta> {
        let (mut software, mut version, mut timestamp, mut has_branches) = (None, None, None, None);
        self.object(|reader, key| {
            match key {
                "software" => match reader.text()? {
                    name if name == "slipcover" => software = Some(name),
                    other => {
                        return Err(reader.invalid(format!("{other:?}, not \"slipcover\"")));
                    }
                },
                "version" => version = Some(reader.text()?),
                "timestamp" => timestamp = Some(reader.text()?),
                "branch_coverage" => has_branches = Some(reader.json.next_bool()?),
                "show_contexts" if reader.json.next_bool()? => {
                    let reason = "contexts are not supported; measure without them";
                    return Err(reader.invalid(reason));
                }
                "show_contexts" => {}
                _ => return Err(reader.unknown_key()),
            }
            Ok(())
        })?;
        self.required(software, "software")?;
        Ok(ReportMeta {
            version: self.required(version, "version")?,
            timestamp: self.required(timestamp, "timestamp")?,
            has_branches: self.required(has_branches, "branch_coverage")?,
        })
    }

    fn files(&mut self) -> Checked<ReportFiles> {
        let mut files = ReportFiles::default();
        self.object(|reader, path| {
            if path.is_empty() || path.contains('\0') {
                return Err(reader.invalid("not a file path"));
            }
            if files.lines.len() >= MOST_NAMES {
                return Err(reader.invalid(format!("more than {MOST_NAMES} files")));
            }
            let (lines, has_branches) = reader.file()?;
            let kind = if has_branches {
                &mut files.with_branches
            } else {
                &mut files.without_branches
            };
            kind.get_or_insert_with(|| (path.to_owned(), reader.value));
            files.lines.insert(path.to_owned(), lines);
            Ok(())
        })?;
        Ok(files)
    }

    /// Read the entry of one file. Return its lines, and whether it has branches.
    fn file(&mut self) -> Checked<(FileLines, bool)> {
        let (mut executed, mut missing, mut summary) = (None, None, None);
        let (mut executed_branches, mut missing_branches) = (None, None);
        self.object(|reader, key| {
            match key {
                "executed_lines" => executed = Some(reader.lines()?),
                "missing_lines" => missing = Some(reader.lines()?),
                "executed_branches" => executed_branches = Some(reader.branches()?),
                "missing_branches" => missing_branches = Some(reader.branches()?),
                "summary" => summary = Some(reader.totals()?),
                _ => return Err(reader.unknown_key()),
            }
            Ok(())
        })?;
        self.required(summary, "summary")?;
        let has_branches = executed_branches.is_some() || missing_branches.is_some();
        if !has_branches {
            (executed_branches, missing_branches) = (Some(Vec::new()), Some(Vec::new()));
        }
        let lines = FileLines {
            executed: self.required(executed, "executed_lines")?,
            missing: self.required(missing, "missing_lines")?,
            executed_branches: self.required(executed_branches, "executed_branches")?,
            missing_branches: self.required(missing_branches, "missing_branches")?,
        };
        if let Some(line) = lines.executed.common(&lines.missing) {
            return Err(self.invalid(format!("line {line} is both executed and missing")));
        }
        if let Some((from, to)) = lines.contradicting_branch() {
            let reason = format!("branch [{from}, {to}] is both executed and missing");
            return Err(self.invalid(reason));
        }
        Ok((lines, has_branches))
    }

    /// Read an object of numbers and texts.
    fn totals(&mut self) -> Checked<()> {
        self.object(|reader, _| {
            match reader.json.peek()? {
                Peek::String => drop(reader.text()?),
                peek if reader.json.known_float(peek)?.is_finite() => {}
                _ => return Err(reader.invalid("number out of range")),
            }
            Ok(())
        })
    }

    /// Read an object. `member` gets each key and reads its value.
    fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Checked<()>) -> Checked<()> {
        let object = self.value;
        let mut seen = BTreeSet::new();
        let mut next = self.json.next_object()?.map(str::to_owned);
        while let Some(key) = next {
            self.json.peek()?;
            self.value = self.json.current_index();
            let read = if seen.contains(&key) {
                Err(self.invalid("duplicate key"))
            } else {
                member(self, &key)
            };
            read.map_err(|invalid| invalid.under(&key))?;
            seen.insert(key);
            next = self.json.next_key()?.map(str::to_owned);
        }
        self.value = object;
        Ok(())
    }

    fn text(&mut self) -> Checked<String> {
        Ok(self.json.next_str()?.to_owned())
    }

    fn lines(&mut self) -> Checked<LineSet> {
        let mut lines = LineSetBuilder::default();
        let mut next = self.json.next_array()?;
        while let Some(peek) = next {
            lines.add(self.line(peek)?);
            next = self.json.array_step()?;
        }
        let lines = lines.build();
        lines.map_err(|line| self.invalid(format!("duplicate line {line}")))
    }

    fn branches(&mut self) -> Checked<Vec<(u32, u32)>> {
        let mut branches = Vec::new();
        let mut next = self.json.next_array()?;
        while next.is_some() {
            let offset = self.json.current_index();
            let not_a_pair = || InvalidValue::new(offset, "a branch is not a pair of lines");
            let from = self.json.next_array()?.ok_or_else(not_a_pair)?;
            let from = self.line(from)?;
            let to = self.json.array_step()?.ok_or_else(not_a_pair)?;
            let to = self.line(to)?;
            if self.json.array_step()?.is_some() {
                return Err(not_a_pair());
            }
            branches.push((from, to));
            next = self.json.array_step()?;
        }
        branches.sort_unstable();
        for (branch, after) in branches.iter().zip(branches.iter().skip(1)) {
            if branch == after {
                let (from, to) = branch;
                return Err(self.invalid(format!("duplicate branch [{from}, {to}]")));
            }
        }
        branches.shrink_to_fit();
        Ok(branches)
    }

    fn line(&mut self, peek: Peek) -> Checked<u32> {
        let offset = self.json.current_index();
        let NumberInt::Int(number) = self.json.known_int(peek)?;
        match u32::try_from(number) {
            // JSON has a negative zero, slipcover has not.
            Ok(line) if line <= LAST_LINE && peek != Peek::Minus => Ok(line),
            _ => {
                let reason = format!("{number} is not a line number from 0 to {LAST_LINE}");
                Err(InvalidValue::new(offset, reason))
            }
        }
    }

    fn required<T>(&self, value: Option<T>, key: &str) -> Checked<T> {
        value.ok_or_else(|| self.invalid(format!("missing key {key:?}")))
    }

    fn unknown_key(&self) -> InvalidValue {
        self.invalid("unknown key (not written by slipcover)")
    }

    fn invalid(&self, reason: impl Into<String>) -> InvalidValue {
        InvalidValue::new(self.value, reason)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const WHOLE: &str = r#" {"meta": {"software": "slipcover", "version": "1.1.0", "timestamp": "2026-11-21",
    "branch_coverage": true, "show_contexts": false},
 "files": {
  "src/\"quoted\" [a, b}.py" : {"executed_lines": [1, 2, 300], "executed_branches": [[1, 2]],
   "missing_lines": [5], "summary": {"percent_covered": 75.0}, "missing_branches": [] } ,
  "b.py": {"summary": {}, "missing_lines": [], "executed_lines": [9, 7],
   "executed_branches": [ ], "missing_branches": [[7, 9] ,[7, 0]]}
 }, "summary": {"covered_lines": 5}}
"#;

    /// A part of the document, its replacement, and how the error begins. The bar marks the place that the error names.
    const INVALID: &[(&str, &str, &str)] = &[
        (
            "[9, 7]",
            "[9, |-2]",
            r#"files["b.py"].executed_lines: -2 is not a line number"#,
        ),
        (
            "[9, 7]",
            "[9, |-0]",
            r#"files["b.py"].executed_lines: 0 is not a line number"#,
        ),
        (
            "[9, 7]",
            "[9, |2.0]",
            r#"files["b.py"].executed_lines: expected int but found float"#,
        ),
        ("[9, 7]", "[|NaN]", r#"files["b.py"].executed_lines: "#),
        (
            "[9, 7]",
            "|[9, 7, 9]",
            r#"files["b.py"].executed_lines: duplicate line 9"#,
        ),
        (
            "[9, 7]",
            "[9, 7 |:",
            r#"files["b.py"].executed_lines: expected `,` or `]`"#,
        ),
        (
            "[7, 0]",
            "|[7]",
            r#"files["b.py"].missing_branches: a branch is not a pair"#,
        ),
        (
            "[7, 0]",
            "|[7, 0, 1]",
            r#"files["b.py"].missing_branches: a branch is not a pair"#,
        ),
        (
            "[7, 0]",
            "|7",
            r#"files["b.py"].missing_branches: expected array but found int"#,
        ),
        (
            "[[7, 9]",
            "|[[7, 0]",
            r#"files["b.py"].missing_branches: duplicate branch [7, 0]"#,
        ),
        (
            "{\"summary\": {}, ",
            "|{",
            r#"files["b.py"]: missing key "summary""#,
        ),
        (
            "\"missing_lines\": []",
            "\"missing\": |[]",
            r#"files["b.py"].missing: unknown key"#,
        ),
        (
            "{\"summary\": {}, \"missing_lines\": []",
            "|{\"summary\": {}, \"missing_lines\": [7]",
            r#"files["b.py"]: line 7 is both"#,
        ),
        ("5}}", "5}, \"totals\": |{}}", "totals: unknown key"),
        (
            "5}}",
            "5, \"covered_lines\": |5}}",
            "summary.covered_lines: duplicate key",
        ),
        (
            "5}}",
            "|1e999}}",
            "summary.covered_lines: number out of range",
        ),
        ("5}}", "5}} |{}", "trailing characters"),
        (
            "\"slipcover\"",
            "|\"coverage\"",
            "meta.software: \"coverage\", not \"slipcover\"",
        ),
        (
            "{\"software\": \"slipcover\", ",
            "|{",
            "meta: missing key \"software\"",
        ),
        (
            "true, \"show_contexts\": false",
            "true, \"show_contexts\": |true",
            "meta.show_contexts: contexts are not",
        ),
    ];

    fn outcome(document: &str) -> std::result::Result<Report, String> {
        read(Path::new("part"), document.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn errors_name_the_keys_the_line_and_the_column() {
        outcome(WHOLE).unwrap();
        for (old, new, start) in INVALID {
            let marked = WHOLE.replacen(old, new, 1);
            let bar = marked.find('|').unwrap();
            let before = &marked[..bar];
            let line = before.matches('\n').count() + 1;
            let column = bar - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            let reason = outcome(&marked.replacen('|', "", 1)).unwrap_err();
            let place = format!(" at line {line} column {column}");
            assert!(
                reason.starts_with(&format!("part: {start}")),
                "{reason}, not {start}"
            );
            assert!(reason.ends_with(&place), "{reason}, not {place}");
        }
    }

    #[test]
    fn the_branches_of_all_files_agree_with_the_flag() {
        let reason = outcome(&WHOLE.replacen("true", "false", 1)).unwrap_err();
        let expected = r#"part: files["src/\"quoted\" [a, b}.py"]: with branches, but meta.branch_coverage is false at line 4 column 32"#;
        assert_eq!(reason, expected);
        let lists = r#",
   "executed_branches": [ ], "missing_branches": [[7, 9] ,[7, 0]]"#;
        let reason = outcome(&WHOLE.replacen(lists, "", 1)).unwrap_err();
        let expected = r#"part: files["b.py"]: without branches, but meta.branch_coverage is true at line 6 column 11"#;
        assert_eq!(reason, expected);
    }

    /// Return a list of lines or of branches as sorted texts.
    fn sorted<T: ToString>(list: impl IntoIterator<Item = T>) -> Vec<String> {
        let mut texts: Vec<String> = list.into_iter().map(|item| item.to_string()).collect();
        texts.sort();
        texts
    }

    fn sorted_pairs(branches: &[(u32, u32)]) -> Vec<String> {
        let pair = |(from, to): &(u32, u32)| format!("[{from},{to}]");
        sorted(branches.iter().map(pair))
    }

    proptest! {
        #[test]
        fn accepted_documents_have_the_values_that_serde_json_reads(
            place in 0..WHOLE.len(),
            new in "[\\[\\]{}\", :01ae.\\\\\n-]{0,2}",
            length in 0..3_usize,
        ) {
            let end = WHOLE.len().min(place + length);
            let changed = format!("{}{new}{}", &WHOLE[..place], &WHOLE[end..]);
            let Ok(report) = outcome(&changed) else { return Ok(()) };
            let plain: Value = serde_json::from_str(&changed).unwrap();
            prop_assert_eq!(&plain["meta"]["software"], "slipcover");
            prop_assert_eq!(&plain["meta"]["version"], &report.version);
            prop_assert_eq!(&plain["meta"]["timestamp"], &report.timestamp);
            prop_assert_eq!(&plain["meta"]["branch_coverage"], report.has_branches);
            let files = plain["files"].as_object().unwrap();
            prop_assert_eq!(files.keys().collect::<Vec<_>>(), report.files.keys().collect::<Vec<_>>());
            for (path, lines) in &report.files {
                let list = |key| sorted(files[path][key].as_array().unwrap());
                prop_assert_eq!(list("executed_lines"), sorted(lines.executed.iter()));
                prop_assert_eq!(list("missing_lines"), sorted(lines.missing.iter()));
                prop_assert_eq!(list("executed_branches"), sorted_pairs(&lines.executed_branches));
                prop_assert_eq!(list("missing_branches"), sorted_pairs(&lines.missing_branches));
            }
        }
    }
}
