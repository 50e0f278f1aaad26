//! coverage.py's sets of line numbers: bit n % 8 of byte n / 8, counted from the lowest, is set if line n is a member.
//! See `coverage/numbits.py` of coverage.py.

/// Returns the set of some lines.
pub fn of(lines: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut set = Vec::new();
    for line in lines {
        let place = line as usize / 8;
        if set.len() <= place {
            set.resize(place + 1, 0);
        }
        if let Some(byte) = set.get_mut(place) {
            *byte |= 1 << (line % 8);
        }
    }
    set
}

/// Adds the lines of `other` to `set`.
pub fn combine(set: &mut Vec<u8>, other: &[u8]) {
    if set.len() < other.len() {
        set.resize(other.len(), 0);
    }
    for (byte, more) in set.iter_mut().zip(other) {
        *byte |= more;
    }
}

/// Returns the number of lines in the set.
pub fn count(set: &[u8]) -> u64 {
    set.iter().map(|byte| u64::from(byte.count_ones())).sum()
}

/// Returns the highest line of the set.
pub fn last(set: &[u8]) -> Option<u32> {
    let place = set.iter().rposition(|byte| *byte != 0)?;
    let bit = set.get(place)?.ilog2();
    Some(u32::try_from(place).ok()? * 8 + bit)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn numbits(lines: &BTreeSet<u32>) -> Vec<u8> {
        of(lines.iter().copied())
    }

    #[test]
    fn sets_have_the_bytes_that_coverage_py_writes() {
        assert_eq!(of([1, 2, 3]), b"\x0e");
        assert_eq!(of([16, 9]), b"\x00\x02\x01");
        assert_eq!(of([]), b"");
    }

    proptest! {
        #[test]
        fn combined_sets_have_the_lines_of_both(
            one in prop::collection::btree_set(0_u32..200, 0..40),
            other in prop::collection::btree_set(0_u32..200, 0..40),
        ) {
            let mut combined = numbits(&one);
            combine(&mut combined, &numbits(&other));
            let both: BTreeSet<u32> = one.union(&other).copied().collect();
            prop_assert_eq!(&combined, &numbits(&both));
            prop_assert_eq!(count(&combined), both.len() as u64);
            prop_assert_eq!(last(&combined), both.last().copied());
        }
    }
}
