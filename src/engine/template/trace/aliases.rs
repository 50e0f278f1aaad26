//! Tracks files that a builder renamed or linked without having created them.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Largest number of renames that are followed for one file.
const MOST: usize = 40;

/// The original name of each new name.
#[derive(Default)]
pub(super) struct Aliases(BTreeMap<PathBuf, PathBuf>);

impl Aliases {
    /// Records a new name.
    pub(super) fn insert(&mut self, new: PathBuf, old: PathBuf) {
        self.0.insert(new, old);
    }

    /// Returns the original name of a path.
    pub(super) fn original(&self, mut path: PathBuf) -> PathBuf {
        for _ in 0..MOST {
            let older = path.ancestors().find_map(|part| {
                let old = self.0.get(part)?;
                let rest = path.strip_prefix(part).ok()?;
                let is_itself = rest.as_os_str().is_empty();
                Some(if is_itself {
                    old.clone()
                } else {
                    old.join(rest)
                })
            });
            match older {
                Some(older) => path = older,
                None => break,
            }
        }
        path
    }
}
