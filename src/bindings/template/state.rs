//! Bindings for the results of lookups and builds.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::bindings::outcome::{call, guarded};
use crate::engine::files::atomic::Durability;
use crate::engine::files::own_folder::OwnFolder;
use crate::engine::template::build::BuildResult;
use crate::engine::template::look::{Lookup, VerifiedDatabase};

/// Result of a lookup or a build: status, reasons, and the verified database, which is kept open.
#[pyclass(frozen, module = "ci_accel._native.template")]
pub(crate) struct TemplateState {
    status: &'static str,
    reasons: Vec<String>,
    verified: Option<VerifiedDatabase>,
    /// Folder of a private build, which is deleted with this object.
    _private: Option<OwnFolder>,
}

#[pymethods]
impl TemplateState {
    /// "hit", "miss" or "disabled".
    #[getter]
    fn status(&self) -> PyResult<&'static str> {
        guarded(|| Ok(self.status))
    }

    /// Reasons for the status.
    #[getter]
    fn reasons(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.reasons.clone()))
    }

    /// The manifest as JSON.
    #[getter]
    fn manifest(&self) -> PyResult<Option<String>> {
        guarded(|| {
            Ok(self.verified.as_ref().map(|verified| {
                String::from_utf8_lossy(&verified.manifest.to_bytes()).into_owned()
            }))
        })
    }

    /// Path of the database.
    #[getter]
    fn database(&self) -> PyResult<Option<OsString>> {
        guarded(|| {
            Ok(self
                .verified
                .as_ref()
                .map(|verified| verified.database.path.clone().into_os_string()))
        })
    }

    /// BLAKE3 digest of the database.
    #[getter]
    fn digest(&self) -> PyResult<Option<String>> {
        guarded(|| {
            Ok(self
                .verified
                .as_ref()
                .map(|verified| verified.database.made.digest.to_string()))
        })
    }

    /// Duration of the build in seconds.
    #[getter]
    fn build_seconds(&self) -> PyResult<Option<f64>> {
        guarded(|| {
            Ok(self
                .verified
                .as_ref()
                .map(|verified| verified.manifest.build_seconds))
        })
    }

    /// Number of inputs of the database.
    #[getter]
    fn input_count(&self) -> PyResult<usize> {
        guarded(|| {
            Ok(self
                .verified
                .as_ref()
                .map_or(0, |verified| verified.manifest.basis.count()))
        })
    }

    /// Copies the database. The destination is created only if the bytes have the digest of the manifest.
    #[pyo3(signature = (destination, *, replace))]
    fn copy_to(&self, py: Python<'_>, destination: PathBuf, replace: bool) -> PyResult<()> {
        guarded(|| {
            let verified = self.verified()?;
            call(py, |interrupt, _| {
                let durability = Durability::Unsynced;
                verified
                    .database
                    .copy_to(&destination, replace, durability, interrupt)
            })
        })
    }
}

impl TemplateState {
    pub(super) fn hit(verified: VerifiedDatabase) -> Self {
        Self {
            status: "hit",
            reasons: Vec::new(),
            verified: Some(verified),
            _private: None,
        }
    }

    pub(super) fn verified(&self) -> PyResult<&VerifiedDatabase> {
        self.verified
            .as_ref()
            .ok_or_else(|| PyValueError::new_err("there is no database; build it first"))
    }
}

impl From<Lookup> for TemplateState {
    fn from(look: Lookup) -> Self {
        let (status, reasons) = match look {
            Lookup::Hit(verified) => return Self::hit(*verified),
            Lookup::Miss(reasons) => ("miss", reasons),
            Lookup::Disabled(reason) => ("disabled", vec![reason]),
        };
        Self {
            status,
            reasons,
            verified: None,
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
            verified: Some(built.proved),
            _private: built.private,
        }
    }
}
