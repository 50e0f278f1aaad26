//! Bindings for coverage data with passports.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::data::{as_dictionary, take, written};
use crate::bindings::outcome::{call, guarded};
use crate::engine::coverage::passport::{Code, Part, Passport};
use crate::engine::coverage::sealed::{self, Sealed};
use crate::engine::coverage::slipcover;
use crate::engine::foundation::digest::Digest;

/// Fingerprint: digest, digest of each file by path, values by name.
type Fingerprinted = (String, BTreeMap<String, String>, BTreeMap<String, String>);
/// Executed lines, missing lines, executed branches, missing branches.
type FileLines = (Vec<u32>, Vec<u32>, Vec<(u32, u32)>, Vec<(u32, u32)>);

/// Dictionary `PassportFields` of the stub.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct PassportFields {
    run: String,
    commit: Option<String>,
    root: String,
    before: Fingerprinted,
    after: String,
    count: usize,
    number: usize,
    items: Vec<String>,
    exit_code: i32,
    exit_codes: Vec<i32>,
    seconds: f64,
    doubts: Vec<String>,
}

impl TryFrom<PassportFields> for Passport {
    type Error = PyErr;

    fn try_from(given: PassportFields) -> PyResult<Self> {
        let part = Part {
            number: given.number,
            items: given.items,
            exit_code: given.exit_code,
            exit_codes: given.exit_codes,
            seconds: given.seconds,
            after: parsed(&given.after)?,
            doubts: given.doubts,
        };
        let code = code(given.before)?;
        let (run, commit, root) = (given.run, given.commit, given.root);
        Ok(Self::new(run, commit, root, code, given.count, vec![part]))
    }
}

/// Writes the passport of a part of a run. See `ci_accel.Coverage.seal`.
#[pyfunction]
#[pyo3(signature = (data, *, passport, fields))]
pub(crate) fn seal_coverage(
    py: Python<'_>,
    data: Vec<PathBuf>,
    passport: PathBuf,
    fields: PassportFields,
) -> PyResult<()> {
    guarded(|| {
        let sealed = fields.try_into()?;
        call(py, move |interrupt, _| {
            sealed::seal(&data, &passport, sealed, interrupt)
        })
    })
}

/// Reads and combines all parts in the folder of a run. See `ci_accel.Coverage.combine`.
#[pyfunction]
pub(crate) fn gather_sealed_coverage(py: Python<'_>, folder: PathBuf) -> PyResult<SealedCoverage> {
    guarded(|| {
        call(py, move |interrupt, _| Sealed::gather(&folder, interrupt)).map(SealedCoverage::new)
    })
}

/// Reads coverage data with its passport. See `ci_accel.Coverage.check`.
#[pyfunction]
pub(crate) fn read_sealed_coverage(py: Python<'_>, path: PathBuf) -> PyResult<SealedCoverage> {
    guarded(|| {
        call(py, move |interrupt, _| Sealed::read(&path, interrupt)).map(SealedCoverage::new)
    })
}

/// Coverage data with its passport. The data can be written once.
#[pyclass(frozen, module = "ci_accel._native.coverage")]
pub(crate) struct SealedCoverage {
    sealed: Mutex<Option<Sealed>>,
    format: &'static str,
    files: Vec<String>,
    roots: Vec<String>,
    has_branches: bool,
    count: usize,
    digests: BTreeMap<String, String>,
}

impl SealedCoverage {
    fn new(sealed: Sealed) -> Self {
        let files = sealed.combined.files();
        Self {
            format: sealed.combined.format().name(),
            files: files.into_iter().map(str::to_owned).collect(),
            roots: sealed.roots.iter().cloned().collect(),
            has_branches: sealed.combined.has_branches(),
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
}

#[pymethods]
impl SealedCoverage {
    /// Name of the tool: "coverage.py" or "slipcover".
    #[getter]
    fn format(&self) -> PyResult<&'static str> {
        guarded(|| Ok(self.format))
    }

    /// Paths of the measured files, as the data spells them.
    #[getter]
    fn files(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.files.clone()))
    }

    /// Absolute paths of the project roots that paths in the data may start with.
    #[getter]
    fn roots(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.roots.clone()))
    }

    /// Whether branches were measured.
    #[getter]
    fn has_branches(&self) -> PyResult<bool> {
        guarded(|| Ok(self.has_branches))
    }

    /// Number of parts of the run.
    #[getter]
    fn count(&self) -> PyResult<usize> {
        guarded(|| Ok(self.count))
    }

    /// BLAKE3 digest of each file of data, by its file name.
    #[getter]
    fn digests(&self) -> PyResult<BTreeMap<String, String>> {
        guarded(|| Ok(self.digests.clone()))
    }

    /// Returns why the data is not that of a complete run of the code `now`; empty if it is. `items` are all items.
    #[pyo3(signature = (now, *, items))]
    fn doubts(&self, now: Fingerprinted, items: Vec<String>) -> PyResult<Vec<String>> {
        guarded(|| {
            let now = code(now)?;
            self.with(|sealed| sealed.doubts(&now, &items))
        })
    }

    /// Returns a message with the items that no part ran.
    fn not_run(&self, items: Vec<String>) -> PyResult<Option<String>> {
        guarded(|| self.with(|sealed| sealed.not_run(&items)))
    }

    /// Returns slipcover's lines and branches by file; `None` for coverage.py, whose data lacks the missing lines.
    fn lines(&self) -> PyResult<Option<BTreeMap<String, FileLines>>> {
        guarded(|| {
            let numbers = |lines: &slipcover::FileLines| {
                (
                    lines.executed.iter().collect(),
                    lines.missing.iter().collect(),
                    lines.executed_branches.clone(),
                    lines.missing_branches.clone(),
                )
            };
            self.with(|sealed| {
                let files = sealed.combined.lines()?.iter();
                Some(
                    files
                        .map(|(path, lines)| (path.clone(), numbers(lines)))
                        .collect(),
                )
            })
        })
    }

    /// Returns the highest line number in the data of each file. The measured source has at least this many lines.
    fn last_lines(&self) -> PyResult<BTreeMap<String, u32>> {
        guarded(|| {
            self.with(|sealed| {
                let lines = sealed.combined.last_lines().into_iter();
                lines.map(|(path, line)| (path.to_owned(), line)).collect()
            })
        })
    }

    /// Writes the data and its passport. Returns the summary as `inspect_coverage` does. Can be called once.
    #[pyo3(signature = (into, *, spellings, root))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
        root: String,
    ) -> PyResult<Bound<'py, PyDict>> {
        guarded(|| {
            let sealed = take(&self.sealed)?;
            let summary = call(py, move |_, _| sealed.write(&spellings, root, &into))?;
            as_dictionary(py, summary)
        })
    }

    /// Writes the data without its passport. Can be called once.
    #[pyo3(signature = (into, *, spellings))]
    fn copy(
        &self,
        py: Python<'_>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
    ) -> PyResult<()> {
        guarded(|| {
            let sealed = take(&self.sealed)?;
            call(py, move |_, _| {
                sealed.combined.write(&spellings, &into).map(drop)
            })
        })
    }
}

fn parsed(digest: &str) -> PyResult<Digest> {
    digest
        .parse()
        .map_err(|reason| PyValueError::new_err(format!("{digest:?} is not a digest: {reason}")))
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
