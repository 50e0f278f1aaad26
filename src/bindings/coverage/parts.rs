//! Bindings for combining and converting coverage data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::data::as_dictionary;
use crate::bindings::outcome::{call, guarded};
use crate::engine::coverage::combine::{CombinedCoverage, Expected};
use crate::engine::coverage::convert::convert;

/// Parts of coverage data, read and united, until they are written.
#[pyclass(frozen, module = "ci_accel._native.coverage")]
pub(crate) struct CoverageParts {
    combination: Mutex<Option<CombinedCoverage>>,
    format: &'static str,
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
    guarded(|| {
        let expected = match (count, names) {
            (Some(count), _) => Expected::Count(count),
            (None, Some(names)) => Expected::Names(names),
            (None, None) => Expected::Given,
        };
        call(py, move |interrupt, _| {
            CombinedCoverage::read(&parts, &expected, &into, interrupt)
        })
        .map(CoverageParts::from)
    })
}

/// Reads slipcover's report, once, without the GIL; says whether it has branches, too. See `ci_accel.convert_coverage`.
#[pyfunction]
#[pyo3(signature = (path, *, into))]
pub(crate) fn read_slipcover_lines(
    py: Python<'_>,
    path: PathBuf,
    into: PathBuf,
) -> PyResult<(CoverageParts, bool)> {
    guarded(|| {
        let converted = call(py, move |interrupt, _| convert(&path, &into, interrupt))?;
        Ok((converted.lines.into(), converted.has_branches))
    })
}

impl From<CombinedCoverage> for CoverageParts {
    fn from(combination: CombinedCoverage) -> Self {
        Self {
            format: combination.format().name(),
            files: combination.files().into_iter().map(str::to_owned).collect(),
            combination: Mutex::new(Some(combination)),
        }
    }
}

#[pymethods]
impl CoverageParts {
    /// Whose they are: "coverage.py" or "slipcover".
    #[getter]
    fn format(&self) -> PyResult<&'static str> {
        guarded(|| Ok(self.format))
    }

    /// The measured files, as the parts spell them.
    #[getter]
    fn files(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.files.clone()))
    }

    /// Writes what they say together, whole or not at all; says what it is, as `inspect_coverage` does. Once.
    #[pyo3(signature = (into, *, spellings))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
    ) -> PyResult<Bound<'py, PyDict>> {
        guarded(|| {
            let taken = self
                .combination
                .lock()
                .ok()
                .and_then(|mut parts| parts.take());
            let combination = taken.ok_or_else(|| {
                PyValueError::new_err("already written, or its write failed; read it again")
            })?;
            let summary = call(py, move |_, _| combination.write(&spellings, &into))?;
            as_dictionary(py, summary)
        })
    }
}
