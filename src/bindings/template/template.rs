//! Template databases for Python.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::build::TemplateBuild;
use super::state::TemplateState;
use super::surroundings::Tracing;
use crate::bindings::outcome::call;
use crate::engine::template::begin::Begin;
use crate::engine::template::opened;
use crate::engine::template::request::Request;

/// What is asked for: one template database, by its builder, its inputs and the interpreter.
#[pyclass(frozen, module = "ci_accel._native")]
pub(crate) struct Template(Request);

#[pymethods]
impl Template {
    #[new]
    #[pyo3(signature = (root, *, path, store, tagged, build, inputs, exclude, environment, values, interpreter, distributions, surroundings))]
    // One argument for each field, all by name.
    #[allow(clippy::too_many_arguments)]
    fn new(
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
    ) -> Self {
        let request = Request {
            root,
            path,
            store,
            tagged,
            build,
            inputs,
            exclude,
            environment,
            values,
            interpreter,
            distributions,
            surroundings: surroundings.map(Tracing::into_surroundings),
        };
        Self(request)
    }

    /// Returns whether a stored database is proved to be the one asked for. Builds and changes nothing.
    fn look(&self, py: Python<'_>) -> PyResult<TemplateState> {
        call(py, |interrupt, _| self.0.look(interrupt)).map(TemplateState::from)
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
    }

    /// Returns the state with its database in the store, if it was found at the plain path only.
    fn stored(&self, py: Python<'_>, state: &TemplateState) -> PyResult<TemplateState> {
        let found = state.proved()?;
        let proved = call(py, |interrupt, _| self.0.stored(found.reopen()?, interrupt))?;
        Ok(TemplateState::hit(proved))
    }

    /// Keeps the plain path a byte copy of the state's database, with its manifest. Returns why the manifest could
    /// not be written, if so.
    fn keep_plain(&self, py: Python<'_>, state: &TemplateState) -> PyResult<Option<String>> {
        let proved = state.proved()?;
        call(py, |interrupt, _| self.0.keep_plain(proved, interrupt))
    }

    /// Returns what has changed in the project since the state's database was built.
    fn changes_since(&self, py: Python<'_>, state: &TemplateState) -> PyResult<Vec<String>> {
        let proved = state.proved()?;
        call(py, |interrupt, _| {
            self.0.changes_since(&proved.manifest, interrupt)
        })
    }

    /// Returns the stored manifests as JSON, most recently used first, each with what changed since in the project.
    fn variants(&self, py: Python<'_>) -> PyResult<Vec<(String, Vec<String>)>> {
        let variants = call(py, |interrupt, _| self.0.variants(interrupt))?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(variants
            .into_iter()
            .map(|(manifest, changes)| (text(manifest.to_bytes()), changes))
            .collect())
    }
}

/// Opens a database with the manifest that proves its bytes.
#[pyfunction]
pub(crate) fn open_template(py: Python<'_>, path: PathBuf) -> PyResult<TemplateState> {
    call(py, |interrupt, _| opened::open(&path, interrupt)).map(TemplateState::hit)
}
