//! What slipcover says of one file.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::unknown;
use crate::engine::coverage::lines::LineSet;
use crate::engine::coverage::lists::{self, Branches, common};
use crate::engine::coverage::slipcover::report::Lines;
use crate::engine::coverage::strict::{Members, Object, Trail};

/// What stands for one file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) executed: Option<LineSet>,
    pub(super) missing: Option<LineSet>,
    executed_branches: Option<Vec<(u32, u32)>>,
    missing_branches: Option<Vec<(u32, u32)>>,
    pub(super) has_summary: bool,
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
            "executed_lines" => self.executed = Some(map.next_value::<lists::Lines>()?.0),
            "missing_lines" => self.missing = Some(map.next_value::<lists::Lines>()?.0),
            "executed_branches" => {
                self.executed_branches = Some(map.next_value::<Branches>()?.0);
            }
            "missing_branches" => {
                self.missing_branches = Some(map.next_value::<Branches>()?.0);
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
    pub(super) fn has_branches(&self) -> bool {
        self.executed_branches.is_some() || self.missing_branches.is_some()
    }

    /// The key that a report with branches has, and this does not.
    pub(super) fn missing_branches(&self) -> Option<&'static str> {
        let keys = [
            (&self.executed_branches, "executed_branches"),
            (&self.missing_branches, "missing_branches"),
        ];
        keys.into_iter()
            .find_map(|(list, key)| list.is_none().then_some(key))
    }

    /// The lists, if they do not contradict each other. The error is what follows the file's place in the document.
    pub(super) fn settle(self) -> Result<Lines, String> {
        let missing = |key: &str| format!(".{key} is missing");
        if !self.has_summary {
            return Err(missing("summary"));
        }
        let lines = Lines {
            executed: self.executed.ok_or_else(|| missing("executed_lines"))?,
            missing: self.missing.ok_or_else(|| missing("missing_lines"))?,
            executed_branches: self.executed_branches.unwrap_or_default(),
            missing_branches: self.missing_branches.unwrap_or_default(),
        };
        if let Some(line) = lines.executed.common(&lines.missing) {
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
pub(super) struct Totals;

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
