//! Template databases for Python.

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

/// What is asked for: one template database, by its builder, its inputs and the interpreter.
#[pyclass(frozen, module = "ci_accel._native.template")]
pub(crate) struct Template(Request);

/// A dictionary: `TemplateRequest` of the stub.
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
    /// Args:
    ///     request: The declaration and the interpreter, by the names of `TemplateRequest`.
    #[new]
    fn new(request: TemplateRequest) -> PyResult<Self> {
        guarded(|| Ok(Self(request.into())))
    }

    /// Returns whether a stored database is proved to be the one asked for. Builds and changes nothing.
    fn look(&self, py: Python<'_>) -> PyResult<TemplateState> {
        guarded(|| call(py, |interrupt, _| self.0.look(interrupt)).map(TemplateState::from))
    }

    /// Returns the database that was found meanwhile, or a build to carry out under the lock.
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
                let mut tell = |holder: &str, lock: &str| {
                    raised.ask(|py| on_wait.call1(py, (holder, lock)).map(drop))
                };
                self.0.begin(timeout, note, &mut tell, interrupt)
            })?;
            match begin {
                Begin::Found(proved) => Ok(Py::new(py, TemplateState::hit(*proved))?.into_any()),
                Begin::Build(build) => {
                    let build = TemplateBuild::new(self.0.clone(), *build);
                    Ok(Py::new(py, build)?.into_any())
                }
            }
        })
    }

    /// Returns the state with its database in the store, if it was found at the plain path only.
    fn stored(&self, py: Python<'_>, state: &TemplateState) -> PyResult<TemplateState> {
        guarded(|| {
            let found = state.proved()?;
            let proved = call(py, |interrupt, _| self.0.stored(found.reopen()?, interrupt))?;
            Ok(TemplateState::hit(proved))
        })
    }

    /// Keeps the plain path a byte copy of the state's database, with its manifest. Returns why the manifest could
    /// not be written, if so.
    fn keep_plain(&self, py: Python<'_>, state: &TemplateState) -> PyResult<Option<String>> {
        guarded(|| {
            let proved = state.proved()?;
            call(py, |interrupt, _| self.0.keep_plain(proved, interrupt))
        })
    }

    /// Returns what has changed in the project since the state's database was built.
    fn changes_since(&self, py: Python<'_>, state: &TemplateState) -> PyResult<Vec<String>> {
        guarded(|| {
            let proved = state.proved()?;
            call(py, |interrupt, _| {
                self.0.changes_since(&proved.manifest, interrupt)
            })
        })
    }

    /// Returns the stored manifests as JSON, most recently used first, each with what changed since in the project.
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

/// Opens a database with the manifest that proves its bytes.
#[pyfunction]
pub(crate) fn open_template(py: Python<'_>, path: PathBuf) -> PyResult<TemplateState> {
    guarded(|| call(py, |interrupt, _| opened::open(&path, interrupt)).map(TemplateState::hit))
}
