//! Path arithmetic and display.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Returns the folder that contains a path; the current folder for a bare name.
pub fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Returns `path` with `ending` appended to its name.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut text = OsString::from(path);
    text.push(ending);
    PathBuf::from(text)
}

/// Returns a path for display, with control characters and invalid UTF-8 escaped.
pub fn escaped(path: &[u8]) -> String {
    let mut text = String::new();
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

/// Returns the path without `..`, and the folders that `..` leaves. If one of those folders is a link, `..` leads
/// elsewhere, and the path is returned unchanged.
pub fn without_dots(path: &Path) -> (PathBuf, Vec<PathBuf>) {
    if !path.components().any(|part| part == Component::ParentDir) {
        return (path.to_path_buf(), Vec::new());
    }
    let mut plain = PathBuf::new();
    let mut dropped = Vec::new();
    for part in path.components() {
        if part == Component::ParentDir {
            dropped.push(plain.clone());
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    if dropped.iter().any(|folder| folder.is_symlink()) {
        return (path.to_path_buf(), Vec::new());
    }
    (plain, dropped)
}
