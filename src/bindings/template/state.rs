//! The state of a template database, for Python.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::bindings::outcome::{call, guarded};
use crate::engine::files::atomic::Durability;
use crate::engine::files::own_folder::OwnFolder;
use crate::engine::template::build::BuildResult;
use crate::engine::template::look::Lookup;
use crate::engine::template::look::VerifiedDatabase;

/// What a look or a build led to: a status, its reasons, and the proved database, held open.
#[pyclass(frozen, module = "ci_accel._native.template")]
pub(crate) struct TemplateState {
    status: &'static str,
    reasons: Vec<String>,
    proved: Option<VerifiedDatabase>,
    /// A private build's folder goes with this object.
    _private: Option<OwnFolder>,
}

#[pymethods]
impl TemplateState {
    /// "hit", "miss" or "disabled".
    #[getter]
    fn status(&self) -> PyResult<&'static str> {
        guarded(|| Ok(self.status))
    }

    /// Why, in words.
    #[getter]
    fn reasons(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.reasons.clone()))
    }

    /// The manifest as JSON.
    #[getter]
    fn manifest(&self) -> PyResult<Option<String>> {
        guarded(|| {
            Ok(self
                .proved
                .as_ref()
                .map(|proved| String::from_utf8_lossy(&proved.manifest.to_bytes()).into_owned()))
        })
    }

    /// Where the database is.
    #[getter]
    fn database(&self) -> PyResult<Option<OsString>> {
        guarded(|| {
            Ok(self
                .proved
                .as_ref()
                .map(|proved| proved.database.path.clone().into_os_string()))
        })
    }

    /// BLAKE3 of the database's bytes.
    #[getter]
    fn digest(&self) -> PyResult<Option<String>> {
        guarded(|| {
            Ok(self
                .proved
                .as_ref()
                .map(|proved| proved.database.made.digest.to_string()))
        })
    }

    /// Seconds that its build took.
    #[getter]
    fn build_seconds(&self) -> PyResult<Option<f64>> {
        guarded(|| {
            Ok(self
                .proved
                .as_ref()
                .map(|proved| proved.manifest.build_seconds))
        })
    }

    /// Number of inputs that prove it.
    #[getter]
    fn input_count(&self) -> PyResult<usize> {
        guarded(|| {
            Ok({
                self.proved
                    .as_ref()
                    .map_or(0, |proved| proved.manifest.basis.count())
            })
        })
    }

    /// Copies the database: read, hashed and written in one pass, under its name only when proved.
    #[pyo3(signature = (destination, *, replace))]
    fn copy_to(&self, py: Python<'_>, destination: PathBuf, replace: bool) -> PyResult<()> {
        guarded(|| {
            let proved = self.proved()?;
            call(py, |interrupt, _| {
                let durability = Durability::Unsynced;
                proved
                    .database
                    .copy_to(&destination, replace, durability, interrupt)
            })
        })
    }
}

impl TemplateState {
    pub(super) fn hit(proved: VerifiedDatabase) -> Self {
        Self {
            status: "hit",
            reasons: Vec::new(),
            proved: Some(proved),
            _private: None,
        }
    }

    pub(super) fn proved(&self) -> PyResult<&VerifiedDatabase> {
        self.proved
            .as_ref()
            .ok_or_else(|| PyValueError::new_err("there is no database"))
    }
}

impl From<Lookup> for TemplateState {
    fn from(look: Lookup) -> Self {
        let (status, reasons) = match look {
            Lookup::Hit(proved) => return Self::hit(*proved),
            Lookup::Miss(reasons) => ("miss", reasons),
            Lookup::Disabled(reason) => ("disabled", vec![reason]),
        };
        Self {
            status,
            reasons,
            proved: None,
            _private: None,
        }
    }
}

impl From<BuildResult> for TemplateState {
    fn from(built: BuildResult) -> Self {
        Self {
            status: if built.is_disabled {
                "disabled"
            } else {
                "miss"
            },
            reasons: built.reasons,
            proved: Some(built.proved),
            _private: built.private,
        }
    }
}
