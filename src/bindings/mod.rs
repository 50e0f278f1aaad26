//! Python bindings. Each converts its arguments, releases the GIL, calls the engine and converts the result.

// PyO3 passes arguments by value.
#![allow(clippy::needless_pass_by_value)]

pub(crate) mod coverage;
pub(crate) mod fingerprint;
pub(crate) mod outcome;
pub(crate) mod template;
