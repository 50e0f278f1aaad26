//! Sets of line numbers, 64 lines in a word: what is measured lies close together.

/// A set of line numbers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LineSet {
    /// Word by word, sorted, those without lines left out: line n is bit n % 64 of word n / 64.
    words: Vec<(u32, u64)>,
}

const BITS: u32 = u64::BITS;

impl LineSet {
    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let counts = self
            .words
            .iter()
            .map(|(_, bits)| bits.count_ones() as usize);
        counts.sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The last line.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        let (word, bits) = self.words.last()?;
        Some(word * BITS + bits.ilog2())
    }

    /// The lines, sorted.
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

    /// Adds the lines of `more`.
    pub fn unite(&mut self, more: &Self) {
        let is_same = |((one, _), (other, _)): (&(u32, u64), &(u32, u64))| one == other;
        // Parts are of the same sources: mostly the same words have lines.
        if self.words.len() == more.words.len() && self.words.iter().zip(&more.words).all(is_same) {
            for ((_, bits), (_, others)) in self.words.iter_mut().zip(&more.words) {
                *bits |= others;
            }
            return;
        }
        self.words.extend_from_slice(&more.words);
        join(&mut self.words);
    }

    /// Removes the lines of `gone`.
    pub fn remove(&mut self, gone: &Self) {
        let mut rest = Rest(&gone.words);
        self.words.retain_mut(|(word, bits)| {
            *bits &= !rest.word(*word);
            *bits != 0
        });
    }

    /// The first line that is in both.
    #[must_use]
    pub fn common(&self, other: &Self) -> Option<u32> {
        let mut rest = Rest(&other.words);
        self.words.iter().find_map(|(word, bits)| {
            let both = bits & rest.word(*word);
            (both != 0).then(|| word * BITS + both.trailing_zeros())
        })
    }
}

/// The words of a set, asked for one after another.
struct Rest<'w>(&'w [(u32, u64)]);

impl Rest<'_> {
    fn word(&mut self, number: u32) -> u64 {
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

/// Lines that come one by one, in any order, and each once.
#[derive(Default)]
pub struct Gathered {
    words: Vec<(u32, u64)>,
    twice: Option<u32>,
}

impl Gathered {
    /// The next line.
    pub fn add(&mut self, line: u32) {
        let (word, bit) = (line / BITS, 1 << (line % BITS));
        match self.words.last_mut() {
            Some((last, bits)) if *last == word => {
                if *bits & bit != 0 {
                    self.twice.get_or_insert(line);
                }
                *bits |= bit;
            }
            _ => self.words.push((word, bit)),
        }
    }

    /// The set.
    ///
    /// # Errors
    /// A line that came twice.
    pub fn set(mut self) -> Result<LineSet, u32> {
        if let Some(line) = join(&mut self.words).or(self.twice) {
            return Err(line);
        }
        // There are thousands of these, and they stay.
        self.words.shrink_to_fit();
        Ok(LineSet { words: self.words })
    }
}

/// Sorts words, and makes those of one number one. A line that was in two of them comes back.
fn join(words: &mut Vec<(u32, u64)>) -> Option<u32> {
    if words.is_sorted_by(|(one, _), (other, _)| one < other) {
        return None;
    }
    // Where two sets are united these are two sorted runs: the stable sort merges them.
    words.sort_by_key(|(word, _)| *word);
    let mut twice = None;
    words.dedup_by(|(word, bits), (kept, into)| {
        if word != kept {
            return false;
        }
        let both = *bits & *into;
        if both != 0 {
            twice.get_or_insert(*word * BITS + both.trailing_zeros());
        }
        *into |= *bits;
        true
    });
    twice
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn gathered<'l>(lines: impl IntoIterator<Item = &'l u32>) -> Result<LineSet, u32> {
        let mut gathered = Gathered::default();
        for line in lines {
            gathered.add(*line);
        }
        gathered.set()
    }

    fn set(lines: &BTreeSet<u32>) -> LineSet {
        gathered(lines).unwrap()
    }

    fn some_lines() -> impl Strategy<Value = BTreeSet<u32>> {
        proptest::collection::btree_set(prop_oneof![0..300_u32, 0..=1_u32 << 24], 0..60)
    }

    proptest! {
        #[test]
        fn a_set_is_a_set(one in some_lines(), other in some_lines()) {
            let mut united = set(&one);
            prop_assert_eq!(united.len(), one.len());
            prop_assert_eq!(united.is_empty(), one.is_empty());
            prop_assert_eq!(united.last(), one.last().copied());
            prop_assert_eq!(united.common(&set(&other)), one.intersection(&other).next().copied());
            united.unite(&set(&other));
            prop_assert_eq!(united.iter().collect::<BTreeSet<_>>(), &one | &other);
            prop_assert!(united.iter().is_sorted());
            let mut left = set(&one);
            left.remove(&set(&other));
            prop_assert_eq!(&left, &set(&(&one - &other)));
        }

        #[test]
        fn lines_come_in_any_order_and_once(lines in proptest::collection::vec(0..400_u32, 0..60)) {
            let expected: BTreeSet<u32> = lines.iter().copied().collect();
            match gathered(&lines) {
                Ok(found) => {
                    prop_assert_eq!(expected.len(), lines.len());
                    prop_assert_eq!(found, set(&expected));
                }
                Err(line) => prop_assert!(lines.iter().filter(|other| **other == line).count() > 1),
            }
        }
    }
}
