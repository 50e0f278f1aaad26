//! Builds of template databases for Python.

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

/// A build under way: a staging path to build into, under the lock.
#[pyclass(frozen, module = "ci_accel._native.template")]
pub(crate) struct TemplateBuild {
    request: Request,
    build: Mutex<Option<Build>>,
    database: OsString,
    reasons: Vec<String>,
}

#[pymethods]
impl TemplateBuild {
    /// Where the builder has to write to.
    #[getter]
    fn database(&self) -> PyResult<OsString> {
        guarded(|| Ok(self.database.clone()))
    }

    /// Why it has to be built.
    #[getter]
    fn reasons(&self) -> PyResult<Vec<String>> {
        guarded(|| Ok(self.reasons.clone()))
    }

    /// Where a traced builder's processes write down what they look at.
    #[getter]
    fn log(&self) -> PyResult<Option<OsString>> {
        guarded(|| {
            Ok({
                self.lock()
                    .as_ref()
                    .map(|build| build.log().into_os_string())
            })
        })
    }

    /// Makes inputs of what a traced builder wrote down. Returns bytecode to be compared with its source: both paths.
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

    /// Finishes what the builder made, stores and records it, and releases the lock.
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

    /// Ends the build without a result: nothing is left, the lock is free.
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
    PyValueError::new_err("this build has ended already")
}
