//! How a call into the engine ends: a value, a Python exception, Ctrl-C, or a panic, which becomes an `Exception`
//! and never the BaseException that would escape nox.

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

/// Text of the last panic, with its place: the payload alone does not have it.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Panics are told by the exception that they become, not by a line on standard error, which may be closed.
pub(crate) fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = panic.to_string();
        }
    }));
}

/// What the callbacks of one call raised: the engine only learns that it has to stop.
#[derive(Default)]
pub(crate) struct Raised(Mutex<Option<PyErr>>);

impl Raised {
    /// Runs a piece of Python in the middle of the engine's work.
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

/// Runs the body of a function, method or getter. A panic becomes a `CiAccelInternalError`.
///
/// Every body below `bindings` is in a call of this function.
pub(crate) fn guarded<T>(body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let result = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(debug_assertions)]
        panic_if_asked();
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

/// Runs `work` without the GIL and checks for signals meanwhile.
pub(crate) fn call<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Interrupt<'_>, &Raised) -> Result<T> + Send,
) -> PyResult<T> {
    let raised = Raised::default();
    let result = py.detach(|| {
        // The method itself does not fit: it takes one lifetime, a closure takes any.
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
            // OSError chooses its own subclass by the number, and keeps the file's name.
            Error::Io { path, source } => {
                let number = source
                    .raw_os_error()
                    .unwrap_or_else(|| number_of(source.kind()));
                let text = match source.raw_os_error() {
                    Some(_) => rustix_text(&source),
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

/// The operating system's words, without the number that std puts behind them.
fn rustix_text(error: &std::io::Error) -> String {
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

/// Whether the next call panics.
#[cfg(debug_assertions)]
static PANIC_IS_ASKED: AtomicBool = AtomicBool::new(false);

/// Panics if a test has asked for it.
#[cfg(debug_assertions)]
fn panic_if_asked() {
    assert!(!PANIC_IS_ASKED.swap(false, Ordering::Relaxed), "on purpose");
}

/// Makes the next call of this module panic. Debug builds only.
#[cfg(debug_assertions)]
#[pyfunction]
pub(crate) fn panic_in_next_call() -> PyResult<()> {
    guarded(|| {
        PANIC_IS_ASKED.store(true, Ordering::Relaxed);
        Ok(())
    })
}
