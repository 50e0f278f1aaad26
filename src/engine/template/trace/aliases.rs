//! Names that a builder gave to what it did not make, by a link or by moving it.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Names that one thing is followed through.
const MOST: usize = 40;

/// New names with the old ones.
#[derive(Default)]
pub(super) struct Aliases(BTreeMap<PathBuf, PathBuf>);

impl Aliases {
    /// Notes a new name.
    pub(super) fn insert(&mut self, new: PathBuf, old: PathBuf) {
        self.0.insert(new, old);
    }

    /// What a path was called before.
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
