//! Bindings for combining and converting coverage data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::data::{as_dictionary, take};
use crate::bindings::outcome::{call, guarded};
use crate::engine::coverage::combine::{CombinedCoverage, Expected};
use crate::engine::coverage::convert::convert;

/// Combined coverage data that can be written once.
#[pyclass(frozen, module = "ci_accel._native.coverage")]
pub(crate) struct CoverageParts {
    combined: Mutex<Option<CombinedCoverage>>,
    format: &'static str,
    files: Vec<String>,
}

/// Reads and combines parts of coverage data. See `ci_accel.combine_coverage`.
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

/// Reads slipcover's report. Returns its lines and whether it has branches. See `ci_accel.convert_coverage`.
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
    fn from(combined: CombinedCoverage) -> Self {
        Self {
            format: combined.format().name(),
            files: combined.files().into_iter().map(str::to_owned).collect(),
            combined: Mutex::new(Some(combined)),
        }
    }
}

#[pymethods]
impl CoverageParts {
    /// Name of the tool: "coverage.py" or "slipcover".
    #[getter]
    fn format(&self) -> PyResult<&'static str> {
        guarded(|| Ok(self.format))
    }

    /// Paths of the measured files, as the parts spell them.
    #[getter]
    fn files(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.files.clone()))
    }

    /// Writes the combined data atomically. Returns its summary as `inspect_coverage` does. Can be called once.
    #[pyo3(signature = (into, *, spellings))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        into: PathBuf,
        spellings: BTreeMap<String, String>,
    ) -> PyResult<Bound<'py, PyDict>> {
        guarded(|| {
            let combined = take(&self.combined)?;
            let summary = call(py, move |_, _| combined.write(&spellings, &into))?;
            as_dictionary(py, summary)
        })
    }
}
