//! Paths and globs as the user writes them. `?` and `[...]` match one byte of a name, which is one letter only in ASCII.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

use crate::engine::foundation::error::{Error, Result};

/// Returns `path`, which is relative to `root` or absolute below it, as a relative path without `.` and `..`.
///
/// # Errors
/// `Error::Argument` if it lies outside the root.
pub fn relative_to(root: &Path, path: &Path) -> Result<PathBuf> {
    let outside = || {
        let (path, root) = (path.display(), root.display());
        Error::Argument(format!(
            "{path} lies outside the root {root}; choose a root that contains all inputs"
        ))
    };
    let mut parts: Vec<&OsStr> = Vec::new();
    let rest = if path.is_absolute() {
        path.strip_prefix(root).map_err(|_| outside())?
    } else {
        path
    };
    for component in rest.components() {
        match component {
            Component::Normal(name) => parts.push(name),
            Component::ParentDir => drop(parts.pop().ok_or_else(outside)?),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Ok(parts.iter().collect())
}

/// Patterns for complete relative paths. A literal path, and a folder that a glob matches, cover everything below them.
pub struct Matcher {
    literals: Vec<PathBuf>,
    globs: GlobSet,
}

impl Matcher {
    /// Builds a matcher of `patterns`, which may be globs, and of literal `paths`.
    ///
    /// # Errors
    /// `Error::Argument` for an invalid glob or a pattern outside the root.
    pub fn new(root: &Path, patterns: &[PathBuf], paths: &[PathBuf]) -> Result<Self> {
        let mut literals = paths.to_vec();
        let mut globs = GlobSetBuilder::new();
        for pattern in patterns {
            let relative = relative_to(root, pattern)?;
            match compile(&relative) {
                Ok(glob) if is_glob(&relative) => drop(globs.add(glob)),
                Err(error) if is_glob(&relative) && !exists(root, &relative) => return Err(error),
                _ => {}
            }
            literals.push(relative);
        }
        Ok(Self {
            literals,
            globs: globs
                .build()
                .map_err(|error| Error::Argument(error.to_string()))?,
        })
    }

    pub(super) fn matches(&self, relative: &Path) -> bool {
        self.literals.iter().any(|literal| literal == relative) || self.globs.is_match(relative)
    }

    /// Returns whether the path, or a folder that contains it, matches.
    pub fn covers(&self, relative: &Path) -> bool {
        relative.ancestors().any(|folder| self.matches(folder))
    }
}

/// Returns whether a file, folder or link of exactly this name exists.
pub(super) fn exists(root: &Path, relative: &Path) -> bool {
    root.join(relative).symlink_metadata().is_ok()
}

pub(super) fn is_glob(path: &Path) -> bool {
    path.as_os_str()
        .as_bytes()
        .iter()
        .any(|byte| b"*?[{".contains(byte))
}

/// A glob for paths relative to the folder in which the search starts.
pub(super) struct Glob {
    whole: GlobMatcher,
    /// Patterns that folders at depth 1, 2, ... must match for anything below them to match.
    folders: Vec<GlobMatcher>,
    /// Whether the search continues below those folders, to any depth.
    is_deep: bool,
}

impl Glob {
    pub(super) fn new(pattern: &Path) -> Result<Self> {
        let whole = compile(pattern)?.compile_matcher();
        let parts: Vec<&OsStr> = pattern.iter().collect();
        let is_single = |part: &OsStr| {
            let bytes = part.as_bytes();
            // Patterns are short, so a faster count would gain nothing.
            #[allow(clippy::naive_bytecount)]
            let count = |wanted: u8| bytes.iter().filter(|byte| **byte == wanted).count();
            // Braces may contain a `/`; then the part between two slashes is not a pattern of its own.
            !bytes.windows(2).any(|pair| pair == b"**") && count(b'{') == count(b'}')
        };
        let singles = parts.iter().take_while(|part| is_single(part)).count();
        let mut folders = Vec::new();
        for end in 1..=singles.min(parts.len().saturating_sub(1)) {
            let folder: PathBuf = parts.iter().take(end).collect();
            folders.push(compile(&folder)?.compile_matcher());
        }
        Ok(Self {
            whole,
            folders,
            is_deep: singles < parts.len(),
        })
    }

    pub(super) fn matches(&self, inner: &Path) -> bool {
        self.whole.is_match(inner)
    }

    /// Returns whether anything below this folder can match, so that `*.py` does not read all of `.git`.
    pub(super) fn leads_into(&self, inner: &Path, depth: usize) -> bool {
        match self.folders.get(depth.saturating_sub(1)) {
            Some(folder) => folder.is_match(inner),
            None => self.is_deep,
        }
    }
}

fn compile(pattern: &Path) -> Result<globset::Glob> {
    let text = pattern.to_str().ok_or_else(|| {
        Error::Argument(format!(
            "{}: a glob must be valid UTF-8; name the path itself",
            pattern.display()
        ))
    })?;
    let glob = GlobBuilder::new(text)
        .literal_separator(true)
        .backslash_escape(false)
        .build();
    glob.map_err(|error| Error::Argument(format!("{text}: not a valid glob: {}", error.kind())))
}
