//! Predicts what `CPython` imports under a name from a folder, as `FileFinder.find_spec` of importlib does.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Common suffix of extension modules (`.cpython-311-x86_64-linux-gnu.so`, `.abi3.so`, `.so`).
const EXTENSION: &[u8] = b".so";

/// The names in a folder, read once and used for many modules.
pub struct Folder<'a> {
    path: &'a Path,
    /// For each module name the suffixes of its files, from the first dot on; `None` for a folder.
    names: BTreeMap<Vec<u8>, Vec<Option<Vec<u8>>>>,
}

impl<'a> Folder<'a> {
    /// Reads the names in a folder. A missing folder has no names.
    pub fn read(path: &'a Path) -> Self {
        let mut names: BTreeMap<Vec<u8>, Vec<Option<Vec<u8>>>> = BTreeMap::new();
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let bytes = name.as_bytes();
            let is_folder = entry
                .file_type()
                .is_ok_and(|kind| kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()));
            if is_folder {
                names.entry(bytes.to_vec()).or_default().push(None);
            } else if entry.file_type().is_ok_and(|kind| kind.is_symlink())
                && !entry.path().is_file()
            {
                // A dangling link is not imported.
            } else if let Some(dot) = bytes.iter().position(|byte| *byte == b'.') {
                let (stem, ending) = bytes.split_at(dot);
                let ending = Some(ending.to_vec());
                names.entry(stem.to_vec()).or_default().push(ending);
            }
        }
        Self { path, names }
    }

    /// Returns what is imported as `name`: `name/__init__.py`, `name.py`, `name/` (a namespace portion), or an empty string.
    pub fn import(&self, name: &str) -> String {
        let Some(endings) = self.names.get(name.as_bytes()) else {
            return String::new();
        };
        if endings.contains(&None) {
            let inner = self.path.join(OsStr::from_bytes(name.as_bytes()));
            let package = Folder::read(&inner);
            let init = package.names.get(&b"__init__"[..]);
            if let Some(ending) = init.and_then(|endings| first(endings)) {
                return format!("{name}/__init__{ending}");
            }
        }
        match first(endings) {
            Some(ending) => format!("{name}{ending}"),
            None if endings.contains(&None) => format!("{name}/"),
            None => String::new(),
        }
    }
}

/// Returns the suffix that wins: extension modules before sources before bytecode without a source.
fn first(endings: &[Option<Vec<u8>>]) -> Option<String> {
    let mut found: Vec<(u8, &[u8])> = endings
        .iter()
        .flatten()
        .filter_map(|ending| {
            let rank = match ending.as_slice() {
                b".py" => 1,
                b".pyc" => 2,
                extension if extension.ends_with(EXTENSION) => 0,
                _ => return None,
            };
            Some((rank, ending.as_slice()))
        })
        .collect();
    found.sort_unstable();
    let (_, ending) = found.first()?;
    Some(String::from_utf8_lossy(ending).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_precedes_a_module_and_a_module_precedes_a_namespace() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        let import = |name: &str| Folder::read(folder.path()).import(name);
        assert_eq!(import("shop"), "");
        write("shop/data.txt");
        assert_eq!(import("shop"), "shop/");
        write("shop.txt");
        assert_eq!(import("shop"), "shop/");
        write("shop.py");
        assert_eq!(import("shop"), "shop.py");
        write("shop.cpython-311-x86_64-linux-gnu.so");
        assert_eq!(import("shop"), "shop.cpython-311-x86_64-linux-gnu.so");
        write("shop/__init__.py");
        assert_eq!(import("shop"), "shop/__init__.py");
        assert_eq!(Folder::read(Path::new("/nowhere")).import("shop"), "");
    }
}
