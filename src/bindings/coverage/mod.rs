//! Bindings for coverage data.

pub(crate) mod data;
pub(crate) mod parts;
pub(crate) mod sealed;
