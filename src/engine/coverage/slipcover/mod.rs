//! slipcover's JSON: executed and missing lines by file. Its totals are not believed: they follow from the lines.

mod entry;
mod plain;
pub mod report;

use std::collections::BTreeMap;
use std::io::Read;

use serde::de::{Error as _, MapAccess};

use self::entry::{Entry, Totals};
use self::report::{Lines, Report};
use crate::engine::coverage::limits::MOST_NAMES;
use crate::engine::coverage::pieces::{Pieces, Rest, Stop};
use crate::engine::coverage::position::Position;
use crate::engine::coverage::strict::{self, Fault, Members, Object, Trail, required};
use crate::engine::foundation::digest::BLOCK;

/// Reads a report, in one pass, file by file.
///
/// # Errors
/// What is wrong, and where.
pub fn read(source: impl Read) -> Result<Report, Fault> {
    read_by(source, BLOCK)
}

fn read_by(source: impl Read, step: usize) -> Result<Report, Fault> {
    let mut files = Files::default();
    let rest =
        Pieces::new(source, "files", step).read(|piece, place| files.take_piece(piece, place));
    let rest = match rest {
        Ok(rest) => rest,
        Err(Stop::Io(error)) => return Err(Fault::Io(error)),
        // What stands before the files comes first: it tells whose document it is.
        Err(Stop::Refused(reason, rest)) => {
            return Err(Fault::Content(
                Document::parse(&rest).err().unwrap_or(reason),
            ));
        }
    };
    let document = Document::parse(&rest).map_err(Fault::Content)?;
    let meta = required(document.meta, "meta")?;
    required(document.has_files.then_some(()), "files")?;
    required(document.has_summary.then_some(()), "summary")?;
    let has_branches = required(meta.branch_coverage, "meta.branch_coverage")?;
    required(meta.software, "meta.software")?;
    Ok(Report {
        version: required(meta.version, "meta.version")?,
        timestamp: required(meta.timestamp, "meta.timestamp")?,
        has_branches,
        files: files.settled(has_branches).map_err(Fault::Content)?,
    })
}

/// The document without the files.
#[derive(Default)]
struct Document {
    meta: Option<Meta>,
    has_files: bool,
    has_summary: bool,
}

impl Document {
    fn parse(rest: &Rest) -> Result<Self, String> {
        let mut document = Self::default();
        strict::parse(&rest.bytes, &mut document, None, |inner| {
            rest.position(inner)
        })?;
        Ok(document)
    }
}

impl<'de> Members<'de> for Document {
    const WHAT: &'static str = "slipcover's report, an object";

    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        trail: &Trail,
    ) -> Result<(), A::Error> {
        match key {
            "meta" => {
                let members = self.meta.insert(Meta::default());
                map.next_value_seed(Object { members, trail })
            }
            "files" => {
                self.has_files = true;
                let members = &mut NoFiles;
                map.next_value_seed(Object { members, trail })
            }
            "summary" => {
                self.has_summary = true;
                let members = &mut Totals;
                map.next_value_seed(Object { members, trail })
            }
            _ => Err(unknown()),
        }
    }
}

#[derive(Default)]
struct Meta {
    software: Option<String>,
    version: Option<String>,
    timestamp: Option<String>,
    branch_coverage: Option<bool>,
}

impl<'de> Members<'de> for Meta {
    const WHAT: &'static str = "an object";

    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _trail: &Trail,
    ) -> Result<(), A::Error> {
        match key {
            "software" => {
                let software: String = map.next_value()?;
                if software != "slipcover" {
                    return Err(A::Error::custom(format!("{software:?}, not \"slipcover\"")));
                }
                self.software = Some(software);
            }
            "version" => self.version = Some(map.next_value()?),
            "timestamp" => self.timestamp = Some(map.next_value()?),
            "branch_coverage" => self.branch_coverage = Some(map.next_value()?),
            "show_contexts" => {
                if map.next_value()? {
                    return Err(A::Error::custom(
                        "contexts are not read; measure without them",
                    ));
                }
            }
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// What is left of the files when they are taken out, unless the key is written with escapes.
struct NoFiles;

impl<'de> Members<'de> for NoFiles {
    const WHAT: &'static str = "an object with an entry for each file";

    fn take<A: MapAccess<'de>>(
        &mut self,
        _key: &str,
        _map: &mut A,
        _trail: &Trail,
    ) -> Result<(), A::Error> {
        Err(A::Error::custom(
            "under a key that slipcover spells otherwise",
        ))
    }
}

/// The files so far.
#[derive(Default)]
struct Files {
    lines: BTreeMap<String, Lines>,
    /// The one that was just read.
    entry: Option<(String, Entry)>,
    /// The first that has branches.
    with_branches: Option<String>,
    /// The first that has none, and the key that is missing there.
    without_branches: Option<(String, &'static str)>,
}

impl<'de> Members<'de> for Files {
    const WHAT: &'static str = "an object with an entry for each file";

    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        trail: &Trail,
    ) -> Result<(), A::Error> {
        if let Some(reason) = self.doubt(key) {
            return Err(A::Error::custom(reason));
        }
        let (_, members) = self.entry.insert((key.to_owned(), Entry::default()));
        map.next_value_seed(Object { members, trail })
    }
}

impl Files {
    /// Why there can be no file of this name.
    fn doubt(&self, path: &str) -> Option<String> {
        if path.is_empty() || path.contains('\0') {
            Some("not the path of a file".to_owned())
        } else if self.lines.contains_key(path) {
            Some("the same key a second time".to_owned())
        } else if self.lines.len() >= MOST_NAMES {
            let reason = format!("more than {MOST_NAMES} files, the most that are read");
            Some(reason)
        } else {
            None
        }
    }

    /// Takes an object with one file.
    fn take_piece(&mut self, piece: &[u8], place: Position) -> Result<(), String> {
        let (path, entry) = match plain::read(piece) {
            Some((path, entry)) if self.doubt(path).is_none() => (path.to_owned(), entry),
            _ => {
                strict::parse(piece, self, Some("files"), |inner| place.plus(inner))?;
                let Some(taken) = self.entry.take() else {
                    return Ok(());
                };
                taken
            }
        };
        match entry.missing_branches() {
            None => drop(self.with_branches.get_or_insert_with(|| path.clone())),
            Some(key) => {
                self.without_branches
                    .get_or_insert_with(|| (path.clone(), key));
                if entry.has_branches() {
                    self.with_branches.get_or_insert_with(|| path.clone());
                }
            }
        }
        let lines = entry.settle();
        let lines = lines.map_err(|reason| format!("files[{path:?}]{reason}"))?;
        self.lines.insert(path, lines);
        Ok(())
    }

    /// All of them, if they are those that a report has with branches or without.
    fn settled(self, has_branches: bool) -> Result<BTreeMap<String, Lines>, String> {
        match (self.with_branches, self.without_branches) {
            (_, Some((path, key))) if has_branches => {
                Err(format!("files[{path:?}].{key} is missing"))
            }
            (Some(path), _) if !has_branches => Err(format!(
                "files[{path:?}]: has branches, and meta.branch_coverage is false"
            )),
            _ => Ok(self.lines),
        }
    }
}

fn unknown<E: serde::de::Error>() -> E {
    E::custom("not a key that slipcover writes")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = r#" {"meta": {"software": "slipcover", "version": "1.1.0", "timestamp": "2026-11-21",
    "branch_coverage": false, "show_contexts": false},
 "files": {
  "src/\"quoted\" [a, b}.py" : {"executed_lines": [1, 2, 300],
   "missing_lines": [5], "summary": {"percent_covered": 75.0}} ,
  "b.py": {"summary": {}, "missing_lines": [], "executed_lines": [9, 7]}
 }, "summary": {"covered_lines": 5}}
"#;

    const PIECE: &str = r#"{"a.py": {"executed_lines": [1, 0, 20, 16777216], "missing_lines": [], "summary": {"a": 75.5}}}"#;

    fn outcome(document: &str, step: usize) -> Result<String, String> {
        match read_by(document.as_bytes(), step) {
            Ok(report) => Ok(format!("{report:?}")),
            Err(Fault::Content(reason)) => Err(reason),
            Err(Fault::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn errors_name_the_line_and_column_of_the_document() {
        outcome(WHOLE, BLOCK).unwrap();
        // What is wrong ends where the bar stands.
        let cases = [
            ("1, 2, 300", "1, -2|"),
            ("[9, 7]", "[9, 7, 9]|"),
            ("\"covered_lines\"", "c|overed_lines"),
            ("1.1.0\"", "1.1.0, \"t|imestamp"),
            ("75.0}} ,", "75.0}} ,|,"),
            ("\n }, \"summary\"", "\n ]|, \"summary\""),
            ("false, \"show", "false;| \"show"),
        ];
        for (old, new) in cases {
            let marked = WHOLE.replacen(old, new, 1);
            let bar = marked.find('|').unwrap();
            let place = Position::START.after(&marked.as_bytes()[..bar]);
            let reason = outcome(&marked.replace('|', ""), BLOCK).unwrap_err();
            let place = format!(" at line {} column {}", place.line, place.column);
            assert!(reason.ends_with(&place), "{reason}, not {place}");
        }
    }

    /// What stands for a file, as any JSON is read.
    fn strictly(piece: &str) -> Option<(String, Entry)> {
        let mut files = Files::default();
        strict::parse(piece.as_bytes(), &mut files, None, |inner| inner).ok()?;
        files.entry
    }

    proptest! {
        #[test]
        fn what_is_read_quickly_is_what_is_read_strictly(
            place in 0..PIECE.len(),
            new in "[\\[\\]{}\", :01e.\\\\\n-]{0,2}",
            length in 0..3_usize,
        ) {
            prop_assert!(plain::read(PIECE.as_bytes()).is_some());
            let end = PIECE.len().min(place + length);
            let changed = format!("{}{new}{}", &PIECE[..place], &PIECE[end..]);
            if let Some((path, entry)) = plain::read(changed.as_bytes()) {
                prop_assert_eq!(Some((path.to_owned(), entry)), strictly(&changed), "{}", changed);
            }
        }

        #[test]
        fn how_it_is_cut_changes_nothing(
            place in 0..WHOLE.len(),
            new in "[\\[\\]{}\", :0a\\\\\n-]{0,2}",
            length in 0..3_usize,
            step in 1..200_usize,
        ) {
            let end = WHOLE.len().min(place + length);
            let changed = format!("{}{new}{}", &WHOLE[..place], &WHOLE[end..]);
            let whole = outcome(&changed, BLOCK);
            prop_assert_eq!(&outcome(&changed, step), &whole);
            // What is accepted in pieces is JSON as a whole.
            let plain = serde_json::from_str::<serde_json::Value>(&changed);
            prop_assert!(whole.is_err() || plain.is_ok(), "{}", changed);
        }
    }
}
