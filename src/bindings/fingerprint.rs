//! Bindings for fingerprints.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bindings::outcome::{call, guarded};
use crate::engine::changes::{file_changes, value_changes};
use crate::engine::files::walk::{self, Found, Selection};
use crate::engine::fingerprint::Fingerprint;
use crate::engine::foundation::digest::Digest;

type Files = HashMap<OsString, String>;
type Values = BTreeMap<String, String>;
/// Digest, digest of each file by path, and pairs of colliding paths.
type FingerprintParts<'py> = (String, Bound<'py, PyDict>, Vec<(String, String)>);

/// Returns the digest, the digest of each file, and the pairs of paths that are equal on some file systems.
///
/// Reads every file once, in parallel, without the GIL. See `ci_accel.fingerprint`.
#[pyfunction]
#[pyo3(signature = (inputs, *, root, exclude, values))]
pub(crate) fn fingerprint(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    root: PathBuf,
    exclude: Vec<PathBuf>,
    values: Values,
) -> PyResult<FingerprintParts<'_>> {
    guarded(|| {
        let found = call(py, move |interrupt, _| {
            let selection = Selection {
                root: &walk::resolve_root(&root)?,
                inputs: &inputs,
                exclude: &exclude,
                own: &[],
            };
            Fingerprint::take(&selection, values, interrupt)
        })?;
        as_python(py, found)
    })
}

/// Returns the result of `fingerprint` for all groups together, and the files of each group.
///
/// Each group is a list of inputs and a list of excludes. A file in several groups is read once.
#[pyfunction]
#[pyo3(signature = (groups, *, root, values))]
pub(crate) fn fingerprint_groups(
    py: Python<'_>,
    groups: Vec<(Vec<PathBuf>, Vec<PathBuf>)>,
    root: PathBuf,
    values: Values,
) -> PyResult<(FingerprintParts<'_>, Vec<Vec<OsString>>)> {
    guarded(|| {
        let (found, groups) = call(py, move |interrupt, _| {
            let root = walk::resolve_root(&root)?;
            let selections: Vec<Selection<'_>> = groups
                .iter()
                .map(|(inputs, exclude)| Selection {
                    root: &root,
                    inputs,
                    exclude,
                    own: &[],
                })
                .collect();
            Fingerprint::take_groups(&root, &selections, values, interrupt)
        })?;
        let name = |found: Found| OsString::from_vec(found.path);
        let groups = groups.into_iter();
        let groups = groups.map(|group| group.into_iter().map(name).collect());
        Ok((as_python(py, found)?, groups.collect()))
    })
}

fn as_python(py: Python<'_>, found: Fingerprint) -> PyResult<FingerprintParts<'_>> {
    let collisions = found.collisions();
    // The dictionary keeps the order of the entries, which are sorted by the raw bytes of the paths.
    let files = PyDict::new(py);
    for entry in found.entries {
        files.set_item(OsString::from_vec(entry.path), entry.digest.to_string())?;
    }
    Ok((found.digest.to_string(), files, collisions))
}

/// Returns the differences between two fingerprints as messages: files first, then values.
#[pyfunction]
#[pyo3(signature = (older_files, older_values, files, values))]
pub(crate) fn fingerprint_changes(
    older_files: Files,
    older_values: Values,
    files: Files,
    values: Values,
) -> PyResult<Vec<String>> {
    guarded(|| {
        let (before, now) = (digests(&older_files)?, digests(&files)?);
        let mut changes = file_changes(&by_path(&before), &by_path(&now));
        changes.extend(value_changes(&older_values, &values));
        Ok(changes)
    })
}

fn digests(files: &Files) -> PyResult<Vec<(Vec<u8>, Digest)>> {
    let pair = |(path, digest): (&OsString, &String)| {
        let parsed = digest.parse().map_err(|reason| {
            PyValueError::new_err(format!("{digest:?} is not a digest: {reason}"))
        });
        parsed.map(|digest| (path.as_bytes().to_vec(), digest))
    };
    files.iter().map(pair).collect()
}

fn by_path(files: &[(Vec<u8>, Digest)]) -> BTreeMap<&[u8], &Digest> {
    files
        .iter()
        .map(|(path, digest)| (path.as_slice(), digest))
        .collect()
}
