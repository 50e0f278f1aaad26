//! coverage.py's sets of line numbers: bit n % 8 (the lowest first) of byte n / 8 says whether line n is in the set.

/// Adds the lines of `other` to `set`.
pub fn unite(set: &mut Vec<u8>, other: &[u8]) {
    if set.len() < other.len() {
        set.resize(other.len(), 0);
    }
    for (byte, more) in set.iter_mut().zip(other) {
        *byte |= more;
    }
}

/// How many lines are in the set.
#[must_use]
pub fn count(set: &[u8]) -> u64 {
    set.iter().map(|byte| u64::from(byte.count_ones())).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn numbits(lines: &BTreeSet<u16>) -> Vec<u8> {
        let mut set = vec![0; lines.last().map_or(0, |last| usize::from(*last) / 8 + 1)];
        for line in lines {
            set[usize::from(line / 8)] |= 1 << (line % 8);
        }
        set
    }

    #[test]
    fn lines_one_to_three_are_the_bits_that_coverage_py_sets() {
        assert_eq!(numbits(&BTreeSet::from([1, 2, 3])), b"\x0e");
    }

    proptest! {
        #[test]
        fn a_union_has_the_lines_of_both(
            one in prop::collection::btree_set(0_u16..200, 0..40),
            other in prop::collection::btree_set(0_u16..200, 0..40),
        ) {
            let mut united = numbits(&one);
            unite(&mut united, &numbits(&other));
            let both: BTreeSet<u16> = one.union(&other).copied().collect();
            prop_assert_eq!(&united, &numbits(&both));
            prop_assert_eq!(count(&united), both.len() as u64);
        }
    }
}
