//! Lists of lines and of branches in JSON. Each stands for a set, so nothing is in it twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

use super::LAST_LINE;

/// A line number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line(u32);

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

/// What stands in a list, and what it becomes.
pub(super) trait Item: Copy + Ord {
    type Plain;

    fn plain(self) -> Self::Plain;
    fn words(self) -> String;
}

impl Item for Line {
    type Plain = u32;

    fn plain(self) -> u32 {
        self.0
    }

    fn words(self) -> String {
        format!("line {}", self.0)
    }
}

impl Item for (Line, Line) {
    type Plain = (u32, u32);

    fn plain(self) -> (u32, u32) {
        (self.0.0, self.1.0)
    }

    fn words(self) -> String {
        format!("branch [{}, {}]", self.0.0, self.1.0)
    }
}

/// A list that stands for a set.
pub(super) struct List<T>(Vec<T>);

impl<T: Item> List<T> {
    /// Its items, sorted.
    ///
    /// # Errors
    /// Which item stands there twice.
    pub(super) fn set<E: serde::de::Error>(mut self) -> Result<Vec<T::Plain>, E> {
        let is_pair = |pair: &[T]| matches!(pair, [one, other] if one >= other);
        if self.0.windows(2).any(is_pair) {
            self.0.sort_unstable();
        }
        let twice = self.0.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(one.words()),
            _ => None,
        });
        match twice {
            Some(words) => Err(E::custom(format!("{words} stands there twice"))),
            None => Ok(self.0.into_iter().map(Item::plain).collect()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(std::marker::PhantomData))
    }
}

struct ListVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(List(list))
    }
}

/// An item that stands in both of two sorted lists.
pub(super) fn common<T: Copy + Ord>(one: &[T], other: &[T]) -> Option<T> {
    let mut rest = other.iter().copied().peekable();
    one.iter().copied().find(|item| {
        while rest.next_if(|next| next < item).is_some() {}
        rest.peek() == Some(item)
    })
}
