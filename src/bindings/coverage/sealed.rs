//! Coverage data with passports, for Python.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::data::as_dictionary;
use crate::bindings::outcome::call;
use crate::engine::coverage::passport::{Code, Passport, Shard};
use crate::engine::coverage::sealed::{self, Sealed};
use crate::engine::coverage::slipcover;
use crate::engine::foundation::digest::Digest;

/// Digest, digests of files, values: the three fields of a fingerprint.
type Fingerprinted = (String, BTreeMap<String, String>, BTreeMap<String, String>);
/// Executed and missing lines, executed and missing branches.
type FileLines = (Vec<u32>, Vec<u32>, Vec<(u32, u32)>, Vec<(u32, u32)>);

/// Gives data its passport: that of one part of a run. See `ci_accel.Coverage.seal`.
#[pyfunction]
#[pyo3(signature = (
    data, *, passport, run, commit, root, before, after, count, number, items, exit_code, exit_codes, seconds, doubts
))]
// One for each field of the passport.
#[allow(clippy::too_many_arguments)]
pub(crate) fn seal_coverage(
    py: Python<'_>,
    data: Vec<PathBuf>,
    passport: PathBuf,
    run: String,
    commit: Option<String>,
    root: String,
    before: Fingerprinted,
    after: &str,
    count: usize,
    number: usize,
    items: Vec<String>,
    exit_code: i32,
    exit_codes: Vec<i32>,
    seconds: f64,
    doubts: Vec<String>,
) -> PyResult<()> {
    let shard = Shard {
        number,
        items,
        exit_code,
        exit_codes,
        seconds,
        after: parsed(after)?,
        doubts,
    };
    let sealed = Passport::new(run, commit, root, code(before)?, count, vec![shard]);
    call(py, move |interrupt, _| {
        sealed::seal(&data, &passport, sealed, interrupt)
    })
}

/// Reads the parts of the run that a folder holds, all of them, without the GIL. See `ci_accel.Coverage.combine`.
#[pyfunction]
pub(crate) fn gather_sealed_coverage(py: Python<'_>, folder: PathBuf) -> PyResult<SealedCoverage> {
    call(py, move |interrupt, _| Sealed::gather(&folder, interrupt)).map(SealedCoverage::new)
}

/// Reads data with its passport, without the GIL. See `ci_accel.Coverage.check`.
#[pyfunction]
pub(crate) fn read_sealed_coverage(py: Python<'_>, path: PathBuf) -> PyResult<SealedCoverage> {
    call(py, move |interrupt, _| Sealed::read(&path, interrupt)).map(SealedCoverage::new)
}

/// Coverage data with its passport, read.
#[pyclass(frozen, module = "ci_accel._native")]
pub(crate) struct SealedCoverage {
    sealed: Mutex<Option<Sealed>>,
    /// Whose it is: "coverage.py" or "slipcover".
    #[pyo3(get)]
    format: &'static str,
    /// The measured files, as the data spells them.
    #[pyo3(get)]
    files: Vec<String>,
    /// Absolute paths of the roots that it was measured in: the data may spell files by them.
    #[pyo3(get)]
    roots: Vec<String>,
    /// Whether branches were measured, too.
    #[pyo3(get)]
    has_branches: bool,
    /// How many parts its run had.
    #[pyo3(get)]
    count: usize,
    /// BLAKE3 of each file of data that was read, by its name.
    #[pyo3(get)]
    digests: BTreeMap<String, String>,
}

impl SealedCoverage {
    fn new(sealed: Sealed) -> Self {
        let files = sealed.combination.files();
        Self {
            format: sealed.combination.format().name(),
            files: files.into_iter().map(str::to_owned).collect(),
            roots: sealed.roots.iter().cloned().collect(),
            has_branches: sealed.combination.has_branches(),
            count: sealed.passport.count,
            digests: sealed.digests(),
            sealed: Mutex::new(Some(sealed)),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&Sealed) -> T) -> PyResult<T> {
        let guard = self.sealed.lock().ok();
        let sealed = guard.as_ref().and_then(|guard| guard.as_ref());
        sealed.map(work).ok_or_else(written)
    }

    fn take(&self) -> PyResult<Sealed> {
        let taken = self.sealed.lock().ok().and_then(|mut sealed| sealed.take());
        taken.ok_or_else(written)
    }
}

#[pymethods]
impl SealedCoverage {
    /// Why it does not prove the code as it stands; nothing where it does.
    #[pyo3(signature = (now, *, items))]
    fn doubts(&self, now: Fingerprinted, items: Vec<String>) -> PyResult<Vec<String>> {
        let now = code(now)?;
        self.with(|sealed| sealed.doubts(&now, &items))
    }

    /// Which of the items were not run, in words.
    fn not_run(&self, items: Vec<String>) -> PyResult<Option<String>> {
        self.with(|sealed| sealed.not_run(&items))
    }

    /// Executed and missing lines and branches by file: slipcover's. None for coverage.py's, which does not say.
    fn lines(&self) -> PyResult<Option<BTreeMap<String, FileLines>>> {
        let numbers = |lines: &slipcover::FileLines| {
            (
                lines.executed.iter().collect(),
                lines.missing.iter().collect(),
                lines.executed_branches.clone(),
                lines.missing_branches.clone(),
            )
        };
        self.with(|sealed| {
            let files = sealed.combination.lines()?.iter();
            Some(
                files
                    .map(|(path, lines)| (path.clone(), numbers(lines)))
                    .collect(),
            )
        })
    }

    /// The last line that is named of each file: no source that was measured ends before it.
    fn last_lines(&self) -> PyResult<BTreeMap<String, u32>> {
        self.with(|sealed| {
            let lines = sealed.combination.last_lines().into_iter();
            lines.map(|(path, line)| (path.to_owned(), line)).collect()
        })
    }

    /// Writes the data with its passport, each whole or not at all; says what it is, as `inspect_coverage` does. Once.
    #[pyo3(signature = (into, *, spellings, root))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
        root: String,
    ) -> PyResult<Bound<'py, PyDict>> {
        let sealed = self.take()?;
        let summary = call(py, move |_, _| sealed.write(&spellings, root, &into))?;
        as_dictionary(py, summary)
    }

    /// Writes the data without its passport: a private copy. Once.
    #[pyo3(signature = (into, *, spellings))]
    fn copy(
        &self,
        py: Python<'_>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
    ) -> PyResult<()> {
        let sealed = self.take()?;
        call(py, move |_, _| {
            sealed.combination.write(&spellings, &into).map(drop)
        })
    }
}

fn written() -> PyErr {
    PyValueError::new_err("written already")
}

fn parsed(digest: &str) -> PyResult<Digest> {
    digest
        .parse()
        .map_err(|reason| PyValueError::new_err(format!("{digest:?} is no digest: {reason}")))
}

fn code((digest, files, values): Fingerprinted) -> PyResult<Code> {
    let files = files
        .into_iter()
        .map(|(path, digest)| Ok((path, parsed(&digest)?)));
    Ok(Code {
        digest: parsed(&digest)?,
        files: files.collect::<PyResult<_>>()?,
        values,
    })
}
