//! Bindings for a build under way.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::state::TemplateState;
use crate::bindings::outcome::{call, guarded};
use crate::engine::template::build::Build;
use crate::engine::template::request::Request;
use crate::engine::template::watch::BuilderRun;

/// Build under way. It holds the lock and the staging path of the database.
#[pyclass(frozen, module = "ci_accel._native.template")]
pub(crate) struct TemplateBuild {
    request: Request,
    build: Mutex<Option<Build>>,
    database: OsString,
    reasons: Vec<String>,
}

#[pymethods]
impl TemplateBuild {
    /// Path that the builder must write to.
    #[getter]
    fn database(&self) -> PyResult<OsString> {
        guarded(|| Ok(self.database.clone()))
    }

    /// Reasons for the build.
    #[getter]
    fn reasons(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.reasons.clone()))
    }

    /// Path of the log that the processes of a traced builder write.
    #[getter]
    fn log(&self) -> PyResult<Option<OsString>> {
        guarded(|| {
            Ok(self
                .lock()
                .as_ref()
                .map(|build| build.log().into_os_string()))
        })
    }

    /// Reads the log of a traced builder as inputs. Returns pairs of bytecode and source that must be compared.
    #[pyo3(signature = (*, program))]
    fn observe(&self, py: Python<'_>, program: PathBuf) -> PyResult<Vec<(OsString, OsString)>> {
        guarded(|| {
            let mut build = self.take().ok_or_else(ended)?;
            let process = std::process::id();
            let (build, found) = call(py, |interrupt, _| {
                let run = BuilderRun {
                    process,
                    program: &program,
                };
                let found = build.observe(&self.request, &run, interrupt)?;
                Ok((build, found))
            })?;
            *self.lock() = Some(build);
            let text = |(file, source): (PathBuf, PathBuf)| {
                (file.into_os_string(), source.into_os_string())
            };
            Ok(found.into_iter().map(text).collect())
        })
    }

    /// Finishes the database, stores it with its manifest, and releases the lock.
    #[pyo3(signature = (*, seconds, doubts))]
    fn publish(
        &self,
        py: Python<'_>,
        seconds: f64,
        doubts: Vec<String>,
    ) -> PyResult<TemplateState> {
        guarded(|| {
            let build = self.take().ok_or_else(ended)?;
            let result = call(py, |interrupt, _| {
                build.publish(&self.request, seconds, doubts, interrupt)
            })?;
            Ok(TemplateState::from(result))
        })
    }

    /// Ends the build without a result: deletes its files and releases the lock.
    fn close(&self) -> PyResult<()> {
        guarded(|| {
            drop(self.take());
            Ok(())
        })
    }
}

impl TemplateBuild {
    pub(crate) fn new(request: Request, build: Build) -> Self {
        Self {
            database: build.database().into_os_string(),
            reasons: build.reasons.clone(),
            request,
            build: Mutex::new(Some(build)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Build>> {
        self.build.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Build> {
        self.lock().take()
    }
}

fn ended() -> PyErr {
    PyValueError::new_err("this build has already ended")
}
