//! The surroundings of a traced builder now: its folders, its variables, and the current content of what it looked at.

pub mod places;
pub mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use self::places::PathTokens;
use self::variables::Variables;
use crate::engine::cpython::distributions::metadata_names;
use crate::engine::files::regular_file::{Place, Stat, hash_file, open_regular};
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::foundation::error::Result;
use crate::engine::template::inputs::NamedText;
use crate::engine::template::state::State;
use crate::engine::template::traced_input::{PathText, TracedInput};

/// Context of configuration files, version 2. Fields: the count of files; for each its name, then 1 and its content with
/// places as tokens, or 0, 1 and the digest of a file that is too long, or 0, 0 for a file that cannot be read.
pub const CONFIGURATION_CONTEXT: &str = "ci_accel 2026-11 configuration v2";

/// Longest configuration file whose places are replaced by tokens, in bytes.
const MOST_CONFIGURATION: u64 = 1 << 20;

/// Name that represents all path configuration files of a folder.
pub const PATH_CONFIGURATION: &str = "*.pth";

/// Patterns of files that tools leave in listed folders. docs/tracing.md lists them.
const LEFT_BEHIND: [&str; 24] = [
    "*.log",
    "*.pyc",
    "*.swp",
    "*~",
    ".DS_Store",
    ".coverage*",
    ".direnv",
    ".git",
    ".hg",
    ".hypothesis",
    ".idea",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".slipcover*",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "coverage.*",
    "nohup.out",
    "node_modules",
    "venv",
];

/// Folders and environment of a builder now.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Folders that are replaced by tokens in paths and values.
    pub places: PathTokens,
    /// Environment of the builder.
    pub variables: Variables,
    /// Names of variables that do not count; a trailing `*` matches any rest.
    pub exclude_env: Vec<String>,
    /// Programs that need no trace, as declared by the user.
    pub programs: Vec<String>,
}

impl Surroundings {
    /// Returns the folders of installed distributions, one `site` each, sorted.
    pub fn searched(&self) -> impl Iterator<Item = NamedText> {
        let sites = self.places.sites().iter();
        let spelled: BTreeSet<Vec<u8>> = sites.map(|site| self.places.spell(site)).collect();
        spelled.into_iter().map(|site| NamedText::new("site", site))
    }

    /// Returns what the interpreter reads at start-up: for each folder of distributions their names and the path
    /// configuration files.
    pub fn installation(&self) -> Vec<TracedInput> {
        let sites = self.places.sites().iter().filter(|site| site.is_dir());
        sites
            .flat_map(|site| {
                let path = PathText(self.places.spell(site));
                let names = installed(site);
                let configurations = self.places.spell(&site.join(PATH_CONFIGURATION));
                [
                    TracedInput::Installed { path, names },
                    self.configured(PathText(configurations)),
                ]
            })
            .collect()
    }

    /// Returns a configuration file of the environment as an input.
    pub fn configured(&self, path: PathText) -> TracedInput {
        let digest = self.configuration(&path.0);
        TracedInput::Configuration { path, digest }
    }

    /// Returns the digest of a configuration file, or of all path configuration files of a folder; `None` if the file or
    /// folder is missing.
    pub fn configuration(&self, spelled: &[u8]) -> Option<Digest> {
        let path = self.places.find(spelled);
        let files = if path.file_name() == Some(OsStr::new(PATH_CONFIGURATION)) {
            let entries = fs::read_dir(path.parent()?).ok()?.flatten();
            let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            files.retain(|file| file.extension() == Some(OsStr::new("pth")));
            files.sort_unstable();
            files
        } else {
            path.metadata().ok()?;
            vec![path]
        };
        let mut framed = Framed::new(CONFIGURATION_CONTEXT);
        framed.number(files.len() as u64);
        for file in files {
            framed.field(file.file_name().unwrap_or_default().as_bytes());
            match self.tokenized(&file) {
                Some(content) => framed.number(1).field(&content),
                None => framed.number(0).optional(whole(&file).as_ref()),
            };
        }
        Some(framed.finish())
    }

    /// Returns the content of a configuration file with places as tokens; `None` if it is too long or cannot be read.
    fn tokenized(&self, file: &Path) -> Option<Vec<u8>> {
        let (open, stat) = open_regular(Place::at(&file.canonicalize().ok()?)).ok()?;
        let mut content = Vec::new();
        if stat.size() > MOST_CONFIGURATION {
            return None;
        }
        open.take(MOST_CONFIGURATION + 1)
            .read_to_end(&mut content)
            .ok()?;
        (content.len() as u64 <= MOST_CONFIGURATION).then(|| self.places.tokens(&content))
    }

    /// Returns the text of a link with places as tokens.
    pub fn target(&self, path: &Path) -> Option<PathText> {
        let text = fs::read_link(path).ok()?;
        Some(PathText(self.places.tokens(text.as_os_str().as_bytes())))
    }

    /// Returns the names in a folder that count, with their states, except those that the builder made; `None` if it is not
    /// a folder.
    pub fn listed(
        &self,
        folder: &Path,
        made: &BTreeSet<PathText>,
    ) -> Option<BTreeMap<PathText, State>> {
        let entries = fs::read_dir(folder).ok()?.flatten();
        let counted = entries
            .map(|entry| (PathText(entry.file_name().as_bytes().to_vec()), entry))
            .filter(|(name, _)| self.counts(folder, name) && !made.contains(name));
        Some(
            counted
                .map(|(name, entry)| (name, State::of_entry(&entry)))
                .collect(),
        )
    }

    /// Returns whether a name counts in the listing of a folder.
    pub fn counts(&self, folder: &Path, name: &PathText) -> bool {
        let path = folder.join(OsStr::from_bytes(&name.0));
        !is_left_behind(&name.0) && !self.places.is_own(&path)
    }
}

/// Returns the names of the distributions' folders in a folder.
pub fn installed(site: &Path) -> BTreeSet<PathText> {
    metadata_names(site).into_iter().map(PathText).collect()
}

/// Returns the digest of a file's content; `None` if it cannot be read.
fn whole(file: &Path) -> Option<Digest> {
    let (_, digest, _) = hash(file, &mut Vec::new(), &mut || Ok(())).ok()?;
    Some(digest)
}

/// Returns length, digest and state of a file, following links.
pub fn hash(
    path: &Path,
    buffer: &mut Vec<u8>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<(u64, Digest, Stat)> {
    match hash_file(Place::at(path), buffer, check) {
        // The last component is a link; its target was read.
        Err(error) if path.is_symlink() => match path.canonicalize() {
            Ok(real) => hash_file(Place::at(&real), buffer, check),
            Err(_) => Err(error),
        },
        other => other,
    }
}

fn is_left_behind(name: &[u8]) -> bool {
    LEFT_BEHIND.iter().any(|pattern| {
        let pattern = pattern.as_bytes();
        match (pattern.strip_prefix(b"*"), pattern.strip_suffix(b"*")) {
            (Some(ending), _) => name.ends_with(ending),
            (_, Some(beginning)) => name.starts_with(beginning),
            _ => name == pattern,
        }
    })
}
