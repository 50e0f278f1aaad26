//! Coverage data for Python.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bindings::outcome::call;
use crate::engine::coverage::combine::{Combination, Expected};
use crate::engine::coverage::convert::convert;
use crate::engine::coverage::{self, Summary, sealed};

/// Returns what a file of coverage data is, by the names of `ci_accel.results.CoverageInfo`.
///
/// Reads it once, without the GIL. See `ci_accel.inspect_coverage`.
#[pyfunction]
pub(crate) fn inspect_coverage(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let (summary, is_sealed) = call(py, move |interrupt, _| {
        let summary = coverage::inspect(&path, interrupt)?;
        let is_sealed = sealed::is_sealed(&path, &summary.digest);
        Ok((summary, is_sealed))
    })?;
    as_dictionary(py, summary, is_sealed)
}

/// Parts of coverage data, read and united, until they are written.
#[pyclass(frozen, module = "ci_accel._native")]
pub(crate) struct CoverageParts {
    combination: Mutex<Option<Combination>>,
    /// Whose they are: "coverage.py" or "slipcover".
    #[pyo3(get)]
    format: &'static str,
    /// The measured files, as the parts spell them.
    #[pyo3(get)]
    files: Vec<String>,
}

/// Reads parts of coverage data, each once, some at a time, without the GIL. See `ci_accel.combine_coverage`.
#[pyfunction]
#[pyo3(signature = (parts, *, into, count, names))]
pub(crate) fn read_coverage_parts(
    py: Python<'_>,
    parts: Vec<PathBuf>,
    into: PathBuf,
    count: Option<usize>,
    names: Option<Vec<String>>,
) -> PyResult<CoverageParts> {
    let expected = match (count, names) {
        (Some(count), _) => Expected::Count(count),
        (None, Some(names)) => Expected::Names(names),
        (None, None) => Expected::Given,
    };
    call(py, move |interrupt, _| {
        Combination::read(&parts, &expected, &into, interrupt)
    })
    .map(CoverageParts::from)
}

/// Reads slipcover's report, once, without the GIL; says whether it has branches, too. See `ci_accel.convert_coverage`.
#[pyfunction]
#[pyo3(signature = (path, *, into))]
pub(crate) fn read_slipcover_lines(
    py: Python<'_>,
    path: PathBuf,
    into: PathBuf,
) -> PyResult<(CoverageParts, bool)> {
    let converted = call(py, move |interrupt, _| convert(&path, &into, interrupt))?;
    Ok((converted.lines.into(), converted.has_branches))
}

impl From<Combination> for CoverageParts {
    fn from(combination: Combination) -> Self {
        Self {
            format: combination.format().name(),
            files: combination.files().into_iter().map(str::to_owned).collect(),
            combination: Mutex::new(Some(combination)),
        }
    }
}

#[pymethods]
impl CoverageParts {
    /// Writes what they say together, whole or not at all; says what it is, as `inspect_coverage` does. Once.
    #[pyo3(signature = (into, *, spellings))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let taken = self
            .combination
            .lock()
            .ok()
            .and_then(|mut parts| parts.take());
        let combination = taken.ok_or_else(|| PyValueError::new_err("written already"))?;
        let summary = call(py, move |_, _| combination.write(&spellings, &into))?;
        as_dictionary(py, summary, false)
    }
}

pub(super) fn as_dictionary(
    py: Python<'_>,
    summary: Summary,
    is_sealed: bool,
) -> PyResult<Bound<'_, PyDict>> {
    let info = PyDict::new(py);
    info.set_item("format", summary.format.name())?;
    info.set_item("version", summary.version)?;
    info.set_item("has_branches", summary.has_branches)?;
    info.set_item("files", summary.files)?;
    info.set_item("contexts", summary.contexts)?;
    info.set_item("covered_lines", summary.covered_lines)?;
    info.set_item("missing_lines", summary.missing_lines)?;
    info.set_item("digest", summary.digest.to_string())?;
    info.set_item("sealed", is_sealed)?;
    Ok(info)
}
