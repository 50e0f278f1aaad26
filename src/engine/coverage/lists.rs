//! Lists of lines and of branches in JSON. Each stands for a set, so nothing is in it twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use super::lines::{Gathered, LineSet};
use crate::engine::coverage::limits::LAST_LINE;

/// A line number.
struct Line(u32);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u32(LineVisitor)
    }
}

struct LineVisitor;

impl Visitor<'_> for LineVisitor {
    type Value = Line;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a line number, {LAST_LINE} at most")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Line, E> {
        match u32::try_from(number) {
            Ok(line) if line <= LAST_LINE => Ok(Line(line)),
            _ => Err(E::invalid_value(
                serde::de::Unexpected::Unsigned(number),
                &self,
            )),
        }
    }
}

/// A list of lines.
pub(super) struct Lines(pub(super) LineSet);

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(LinesVisitor)
    }
}

struct LinesVisitor;

impl<'de> Visitor<'de> for LinesVisitor {
    type Value = Lines;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Lines, A::Error> {
        let mut lines = Gathered::default();
        while let Some(Line(line)) = items.next_element()? {
            lines.add(line);
        }
        let twice = |line| A::Error::custom(format!("line {line} stands there twice"));
        lines.set().map(Lines).map_err(twice)
    }
}

/// A list of branches.
pub(super) struct Branches(pub(super) Vec<(u32, u32)>);

impl<'de> Deserialize<'de> for Branches {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(BranchesVisitor)
    }
}

struct BranchesVisitor;

impl<'de> Visitor<'de> for BranchesVisitor {
    type Value = Branches;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Branches, A::Error> {
        let mut branches = Vec::new();
        while let Some((Line(from), Line(to))) = items.next_element()? {
            branches.push((from, to));
        }
        branches.sort_unstable();
        let twice = branches.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(one),
            _ => None,
        });
        if let Some((from, to)) = twice {
            let reason = format!("branch [{from}, {to}] stands there twice");
            return Err(A::Error::custom(reason));
        }
        branches.shrink_to_fit();
        Ok(Branches(branches))
    }
}

/// A branch that stands in both of two sorted lists.
pub(super) fn common(one: &[(u32, u32)], other: &[(u32, u32)]) -> Option<(u32, u32)> {
    let mut rest = other.iter().copied().peekable();
    one.iter().copied().find(|item| {
        while rest.next_if(|next| next < item).is_some() {}
        rest.peek() == Some(item)
    })
}
