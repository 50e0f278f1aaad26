//! Differences between two fingerprints or two sets of named values, in words.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::files::path::escaped;
use super::foundation::digest::Digest;

/// Returns a line for each file changed, renamed, removed or added between `older` and `newer`.
pub fn file_changes(
    older: &BTreeMap<&[u8], &Digest>,
    newer: &BTreeMap<&[u8], &Digest>,
) -> Vec<String> {
    let mut words = Vec::new();
    let mut added: BTreeSet<&[u8]> = newer
        .keys()
        .filter(|path| !older.contains_key(*path))
        .copied()
        .collect();
    let mut by_content: HashMap<&Digest, Vec<&[u8]>> = HashMap::new();
    for path in added.iter().rev() {
        if let Some(digest) = newer.get(path) {
            by_content.entry(digest).or_default().push(path);
        }
    }
    let mut gone = Vec::new();
    for (path, digest) in older {
        match newer.get(path) {
            Some(now) if now == digest => {}
            Some(_) => words.push(format!("{} changed", escaped(path))),
            None => match by_content.get_mut(digest).and_then(Vec::pop) {
                Some(to) => {
                    added.remove(to);
                    gone.push(format!("{} renamed to {}", escaped(path), escaped(to)));
                }
                None => gone.push(format!("{} removed", escaped(path))),
            },
        }
    }
    words.extend(gone);
    words.extend(added.iter().map(|path| format!("{} added", escaped(path))));
    words
}

/// Returns a line for each named value changed, removed or added between `older` and `newer`.
pub fn value_changes(
    older: &BTreeMap<String, String>,
    newer: &BTreeMap<String, String>,
) -> Vec<String> {
    let names: BTreeSet<&String> = older.keys().chain(newer.keys()).collect();
    let mut words = Vec::new();
    for name in names {
        match (older.get(name), newer.get(name)) {
            (Some(before), Some(now)) if before == now => {}
            (Some(before), Some(now)) => words.push(format!("{name} {before} -> {now}")),
            (Some(before), None) => words.push(format!("{name} {before} removed")),
            (None, Some(now)) => words.push(format!("{name} {now} added")),
            (None, None) => {}
        }
    }
    words
}

/// Describes what changed between two sets of named lists: as `value_changes` where a name has one item in both, else
/// each item that was added or removed.
pub fn list_changes(
    older: &BTreeMap<String, Vec<String>>,
    newer: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    let names: BTreeSet<&String> = older.keys().chain(newer.keys()).collect();
    let items = |lists: &BTreeMap<String, Vec<String>>, name: &String| {
        lists.get(name).cloned().unwrap_or_default()
    };
    let mut words = Vec::new();
    for name in names {
        let (before, now) = (items(older, name), items(newer, name));
        if let ([before], [now]) = (&before[..], &now[..]) {
            if before != now {
                words.push(format!("{name} {before} -> {now}"));
            }
            continue;
        }
        let gone = before.iter().filter(|item| !now.contains(item));
        words.extend(gone.map(|item| format!("{name} {item} removed")));
        let added = now.iter().filter(|item| !before.contains(item));
        words.extend(added.map(|item| format!("{name} {item} added")));
    }
    words
}
