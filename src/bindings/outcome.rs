//! Runs calls into the engine and converts their errors to Python exceptions. A panic becomes `CiAccelInternalError`
//! instead of `PanicException`, a `BaseException` that nox does not catch.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::engine::foundation::error::{Doubt, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

pyo3::import_exception!(ci_accel.exceptions, CiAccelInternalError);
pyo3::import_exception!(ci_accel.exceptions, CoverageDataError);
pyo3::import_exception!(ci_accel.exceptions, MixedMeasurementError);
pyo3::import_exception!(ci_accel.exceptions, TemplateDatabaseError);
pyo3::import_exception!(ci_accel.exceptions, UnsupportedSchemaError);

/// Message and location of the last panic. The payload of a panic does not have the location.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Replaces the panic hook, which writes to standard error. The exception has the message instead.
pub(crate) fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = panic.to_string();
        }
    }));
}

/// Exception of the Python callbacks of one call. The engine receives `Error::Interrupted` instead.
#[derive(Default)]
pub(crate) struct Raised(Mutex<Option<PyErr>>);

impl Raised {
    /// Runs a Python callback with the GIL.
    pub(crate) fn ask(&self, python: impl FnOnce(Python<'_>) -> PyResult<()>) -> Result<()> {
        Python::attach(python).map_err(|error| {
            if let Ok(mut raised) = self.0.lock() {
                raised.get_or_insert(error);
            }
            Error::Interrupted
        })
    }

    fn take(&self) -> Option<PyErr> {
        self.0.lock().ok().and_then(|mut raised| raised.take())
    }
}

/// Runs the body of a function, method or getter and converts a panic to `CiAccelInternalError`. All bindings use it.
pub(crate) fn guarded<T>(body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let result = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(debug_assertions)]
        panic_if_requested();
        body()
    }));
    result.unwrap_or_else(|_| {
        let text = LAST_PANIC
            .lock()
            .map(|last| last.clone())
            .unwrap_or_default();
        Err(CiAccelInternalError::new_err(format!(
            "{text}; this is a bug in ci-accel, please report it"
        )))
    })
}

/// Runs `work` without the GIL. The interrupt that it gets checks for signals.
pub(crate) fn call<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Interrupt<'_>, &Raised) -> Result<T> + Send,
) -> PyResult<T> {
    let raised = Raised::default();
    let result = py.detach(|| {
        // The path of the method is bound to one lifetime; the closure accepts any.
        #[allow(clippy::redundant_closure_for_method_calls)]
        let ask = || raised.ask(|py| py.check_signals());
        work(&Interrupt::new(&ask), &raised)
    });
    match result {
        Ok(value) => match raised.take() {
            None => Ok(value),
            Some(error) => Err(error),
        },
        Err(Error::Interrupted) => Err(raised
            .take()
            .unwrap_or_else(|| PyKeyboardInterrupt::new_err(()))),
        Err(error) => Err(error.into()),
    }
}

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        match error {
            // OSError selects its subclass by the number.
            Error::Io { path, source } => {
                let number = source
                    .raw_os_error()
                    .unwrap_or_else(|| number_of(source.kind()));
                let text = match source.raw_os_error() {
                    Some(_) => text_without_number(&source),
                    None => source.to_string(),
                };
                PyOSError::new_err((number, text, path.into_os_string()))
            }
            Error::Changed { path } => {
                let text = "changed while it was read; try again when nothing writes to it";
                PyOSError::new_err((
                    rustix::io::Errno::BUSY.raw_os_error(),
                    text,
                    path.into_os_string(),
                ))
            }
            Error::Argument(text) => PyValueError::new_err(text),
            Error::Template { path, reason } => {
                TemplateDatabaseError::new_err((path.into_os_string(), reason))
            }
            Error::Coverage {
                path,
                doubt,
                reason,
            } => {
                let arguments = (path.into_os_string(), reason);
                match doubt {
                    Doubt::Damaged => CoverageDataError::new_err(arguments),
                    Doubt::Schema => UnsupportedSchemaError::new_err(arguments),
                    Doubt::Mixed => MixedMeasurementError::new_err(arguments),
                }
            }
            Error::Interrupted => PyKeyboardInterrupt::new_err(()),
        }
    }
}

/// Returns the message of the operating system without the number that std appends.
fn text_without_number(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn number_of(kind: std::io::ErrorKind) -> i32 {
    let errno = match kind {
        std::io::ErrorKind::AlreadyExists => rustix::io::Errno::EXIST,
        std::io::ErrorKind::NotFound => rustix::io::Errno::NOENT,
        _ => rustix::io::Errno::IO,
    };
    errno.raw_os_error()
}

/// Whether the next call panics, for tests.
#[cfg(debug_assertions)]
static PANICS_NEXT: AtomicBool = AtomicBool::new(false);

/// Panics if `panic_in_next_call` was called.
#[cfg(debug_assertions)]
fn panic_if_requested() {
    assert!(!PANICS_NEXT.swap(false, Ordering::Relaxed), "on purpose");
}

/// Makes the next call of this module panic. Debug builds only.
#[cfg(debug_assertions)]
#[pyfunction]
pub(crate) fn panic_in_next_call() -> PyResult<()> {
    guarded(|| {
        PANICS_NEXT.store(true, Ordering::Relaxed);
        Ok(())
    })
}
