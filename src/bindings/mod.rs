//! Bindings: they take arguments, release the GIL, call the engine and wrap its result.

// PyO3 hands arguments over by value.
#![allow(clippy::needless_pass_by_value)]

pub(crate) mod coverage;
pub(crate) mod fingerprint;
pub(crate) mod outcome;
pub(crate) mod template;
