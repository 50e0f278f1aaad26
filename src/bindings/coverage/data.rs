//! Bindings for a single file of coverage data.

use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::bindings::outcome::{call, guarded};
use crate::engine::coverage::sealed;
use crate::engine::coverage::summary::Summary;

/// Returns the summary of a file of coverage data as a dictionary of the fields of `CoverageInfo`.
///
/// See `ci_accel.inspect_coverage`.
#[pyfunction]
pub(crate) fn inspect_coverage(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    guarded(|| {
        let summary = call(py, move |interrupt, _| sealed::inspect(&path, interrupt))?;
        as_dictionary(py, summary)
    })
}

pub(super) fn as_dictionary(py: Python<'_>, summary: Summary) -> PyResult<Bound<'_, PyDict>> {
    let info = PyDict::new(py);
    info.set_item("format", summary.format.name())?;
    info.set_item("version", summary.version)?;
    info.set_item("has_branches", summary.has_branches)?;
    info.set_item("files", summary.files)?;
    info.set_item("contexts", summary.contexts)?;
    info.set_item("covered_lines", summary.covered_lines)?;
    info.set_item("missing_lines", summary.missing_lines)?;
    info.set_item("digest", summary.digest.to_string())?;
    info.set_item("sealed", summary.is_sealed)?;
    Ok(info)
}

/// Takes data that can be written once.
pub(super) fn take<T>(data: &Mutex<Option<T>>) -> PyResult<T> {
    let taken = data.lock().ok().and_then(|mut data| data.take());
    taken.ok_or_else(written)
}

/// Returns the error of data that was taken before.
pub(super) fn written() -> PyErr {
    PyValueError::new_err("already written, or its write failed; read it again")
}
