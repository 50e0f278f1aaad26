//! The surroundings of a traced builder, as they are now: where it would run, with which variables, and what stands in
//! the folders and files that it would look at.

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

/// Version 2. Count of the files; of each its name, then 1 and its content with the places spelled as tokens, or for a
/// file that is longer than a configuration 0, 1 and the digest of its content, or for one that cannot be read 0, 0.
pub const CONFIGURATION_CONTEXT: &str = "ci_accel 2026-11 configuration v2";

/// The longest file whose content is compared with the places spelled as tokens.
const MOST_CONFIGURATION: u64 = 1 << 20;

/// What stands for all path configuration files of a folder.
pub const PATH_CONFIGURATION: &str = "*.pth";

/// What tools leave in folders that others list. docs/tracing.md lists them.
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

/// Where and with which environment a builder would run now.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The folders that paths are told relative to.
    pub places: PathTokens,
    /// The builder's environment.
    pub variables: Variables,
    /// Names, and beginnings with `*`, of variables that do not count.
    pub exclude_env: Vec<String>,
    /// Programs that the builder may run: the user answers for what they read.
    pub programs: Vec<String>,
}

impl Surroundings {
    /// The folders that modules of distributions are found in: one `site` each, sorted.
    pub fn searched(&self) -> impl Iterator<Item = NamedText> {
        let sites = self.places.sites().iter();
        let spelled: BTreeSet<Vec<u8>> = sites.map(|site| self.places.spell(site)).collect();
        spelled.into_iter().map(|site| NamedText::new("site", site))
    }

    /// What the interpreter goes by before a builder does: in each folder of distributions their names, and its path
    /// configuration files.
    #[must_use]
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

    /// A file of the environment as it is now.
    #[must_use]
    pub fn configured(&self, path: PathText) -> TracedInput {
        let digest = self.configuration(&path.0);
        TracedInput::Configuration { path, digest }
    }

    /// Digest of a file of the environment, or of all path configuration files of a folder. `None` where there is no
    /// such file or folder.
    #[must_use]
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

    /// The content of a configuration file with the places spelled as tokens. `None` where it is too long for one, or
    /// cannot be read.
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

    /// A link's text.
    #[must_use]
    pub fn target(&self, path: &Path) -> Option<PathText> {
        let text = fs::read_link(path).ok()?;
        Some(PathText(self.places.tokens(text.as_os_str().as_bytes())))
    }

    /// The names in a folder that count, less what the builder made, with what each is; nothing where it is no folder.
    #[must_use]
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

    /// Whether a name in a folder counts where the folder is listed.
    #[must_use]
    pub fn counts(&self, folder: &Path, name: &PathText) -> bool {
        let path = folder.join(OsStr::from_bytes(&name.0));
        !is_left_behind(&name.0) && !self.places.is_own(&path)
    }
}

/// The distributions' folders in a folder.
#[must_use]
pub fn installed(site: &Path) -> BTreeSet<PathText> {
    metadata_names(site).into_iter().map(PathText).collect()
}

/// Digest of a file's whole content; `None` where it cannot be read.
fn whole(file: &Path) -> Option<Digest> {
    let (_, digest, _) = hash(file, &mut Vec::new(), &mut || Ok(())).ok()?;
    Some(digest)
}

/// Length, digest and state of a file that may be reached through links.
///
/// # Errors
/// Those of `hash_file`.
pub fn hash(
    path: &Path,
    buffer: &mut Vec<u8>,
    check: &mut dyn FnMut() -> Result<()>,
) -> Result<(u64, Digest, Stat)> {
    match hash_file(Place::at(path), buffer, check) {
        // The last component is a link; what it leads to is what was read.
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
