//! Sorted lists without duplicates, and versions in their order.

/// Adds the items of `more` to `there`. Both are sorted, and have no item twice; so has the result.
pub fn combine_sorted<T: Copy + Ord>(there: &mut Vec<T>, mut more: Vec<T>) {
    // Later parts rarely have anything new.
    remove_sorted(&mut more, there);
    if !more.is_empty() {
        there.append(&mut more);
        // Two sorted runs: the stable sort merges them.
        there.sort();
    }
}

/// Removes the items of `gone` from `there`. Both are sorted.
pub fn remove_sorted<T: Copy + Ord>(there: &mut Vec<T>, gone: &[T]) {
    let mut rest = gone;
    there.retain(|item| {
        while let [first, others @ ..] = rest
            && first < item
        {
            rest = others;
        }
        rest.first() != Some(item)
    });
}

/// The newer of two versions, whichever comes first.
#[must_use]
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
