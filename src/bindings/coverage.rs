//! Coverage data for Python.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::outcome::call;
use crate::engine::coverage::{self, Summary};

/// Returns what a file of coverage data is, by the names of `ci_accel.results.CoverageInfo`.
///
/// Reads it once, without the GIL. See `ci_accel.inspect_coverage`.
#[pyfunction]
pub(crate) fn inspect_coverage(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let summary = call(py, move |interrupt, _| coverage::inspect(&path, interrupt))?;
    as_dictionary(py, summary)
}

fn as_dictionary(py: Python<'_>, summary: Summary) -> PyResult<Bound<'_, PyDict>> {
    let info = PyDict::new(py);
    info.set_item("format", summary.format.name())?;
    info.set_item("version", summary.version)?;
    info.set_item("has_branches", summary.has_branches)?;
    info.set_item("files", summary.files)?;
    info.set_item("contexts", summary.contexts)?;
    info.set_item("covered_lines", summary.covered_lines)?;
    info.set_item("missing_lines", summary.missing_lines)?;
    info.set_item("digest", summary.digest.to_string())?;
    Ok(info)
}
