//! Classifies paths and spells them with tokens, so that a manifest is valid in another checkout, for another user and in
//! another environment of the same kind.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Folders of the kernel, which do not contain ordinary files.
const KERNEL: [&str; 3] = ["/dev", "/proc", "/sys"];

/// Names of folders in which distributions are installed.
const SITES: [&[u8]; 2] = [b"dist-packages", b"site-packages"];

/// The folders that tokens replace in paths and values.
#[derive(Clone, Debug, Default)]
pub struct KnownFolders {
    /// Root of the project.
    pub root: PathBuf,
    /// Prefix of the environment: `sys.prefix`.
    pub prefix: PathBuf,
    /// Prefix of the base interpreter: `sys.base_prefix`.
    pub base_prefix: PathBuf,
    /// Home folder of the user.
    pub home: Option<PathBuf>,
    /// Folders of the standard library, which count by the interpreter's version.
    pub standard: Vec<PathBuf>,
    /// Folders in which distributions are installed.
    pub sites: Vec<PathBuf>,
    /// Files and folders of ci-accel itself: the store, the tracer.
    pub own: Vec<PathBuf>,
}

/// The known folders, prepared for classifying many paths.
#[derive(Clone, Debug)]
pub struct PathTokens {
    folders: KnownFolders,
    /// Prefix, root and home in each spelling with their tokens, the longest first.
    tokens: Vec<(PathBuf, &'static str)>,
}

/// What a path belongs to, which decides how it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathOwner {
    /// ci-accel itself or the kernel: the path does not count.
    Ignored,
    /// The standard library, compared by the interpreter's version.
    Standard,
    /// This folder of distributions: compared by the owning distribution, or else by content.
    Site(PathBuf),
    /// The environment itself, compared by content with places as tokens.
    Environment,
    /// The project, compared by content.
    Project,
    /// Another place, compared by content.
    Outside,
}

impl PathTokens {
    /// Prepares the folders. Each counts under its real path as well, because a path may have either spelling.
    pub fn new(mut folders: KnownFolders) -> Self {
        for list in [&mut folders.standard, &mut folders.sites, &mut folders.own] {
            let real: Vec<PathBuf> = list.iter().filter_map(|path| real(path)).collect();
            list.extend(real);
            list.sort_unstable();
            list.dedup();
        }
        let mut tokens = vec![
            (folders.prefix.clone(), "{prefix}"),
            (folders.root.clone(), "{root}"),
        ];
        tokens.extend(folders.home.clone().map(|home| (home, "{home}")));
        let real = |(folder, token): &(PathBuf, &'static str)| Some((real(folder)?, *token));
        let real: Vec<_> = tokens.iter().filter_map(real).collect();
        tokens.extend(real);
        tokens.retain(|(folder, _)| folder.as_os_str().len() > 1);
        tokens.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.as_os_str().len()));
        tokens.dedup();
        Self { folders, tokens }
    }

    /// Returns the folders in which distributions are installed.
    pub fn sites(&self) -> &[PathBuf] {
        &self.folders.sites
    }

    /// Returns whether a path is a known folder or contains one. Such a path exists wherever the project is checked out.
    pub fn is_above(&self, path: &Path) -> bool {
        let tokens = self.tokens.iter().map(|(folder, _)| folder);
        let folders = [
            &self.folders.standard,
            &self.folders.sites,
            &self.folders.own,
        ];
        tokens
            .chain(folders.into_iter().flatten())
            .any(|place| place.starts_with(path))
    }

    /// Returns whether a folder is the prefix of the environment or of its base interpreter, in any spelling.
    pub fn is_prefix(&self, folder: &Path) -> bool {
        let prefixes = [&self.folders.prefix, &self.folders.base_prefix];
        let is_one = |prefix: &&PathBuf| folder == *prefix || real(folder) == real(prefix);
        prefixes.iter().any(is_one)
    }

    /// Returns whether a path belongs to ci-accel itself.
    pub fn is_own(&self, path: &Path) -> bool {
        self.folders.own.iter().any(|own| path.starts_with(own))
    }

    /// Returns the token of the deepest of prefix, root and home that contains a path, and the rest of the path.
    fn below<'a>(&self, path: &'a Path) -> Option<(&'static str, &'a Path)> {
        self.tokens
            .iter()
            .find_map(|(folder, token)| Some((*token, path.strip_prefix(folder).ok()?)))
    }

    /// Returns what a path belongs to.
    pub fn kind(&self, path: &Path) -> PathOwner {
        let is_below = |folders: &[PathBuf]| folders.iter().any(|folder| path.starts_with(folder));
        if is_below(&self.folders.own) || KERNEL.iter().any(|folder| path.starts_with(folder)) {
            return PathOwner::Ignored;
        }
        // The deepest folder decides: a folder of distributions often lies inside the standard library's.
        let deepest = |folders: &[PathBuf]| {
            let above = folders.iter().filter(|folder| path.starts_with(folder));
            above.max_by_key(|folder| folder.as_os_str().len()).cloned()
        };
        let (site, standard) = (
            deepest(&self.folders.sites),
            deepest(&self.folders.standard),
        );
        match (site, standard) {
            (Some(site), Some(standard)) if site.starts_with(&standard) => PathOwner::Site(site),
            (Some(site), None) => PathOwner::Site(site),
            // The distributions of another environment do not belong to this interpreter.
            (_, Some(_)) if path.iter().any(|name| SITES.contains(&name.as_bytes())) => {
                PathOwner::Outside
            }
            (_, Some(_)) => PathOwner::Standard,
            (None, None) => match self.below(path) {
                Some(("{prefix}", _)) => PathOwner::Environment,
                Some(("{root}", _)) => PathOwner::Project,
                _ => PathOwner::Outside,
            },
        }
    }

    /// Returns the path as spelled in a manifest: relative to the root, after `{prefix}` or `{home}`, or absolute.
    pub fn spell(&self, path: &Path) -> Vec<u8> {
        let Some((token, rest)) = self.below(path) else {
            return path.as_os_str().as_bytes().to_vec();
        };
        let rest = rest.as_os_str().as_bytes();
        let token = match (token, rest.first()) {
            ("{root}", None | Some(b'{')) => ".",
            ("{root}", Some(_)) => return rest.to_vec(),
            (token, _) => token,
        };
        let mut text = token.as_bytes().to_vec();
        if !rest.is_empty() {
            text.push(b'/');
            text.extend(rest);
        }
        text
    }

    /// Returns the path of a spelled path on this machine.
    pub fn find(&self, spelled: &[u8]) -> PathBuf {
        let home = self.folders.home.as_deref().unwrap_or(Path::new("/"));
        let prefix = self.folders.prefix.as_path();
        for (token, folder) in [(&b"{prefix}"[..], prefix), (b"{home}", home)] {
            match spelled.strip_prefix(token) {
                Some([]) => return folder.to_path_buf(),
                Some([b'/', rest @ ..]) => return folder.join(OsStr::from_bytes(rest)),
                _ => {}
            }
        }
        let inner = spelled.strip_prefix(b"./").unwrap_or(spelled);
        if inner == b"." {
            return self.folders.root.clone();
        }
        self.folders.root.join(OsStr::from_bytes(inner))
    }

    /// Returns a value or content with places replaced by tokens.
    pub fn tokens(&self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, behind)) = rest.split_first() {
            let found = self.tokens.iter().find_map(|(folder, token)| {
                let behind = rest.strip_prefix(folder.as_os_str().as_bytes())?;
                is_end_of_name(behind).then_some((behind, token))
            });
            if let Some((behind, token)) = found {
                text.extend(token.as_bytes());
                rest = behind;
            } else {
                // Escape text that looks like a token.
                text.extend((*first == b'{').then_some(b'{'));
                text.push(*first);
                rest = behind;
            }
        }
        text
    }
}

/// Returns whether a name ends here: `/srv/shop` occurs in `/srv/shop/x` but not in `/srv/shopping`.
fn is_end_of_name(behind: &[u8]) -> bool {
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    !behind.first().is_some_and(goes_on)
}

fn real(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    fn places() -> PathTokens {
        PathTokens::new(KnownFolders {
            root: "/srv/shop".into(),
            prefix: "/srv/shop/.nox/tests".into(),
            base_prefix: "/usr".into(),
            home: Some("/home/ann".into()),
            standard: vec!["/usr/lib/python3.11".into()],
            sites: vec![
                "/srv/shop/.nox/tests/lib/python3.11/site-packages".into(),
                "/usr/lib/python3.11/site-packages".into(),
            ],
            own: vec!["/srv/shop/build/ci-accel".into()],
        })
    }

    #[test]
    fn the_deepest_folder_decides() {
        let site = |path: &str| PathOwner::Site(path.into());
        for (path, kind) in [
            ("/usr/lib/python3.11/json/__init__.py", PathOwner::Standard),
            (
                "/usr/lib/python3.11/site-packages/six.py",
                site("/usr/lib/python3.11/site-packages"),
            ),
            (
                "/srv/shop/.nox/tests/lib/python3.11/site-packages/x.py",
                site("/srv/shop/.nox/tests/lib/python3.11/site-packages"),
            ),
            (
                "/usr/lib/python3.11/dist-packages/apt.py",
                PathOwner::Outside,
            ),
            ("/srv/shop/.nox/tests/bin/alembic", PathOwner::Environment),
            ("/srv/shop/src/app.py", PathOwner::Project),
            ("/srv/shop/build/ci-accel/x", PathOwner::Ignored),
            ("/proc/self/maps", PathOwner::Ignored),
            ("/etc/localtime", PathOwner::Outside),
        ] {
            assert_eq!(places().kind(Path::new(path)), kind, "{path}");
        }
    }

    #[test]
    fn a_value_is_the_same_wherever_the_folders_are() {
        let text = b"sqlite:////srv/shop/a.db:/srv/shopping:/srv/shop/.nox/tests/bin:/home/ann";
        let expected = b"sqlite:///{root}/a.db:/srv/shopping:{prefix}/bin:{home}";
        assert_eq!(places().tokens(text), expected.to_vec());
    }

    proptest! {
        #[test]
        fn what_is_spelled_is_found(path in "(/srv/shop|/srv/shop/.nox/tests|/home/ann|/etc)(/[a{}.b]{1,3}){0,3}") {
            let path = PathBuf::from(path);
            prop_assume!(!path.components().any(|part| part == Component::ParentDir));
            prop_assert_eq!(places().find(&places().spell(&path)), path);
        }
    }
}
