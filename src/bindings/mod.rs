//! The staircase: take arguments, release the GIL, call the engine, wrap. It decides nothing.

// PyO3 hands arguments over by value.
#![allow(clippy::needless_pass_by_value)]

pub(crate) mod coverage;
pub(crate) mod coverage_sealed;
pub(crate) mod fingerprint;
pub(crate) mod outcome;
pub(crate) mod pyproject;
pub(crate) mod template_build;
pub(crate) mod template_db;
pub(crate) mod tracing;
