//! Selects the files that inputs name: paths, folders and globs below a root. docs/cache-keys.md has the rules. An
//! input is never skipped silently.

use std::collections::{HashSet, VecDeque};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::pattern::{Glob, Matcher, exists, is_glob, relative_to};
use super::regular_file::not_regular;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Number of links in a row after which a path is a loop, as on Linux.
const MOST_LINKS: usize = 40;

/// Number of folders held open at a time, because the process may have few file handles left.
const MOST_OPEN: usize = 4;

/// A selected file or symbolic link. Orders by the raw bytes of its path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// Path relative to the root, with `/`, without `.` and `..`.
    pub path: Vec<u8>,
    /// Whether it is a link. A link counts by its text; its target is selected as well.
    pub is_link: bool,
}

/// The files to select: `inputs` without `exclude`, below `root`.
pub struct Selection<'a> {
    /// Root with all links resolved.
    pub root: &'a Path,
    /// Paths and globs, each of which must match.
    pub inputs: &'a [PathBuf],
    /// Paths and globs to leave out; they need not match.
    pub exclude: &'a [PathBuf],
    /// Literal paths to leave out: files that the caller writes itself.
    pub own: &'a [PathBuf],
}

/// Returns the root with all links resolved.
///
/// # Errors
/// `Error::Io` if it does not exist, `Error::Argument` if it is not a folder.
pub fn resolve_root(root: &Path) -> Result<PathBuf> {
    let resolved = root.canonicalize().at(root)?;
    if !resolved.metadata().at(root)?.is_dir() {
        return Err(Error::Argument(format!(
            "{}: root is not a folder",
            root.display()
        )));
    }
    Ok(resolved)
}

/// Returns the selected files and links, sorted by raw bytes, without duplicates.
///
/// # Errors
/// `Error::Argument` for an input that matches nothing, lies outside the root or is not a file, folder or link, and for
/// a link to a missing target or a target outside the root; `Error::Io` for a file or folder that cannot be read.
pub fn select(selection: &Selection<'_>, interrupt: &Interrupt<'_>) -> Result<Vec<Found>> {
    let mut walk = Walk {
        root: selection.root,
        exclude: Matcher::new(selection.root, selection.exclude, selection.own)?,
        found: Vec::new(),
        has_match: false,
        linked: VecDeque::new(),
        interrupt,
    };
    for input in selection.inputs {
        walk.has_match = false;
        walk.declared(input)?;
        if !walk.has_match {
            let (input, root) = (input.display(), selection.root.display());
            return Err(Error::Argument(format!(
                "no file matches the input {input} under {root}"
            )));
        }
    }
    let mut visited = HashSet::new();
    while let Some(link) = walk.linked.pop_front() {
        if visited.insert(link.clone()) {
            walk.follow(&link)?;
        }
    }
    let mut found = walk.found;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Returns whether the name is that of bytecode. Bytecode is derived from the sources, so it is skipped.
fn is_bytecode(name: &OsStr, is_dir: bool) -> bool {
    if is_dir {
        name == "__pycache__"
    } else {
        name.as_bytes().ends_with(b".pyc")
    }
}

struct Walk<'a> {
    root: &'a Path,
    exclude: Matcher,
    found: Vec<Found>,
    /// Whether the current input has matched a file; links on the way to it are not matches.
    has_match: bool,
    /// Links whose targets are still to be selected.
    linked: VecDeque<PathBuf>,
    interrupt: &'a Interrupt<'a>,
}

impl Walk<'_> {
    fn declared(&mut self, input: &Path) -> Result<()> {
        let relative = relative_to(self.root, input)?;
        let is_named = exists(self.root, &relative);
        if (!is_glob(&relative) || is_named) && !self.exclude.covers(&relative) {
            self.literal(&relative)?;
        }
        if !is_glob(&relative) {
            return Ok(());
        }
        let is_plain = |component: &Component<'_>| !is_glob(Path::new(component.as_os_str()));
        let prefix: PathBuf = relative.components().take_while(is_plain).collect();
        let pattern: PathBuf = relative.components().skip_while(is_plain).collect();
        let glob = match Glob::new(&pattern) {
            // A file's name may look like an invalid glob.
            Err(_) if is_named => return Ok(()),
            other => other?,
        };
        if self.exclude.covers(&prefix) {
            return Ok(());
        }
        match self.resolve(&prefix)? {
            Some(start) => self.below(&start, Some(&glob)),
            None => Ok(()),
        }
    }

    fn literal(&mut self, relative: &Path) -> Result<()> {
        match self.resolve(relative)? {
            Some(start) => self.below(&start, None)?,
            None => return Ok(()),
        }
        // An input that names a link selects the link itself as well.
        self.has_match |= self.root.join(relative).is_symlink();
        Ok(())
    }

    fn follow(&mut self, link: &Path) -> Result<()> {
        match self.resolve(link)? {
            Some(start) => self.below(&start, None),
            None => Err(leads_nowhere(link)),
        }
    }

    /// Resolves `relative` as the kernel does and selects each link on the way. Returns the path without links, or
    /// `None` if it does not exist.
    fn resolve(&mut self, relative: &Path) -> Result<Option<PathBuf>> {
        let mut ahead: VecDeque<PathBuf> = relative
            .components()
            .map(|part| PathBuf::from(part.as_os_str()))
            .collect();
        let mut reached = PathBuf::new();
        let mut links = 0;
        while let Some(part) = ahead.pop_front() {
            if part == Path::new("..") {
                if !reached.pop() {
                    return Err(self.leads_out(relative));
                }
                continue;
            }
            let next = reached.join(&part);
            let path = self.root.join(&next);
            let metadata = match path.symlink_metadata() {
                Err(error) if is_absent(&error) && links == 0 => return Ok(None),
                Err(error) if is_absent(&error) => return Err(leads_nowhere(relative)),
                other => other.at(&path)?,
            };
            if !metadata.is_symlink() {
                reached = next;
                continue;
            }
            links += 1;
            if links > MOST_LINKS {
                return Err(Error::Argument(format!(
                    "{}: too many levels of symbolic links",
                    relative.display()
                )));
            }
            if !self.exclude.covers(&next) {
                self.found.push(Found {
                    path: next.as_os_str().as_bytes().to_vec(),
                    is_link: true,
                });
            }
            let mut text = path.read_link().at(&path)?;
            if text.is_absolute() {
                reached = PathBuf::new();
                text = match text.strip_prefix(self.root) {
                    Ok(below) => below.to_path_buf(),
                    // The link may spell the root differently.
                    Err(_) => match text.canonicalize() {
                        Ok(end) => end
                            .strip_prefix(self.root)
                            .map_err(|_| self.leads_out(&next))?
                            .to_path_buf(),
                        Err(_) => return Err(self.leads_out(&next)),
                    },
                };
            }
            let parts = text.components().filter(|part| *part != Component::CurDir);
            let parts: Vec<PathBuf> = parts.map(|part| PathBuf::from(part.as_os_str())).collect();
            for part in parts.into_iter().rev() {
                ahead.push_front(part);
            }
        }
        Ok(Some(reached))
    }

    fn leads_out(&self, link: &Path) -> Error {
        let (link, root) = (link.display(), self.root.display());
        Error::Argument(format!(
            "{link}: a link to a target outside the root {root}; copy the target into the root or exclude the link"
        ))
    }

    /// Selects `start` and everything below it; with `glob` only what matches it, relative to `start`, and everything
    /// below a matching folder.
    fn below(&mut self, start: &Path, glob: Option<&Glob>) -> Result<()> {
        if self.exclude.covers(start) {
            return Ok(());
        }
        let top = self.root.join(start);
        let skip = top.as_os_str().len();
        let mut all_below = glob.is_none().then_some(0);
        let mut entries = WalkDir::new(&top)
            .max_open(MOST_OPEN)
            .follow_links(false)
            .into_iter();
        while let Some(entry) = entries.next() {
            self.interrupt.check()?;
            let entry = entry.map_err(|error| walk_error(&top, error))?;
            let (depth, kind) = (entry.depth(), entry.file_type());
            let bytes = entry.path().as_os_str().as_bytes();
            let inner = bytes.get(skip..).unwrap_or_default();
            let inner = Path::new(OsStr::from_bytes(inner.strip_prefix(b"/").unwrap_or(inner)));
            if depth == 0 && kind.is_dir() && start.iter().any(|name| is_bytecode(name, true)) {
                return Ok(());
            }
            // An input that names a bytecode file itself selects it.
            if depth > 0 && is_bytecode(entry.file_name(), kind.is_dir()) {
                if kind.is_dir() {
                    entries.skip_current_dir();
                }
                continue;
            }
            let relative = if depth == 0 {
                start.to_path_buf()
            } else {
                start.join(inner)
            };
            if depth > 0 && self.exclude.matches(&relative) {
                if kind.is_dir() {
                    entries.skip_current_dir();
                }
                continue;
            }
            if all_below.is_some_and(|folder| depth <= folder && glob.is_some()) {
                all_below = None;
            }
            if let (None, Some(glob)) = (all_below, glob) {
                if depth == 0 || !glob.matches(inner) {
                    if kind.is_dir() && depth > 0 && !glob.leads_into(inner, depth) {
                        entries.skip_current_dir();
                    }
                    continue;
                }
                all_below = kind.is_dir().then_some(depth);
            }
            if kind.is_dir() {
                continue;
            }
            if kind.is_symlink() {
                self.linked.push_back(relative.clone());
            } else if !kind.is_file() {
                return Err(not_regular(entry.path()));
            }
            self.has_match = true;
            self.found.push(Found {
                path: relative.as_os_str().as_bytes().to_vec(),
                is_link: kind.is_symlink(),
            });
        }
        Ok(())
    }
}

fn leads_nowhere(link: &Path) -> Error {
    let link = link.display();
    Error::Argument(format!(
        "{link}: a link to a missing target; repair it, remove it or exclude it"
    ))
}

/// Returns whether the error means that nothing exists at the path.
fn is_absent(error: &std::io::Error) -> bool {
    let kinds = [
        ErrorKind::NotFound,
        ErrorKind::NotADirectory,
        ErrorKind::InvalidFilename,
        ErrorKind::InvalidInput,
    ];
    kinds.contains(&error.kind())
}

fn walk_error(top: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(top).to_path_buf();
    // Links are not followed, so walkdir reports no loop; every other error comes from the operating system.
    let source = error
        .into_io_error()
        .unwrap_or_else(|| std::io::Error::from(ErrorKind::Other));
    Error::Io { path, source }
}
