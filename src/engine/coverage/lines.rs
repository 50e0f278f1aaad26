//! Sets of line numbers, stored as 64-bit words: the measured lines of a file are dense.

use serde::{Serialize, Serializer};

/// A set of line numbers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LineSet {
    /// Word numbers and their bits, sorted, without empty words: line n is bit n % 64 of word n / 64.
    words: Vec<(u32, u64)>,
}

const BITS: u32 = u64::BITS;

impl LineSet {
    /// Return the number of lines.
    pub fn len(&self) -> usize {
        let counts = self
            .words
            .iter()
            .map(|(_, bits)| bits.count_ones() as usize);
        counts.sum()
    }

    /// Return whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Return the highest line number.
    pub fn last(&self) -> Option<u32> {
        let (word, bits) = self.words.last()?;
        Some(word * BITS + bits.ilog2())
    }

    /// Return the lines in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.words.iter().flat_map(|(word, bits)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(word * BITS + bit)
            })
        })
    }

    /// Add the lines of `other`.
    pub fn union_with(&mut self, other: &Self) {
        let is_same = |((one, _), (two, _)): (&(u32, u64), &(u32, u64))| one == two;
        // The parts of a run measure the same sources, so the same words are usually present.
        if self.words.len() == other.words.len() && self.words.iter().zip(&other.words).all(is_same)
        {
            for ((_, bits), (_, others)) in self.words.iter_mut().zip(&other.words) {
                *bits |= others;
            }
            return;
        }
        self.words.extend_from_slice(&other.words);
        join(&mut self.words);
    }

    /// Remove the lines of `other`.
    pub fn difference_with(&mut self, other: &Self) {
        let mut words = WordCursor(&other.words);
        self.words.retain_mut(|(word, bits)| {
            *bits &= !words.seek(*word);
            *bits != 0
        });
    }

    /// Return the first line that is in both sets.
    pub fn common(&self, other: &Self) -> Option<u32> {
        let mut words = WordCursor(&other.words);
        self.words.iter().find_map(|(word, bits)| {
            let both = bits & words.seek(*word);
            (both != 0).then(|| word * BITS + both.trailing_zeros())
        })
    }
}

impl Serialize for LineSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The words of a set from some word on.
struct WordCursor<'w>(&'w [(u32, u64)]);

impl WordCursor<'_> {
    /// Return the bits of a word. Calls must come in ascending order.
    fn seek(&mut self, number: u32) -> u64 {
        while let [(first, _), others @ ..] = self.0
            && *first < number
        {
            self.0 = others;
        }
        match self.0 {
            [(first, bits), ..] if *first == number => *bits,
            _ => 0,
        }
    }
}

/// Builds a set from lines in any order. A duplicate line is an error.
#[derive(Default)]
pub struct LineSetBuilder {
    words: Vec<(u32, u64)>,
    duplicate: Option<u32>,
}

impl LineSetBuilder {
    /// Add a line.
    pub fn add(&mut self, line: u32) {
        let (word, bit) = (line / BITS, 1 << (line % BITS));
        match self.words.last_mut() {
            Some((last, bits)) if *last == word => {
                if *bits & bit != 0 {
                    self.duplicate.get_or_insert(line);
                }
                *bits |= bit;
            }
            _ => self.words.push((word, bit)),
        }
    }

    /// Return the set.
    ///
    /// # Errors
    /// A line that was added twice.
    pub fn build(mut self) -> Result<LineSet, u32> {
        if let Some(line) = join(&mut self.words).or(self.duplicate) {
            return Err(line);
        }
        // A report has thousands of sets, and all of them stay in memory.
        self.words.shrink_to_fit();
        Ok(LineSet { words: self.words })
    }
}

/// Sort the words and merge those with the same number. Return a line that was in two of them.
fn join(words: &mut Vec<(u32, u64)>) -> Option<u32> {
    if words.is_sorted_by(|(one, _), (other, _)| one < other) {
        return None;
    }
    // The stable sort merges the two sorted runs of a union.
    words.sort_by_key(|(word, _)| *word);
    let mut duplicate = None;
    words.dedup_by(|(word, bits), (kept, into)| {
        if word != kept {
            return false;
        }
        let both = *bits & *into;
        if both != 0 {
            duplicate.get_or_insert(*word * BITS + both.trailing_zeros());
        }
        *into |= *bits;
        true
    });
    duplicate
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn built<'l>(lines: impl IntoIterator<Item = &'l u32>) -> Result<LineSet, u32> {
        let mut builder = LineSetBuilder::default();
        for line in lines {
            builder.add(*line);
        }
        builder.build()
    }

    fn set(lines: &BTreeSet<u32>) -> LineSet {
        built(lines).unwrap()
    }

    fn some_lines() -> impl Strategy<Value = BTreeSet<u32>> {
        proptest::collection::btree_set(prop_oneof![0..300_u32, 0..=1_u32 << 24], 0..60)
    }

    proptest! {
        #[test]
        fn set_operations_are_those_of_a_btree_set(one in some_lines(), other in some_lines()) {
            let mut combined = set(&one);
            prop_assert_eq!(combined.len(), one.len());
            prop_assert_eq!(combined.is_empty(), one.is_empty());
            prop_assert_eq!(combined.last(), one.last().copied());
            prop_assert_eq!(combined.common(&set(&other)), one.intersection(&other).next().copied());
            combined.union_with(&set(&other));
            prop_assert_eq!(combined.iter().collect::<BTreeSet<_>>(), &one | &other);
            prop_assert!(combined.iter().is_sorted());
            let mut left = set(&one);
            left.difference_with(&set(&other));
            prop_assert_eq!(&left, &set(&(&one - &other)));
        }

        #[test]
        fn lines_are_added_in_any_order_and_duplicates_are_refused(lines in proptest::collection::vec(0..400_u32, 0..60)) {
            let expected: BTreeSet<u32> = lines.iter().copied().collect();
            match built(&lines) {
                Ok(found) => {
                    prop_assert_eq!(expected.len(), lines.len());
                    prop_assert_eq!(found, set(&expected));
                }
                Err(line) => prop_assert!(lines.iter().filter(|other| **other == line).count() > 1),
            }
        }
    }
}
