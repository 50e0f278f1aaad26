//! pyproject.toml for Python 3.10.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::engine::pyproject;

/// Returns a TOML document as JSON text, `nan` and `inf` as strings, dates as tables. For Pythons without `tomllib`.
///
/// Args:
///     text: The document.
///
/// Raises:
///     ValueError: It is not TOML; says where.
#[pyfunction]
pub(crate) fn toml_to_json(text: &str) -> PyResult<String> {
    pyproject::toml_to_json(text).map_err(PyValueError::new_err)
}
