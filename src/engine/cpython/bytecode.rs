//! Bytecode files: which source they belong to, and whether their header proves it. Sources: PEP 3147, PEP 552.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::engine::files::regular_file::Stat;

/// Returns the source of a bytecode file by PEP 3147: `a/b.py` for `a/__pycache__/b.cpython-311.pyc`.
pub fn source_of(file: &Path) -> Option<PathBuf> {
    let folder = file.parent()?;
    if folder.file_name()? != "__pycache__" || file.extension()? != "pyc" {
        return None;
    }
    // From the right: the module's own name may have dots.
    let mut parts: Vec<&[u8]> = file
        .file_name()?
        .as_bytes()
        .split(|byte| *byte == b'.')
        .collect();
    parts.pop();
    if parts.last()?.starts_with(b"opt-") {
        parts.pop();
    }
    let _tag = parts.pop()?;
    let mut source = parts.join(&b'.');
    if source.is_empty() {
        return None;
    }
    source.extend(b".py");
    Some(folder.parent()?.join(OsStr::from_bytes(&source)))
}

/// Returns whether bytecode is proved to belong to its source without compiling (fault row P4). Either the process
/// compared a checked hash, or the header names the source's time and size and the source was unchanged for two seconds
/// before the bytecode was written.
pub fn is_proved(file: &Path, source: &Path, checks_hashes: bool) -> bool {
    const HEADER: usize = 16;
    const MARGIN: i64 = 2;
    let mut header = [0; HEADER];
    let mut read = || -> Option<(Stat, Stat)> {
        let mut open = File::open(file).ok()?;
        open.read_exact(&mut header).ok()?;
        let bytecode = Stat::from(&open.metadata().ok()?);
        Some((bytecode, Stat::from(&source.metadata().ok()?)))
    };
    let Some((bytecode, source)) = read() else {
        return false;
    };
    let word = |start: usize| {
        let bytes: Option<[u8; 4]> = header
            .get(start..start + 4)
            .and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_le_bytes)
    };
    match word(4) {
        Some(3) => checks_hashes,
        Some(0) => {
            let is_of = word(8) == Some(low(source.modified().0))
                && word(12) == Some(low_size(source.size()));
            let (seconds, part) = source.changed();
            is_of && (seconds + MARGIN, part) <= bytecode.changed().min(bytecode.modified())
        }
        _ => false,
    }
}

/// Returns the low 32 bits of a time, as `CPython` stores it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn low(seconds: i64) -> u32 {
    seconds as u32
}

/// Returns the low 32 bits of a size, as `CPython` stores it.
#[allow(clippy::cast_possible_truncation)]
fn low_size(size: u64) -> u32 {
    size as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_found_by_the_name_of_its_bytecode() {
        let source = |file: &str| source_of(Path::new(file));
        let expected = Some(PathBuf::from("/w/a.py"));
        assert_eq!(source("/w/__pycache__/a.cpython-311.pyc"), expected);
        assert_eq!(source("/w/__pycache__/a.cpython-311.opt-2.pyc"), expected);
        let dotted = Some(PathBuf::from("/w/v0.9.0.a.py"));
        assert_eq!(source("/w/__pycache__/v0.9.0.a.cpython-311.pyc"), dotted);
        assert_eq!(source("/w/__pycache__/a.pyc"), None);
        assert_eq!(source("/w/a.pyc"), None);
        assert_eq!(source("/w/__pycache__/a.txt"), None);
    }

    #[test]
    fn test_T25_a_header_proves_only_the_source_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let (source, file) = (folder.path().join("a.py"), folder.path().join("a.pyc"));
        std::fs::write(&source, "x = 1\n").unwrap();
        let header = |flags: u32, time: u32, size: u32| {
            let mut bytes = vec![0; 4];
            for word in [flags, time, size] {
                bytes.extend(word.to_le_bytes());
            }
            std::fs::write(&file, bytes).unwrap();
        };
        let stat = Stat::from(&source.metadata().unwrap());
        header(3, 0, 0);
        assert!(is_proved(&file, &source, true));
        assert!(
            !is_proved(&file, &source, false),
            "checked-hash, not checked"
        );
        header(1, 0, 0);
        assert!(!is_proved(&file, &source, true), "unchecked-hash");
        header(0, low(stat.modified().0), 6);
        assert!(
            !is_proved(&file, &source, true),
            "racy: written within two seconds of the source"
        );
        header(0, low(stat.modified().0), 7);
        assert!(!is_proved(&file, &source, true), "of another size");
        std::fs::write(&file, "torn").unwrap();
        assert!(!is_proved(&file, &source, true));
    }
}
