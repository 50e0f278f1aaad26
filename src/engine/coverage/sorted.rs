//! Set operations on sorted lists without duplicates, and the comparison of versions.

/// Adds the items of `more` to `known`. Both lists and the result are sorted and have no duplicates.
pub fn combine_sorted<T: Copy + Ord>(known: &mut Vec<T>, mut more: Vec<T>) {
    // Later parts rarely have anything new.
    remove_sorted(&mut more, known);
    if !more.is_empty() {
        known.append(&mut more);
        // Two sorted runs: the stable sort merges them.
        known.sort();
    }
}

/// Removes the items of `removed` from `known`. Both lists are sorted.
pub fn remove_sorted<T: Copy + Ord>(known: &mut Vec<T>, removed: &[T]) {
    let mut rest = removed;
    known.retain(|item| {
        while let [first, others @ ..] = rest
            && first < item
        {
            rest = others;
        }
        rest.first() != Some(item)
    });
}

/// Returns the newer of two versions, independent of their order.
pub fn newer(one: String, other: String) -> String {
    let numbers = |version: &str| -> Vec<u64> {
        let parts = version.split(|letter: char| !letter.is_ascii_digit());
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    if (numbers(&one), &one) < (numbers(&other), &other) {
        other
    } else {
        one
    }
}
