//! Bindings for lookups and builds of template databases.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::build::TemplateBuild;
use super::state::TemplateState;
use super::surroundings::Tracing;
use crate::bindings::outcome::{call, guarded};
use crate::engine::template::begin::Begin;
use crate::engine::template::opened;
use crate::engine::template::request::Request;

/// Template database with its builder, its inputs and the interpreter.
#[pyclass(frozen, module = "ci_accel._native.template")]
pub(crate) struct Template(Request);

/// Dictionary `TemplateRequest` of the stub.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct TemplateRequest {
    root: PathBuf,
    path: PathBuf,
    store: PathBuf,
    tagged: PathBuf,
    build: Vec<String>,
    inputs: Vec<PathBuf>,
    exclude: Vec<PathBuf>,
    environment: BTreeMap<String, String>,
    values: BTreeMap<String, String>,
    interpreter: BTreeMap<String, String>,
    distributions: BTreeMap<String, String>,
    surroundings: Option<Tracing>,
}

impl From<TemplateRequest> for Request {
    fn from(given: TemplateRequest) -> Self {
        Self {
            root: given.root,
            path: given.path,
            store: given.store,
            tagged: given.tagged,
            build: given.build,
            inputs: given.inputs,
            exclude: given.exclude,
            environment: given.environment,
            values: given.values,
            interpreter: given.interpreter,
            distributions: given.distributions,
            surroundings: given.surroundings.map(Tracing::into_surroundings),
        }
    }
}

#[pymethods]
impl Template {
    /// Creates a template database from a dictionary `TemplateRequest`.
    #[new]
    fn new(request: TemplateRequest) -> PyResult<Self> {
        guarded(|| Ok(Self(request.into())))
    }

    /// Looks for a stored database whose inputs are unchanged. Builds and changes nothing.
    fn look(&self, py: Python<'_>) -> PyResult<TemplateState> {
        guarded(|| call(py, |interrupt, _| self.0.look(interrupt)).map(TemplateState::from))
    }

    /// Waits for the lock. Returns the state of a database that another process has stored meanwhile, or a build.
    #[pyo3(signature = (*, lock_timeout, note, on_wait))]
    fn begin(
        &self,
        py: Python<'_>,
        lock_timeout: f64,
        note: &str,
        on_wait: Py<PyAny>,
    ) -> PyResult<Py<PyAny>> {
        guarded(|| {
            let timeout = Duration::try_from_secs_f64(lock_timeout)
                .map_err(|error| PyValueError::new_err(error.to_string()))?;
            let begin = call(py, |interrupt, raised| {
                let mut report_wait = |holder: &str, lock: &str| {
                    raised.ask(|py| on_wait.call1(py, (holder, lock)).map(drop))
                };
                self.0.begin(timeout, note, &mut report_wait, interrupt)
            })?;
            match begin {
                Begin::Found(verified) => {
                    Ok(Py::new(py, TemplateState::hit(*verified))?.into_any())
                }
                Begin::Build(build) => {
                    let build = TemplateBuild::new(self.0.clone(), *build);
                    Ok(Py::new(py, build)?.into_any())
                }
            }
        })
    }

    /// Stores the database of the state if it was found only at the plain path. Returns the state with the stored
    /// database, or with the one at the plain path if the store cannot be used.
    fn stored(&self, py: Python<'_>, state: &TemplateState) -> PyResult<TemplateState> {
        guarded(|| {
            let found = state.verified()?;
            let verified = call(py, |interrupt, _| self.0.stored(found.reopen()?, interrupt))?;
            Ok(TemplateState::hit(verified))
        })
    }

    /// Updates the copy of the state's database at the plain path and its manifest. Returns the reason if the manifest
    /// could not be written.
    fn keep_plain(&self, py: Python<'_>, state: &TemplateState) -> PyResult<Option<String>> {
        guarded(|| {
            let verified = state.verified()?;
            call(py, |interrupt, _| self.0.keep_plain(verified, interrupt))
        })
    }

    /// Returns the changes in the project since the build of the state's database.
    fn changes_since(&self, py: Python<'_>, state: &TemplateState) -> PyResult<Vec<String>> {
        guarded(|| {
            let verified = state.verified()?;
            call(py, |interrupt, _| {
                self.0.changes_since(&verified.manifest, interrupt)
            })
        })
    }

    /// Returns the stored manifests as JSON with the changes since their builds, most recently used first.
    fn variants(&self, py: Python<'_>) -> PyResult<Vec<(String, Vec<String>)>> {
        guarded(|| {
            let variants = call(py, |interrupt, _| self.0.variants(interrupt))?;
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            Ok(variants
                .into_iter()
                .map(|(manifest, changes)| (text(manifest.to_bytes()), changes))
                .collect())
        })
    }
}

/// Opens a database and checks its bytes against its manifest.
#[pyfunction]
pub(crate) fn open_template(py: Python<'_>, path: PathBuf) -> PyResult<TemplateState> {
    guarded(|| call(py, |interrupt, _| opened::open(&path, interrupt)).map(TemplateState::hit))
}
