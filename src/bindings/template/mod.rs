//! Bindings for template databases.

pub(crate) mod build;
pub(crate) mod state;
pub(crate) mod surroundings;
// The module is named after its one class.
#[allow(clippy::module_inception)]
pub(crate) mod template;
