//! slipcover's JSON: executed and missing lines by file. Its totals are not believed: they follow from the lines.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::MOST_NAMES;
use super::lists::{Line, List, common};
use super::report::{Lines, Report};
use super::strict::{self, Fault, Members, Object, Trail, required};

/// Reads a report.
///
/// # Errors
/// What is wrong, and where.
pub fn read(source: &mut impl Read) -> Result<Report, Fault> {
    let mut document = Document::default();
    strict::read(source, &mut document)?;
    let meta = required(document.meta, "meta")?;
    let files = required(document.files, "files")?;
    required(document.has_summary.then_some(()), "summary")?;
    let has_branches = required(meta.branch_coverage, "meta.branch_coverage")?;
    required(meta.software, "meta.software")?;
    let mut report = Report {
        version: required(meta.version, "meta.version")?,
        timestamp: required(meta.timestamp, "meta.timestamp")?,
        has_branches,
        files: BTreeMap::new(),
    };
    for (path, entry) in files {
        let lines = entry.settle(has_branches);
        let lines = lines.map_err(|reason| Fault::Content(format!("files[{path:?}]{reason}")))?;
        report.files.insert(path, lines);
    }
    Ok(report)
}

#[derive(Default)]
struct Document {
    meta: Option<Meta>,
    files: Option<Vec<(String, Entry)>>,
    has_summary: bool,
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
                let members = &mut Files(self.files.insert(Vec::new()));
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

struct Files<'d>(&'d mut Vec<(String, Entry)>);

impl<'de> Members<'de> for Files<'_> {
    const WHAT: &'static str = "an object with an entry for each file";

    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        trail: &Trail,
    ) -> Result<(), A::Error> {
        if key.is_empty() || key.contains('\0') {
            return Err(A::Error::custom("not the path of a file"));
        }
        if self.0.len() >= MOST_NAMES {
            let reason = format!("more than {MOST_NAMES} files, the most that are read");
            return Err(A::Error::custom(reason));
        }
        let mut entry = Entry::default();
        let members = &mut entry;
        map.next_value_seed(Object { members, trail })?;
        self.0.push((key.to_owned(), entry));
        Ok(())
    }
}

/// What stands for one file.
#[derive(Default)]
struct Entry {
    executed: Option<Vec<u32>>,
    missing: Option<Vec<u32>>,
    executed_branches: Option<Vec<(u32, u32)>>,
    missing_branches: Option<Vec<(u32, u32)>>,
    has_summary: bool,
}

impl<'de> Members<'de> for Entry {
    const WHAT: &'static str = "an object with lines";

    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        trail: &Trail,
    ) -> Result<(), A::Error> {
        match key {
            "executed_lines" => self.executed = Some(map.next_value::<List<Line>>()?.set()?),
            "missing_lines" => self.missing = Some(map.next_value::<List<Line>>()?.set()?),
            "executed_branches" => {
                self.executed_branches = Some(map.next_value::<List<(Line, Line)>>()?.set()?);
            }
            "missing_branches" => {
                self.missing_branches = Some(map.next_value::<List<(Line, Line)>>()?.set()?);
            }
            "summary" => {
                self.has_summary = true;
                let members = &mut Totals;
                return map.next_value_seed(Object { members, trail });
            }
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

impl Entry {
    /// The lists, if they are those that a report has with branches or without and do not contradict each other. The
    /// error is what follows the file's place in the document.
    fn settle(self, has_branches: bool) -> Result<Lines, String> {
        let missing = |key: &str| format!(".{key} is missing");
        if !has_branches && (self.executed_branches.is_some() || self.missing_branches.is_some()) {
            return Err(": has branches, and meta.branch_coverage is false".to_owned());
        }
        if !self.has_summary {
            return Err(missing("summary"));
        }
        let branches = |list: Option<Vec<(u32, u32)>>, key: &str| match list {
            None if has_branches => Err(missing(key)),
            list => Ok(list.unwrap_or_default()),
        };
        let lines = Lines {
            executed: self.executed.ok_or_else(|| missing("executed_lines"))?,
            missing: self.missing.ok_or_else(|| missing("missing_lines"))?,
            executed_branches: branches(self.executed_branches, "executed_branches")?,
            missing_branches: branches(self.missing_branches, "missing_branches")?,
        };
        if let Some(line) = common(&lines.executed, &lines.missing) {
            return Err(format!(": line {line} is both executed and missing"));
        }
        if let Some((from, to)) = common(&lines.executed_branches, &lines.missing_branches) {
            return Err(format!(
                ": branch [{from}, {to}] is both executed and missing"
            ));
        }
        Ok(lines)
    }
}

/// An object of totals: looked at, and not believed.
struct Totals;

impl<'de> Members<'de> for Totals {
    const WHAT: &'static str = "an object with totals";

    fn take<A: MapAccess<'de>>(
        &mut self,
        _key: &str,
        map: &mut A,
        _trail: &Trail,
    ) -> Result<(), A::Error> {
        map.next_value::<Total>().map(|Total| ())
    }
}

struct Total;

impl<'de> Deserialize<'de> for Total {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TotalVisitor)
    }
}

struct TotalVisitor;

impl Visitor<'_> for TotalVisitor {
    type Value = Total;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number or a text")
    }

    fn visit_u64<E>(self, _: u64) -> Result<Total, E> {
        Ok(Total)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Total, E> {
        Ok(Total)
    }

    fn visit_str<E>(self, _: &str) -> Result<Total, E> {
        Ok(Total)
    }
}

fn unknown<E: serde::de::Error>() -> E {
    E::custom("not a key that slipcover writes")
}
