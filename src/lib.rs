//! `ci-accel` lets a noxfile skip the work that is proved done. `engine` does the proving and works without
//! Python; `bindings` is the staircase up to the Python package `ci_accel`.

#![cfg_attr(
    test,
    allow(
        non_snake_case,
        reason = "tests of a fault row carry its id in upper case"
    )
)]

#[cfg(feature = "python")]
mod bindings;
pub mod engine;

/// The compiled module: what Python sees of the engine. `python/ci_accel/_native.pyi` is its contract.
#[cfg(feature = "python")]
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::bindings::coverage::data::inspect_coverage;
    #[pymodule_export]
    use crate::bindings::coverage::parts::{
        CoverageParts, read_coverage_parts, read_slipcover_lines,
    };
    #[pymodule_export]
    use crate::bindings::coverage::sealed::{
        SealedCoverage, gather_sealed_coverage, read_sealed_coverage, seal_coverage,
    };
    #[pymodule_export]
    use crate::bindings::fingerprint::{fingerprint, fingerprint_changes, fingerprint_groups};
    #[cfg(debug_assertions)]
    #[pymodule_export]
    use crate::bindings::outcome::panic_in_next_call;
    #[pymodule_export]
    use crate::bindings::template::build::TemplateBuild;
    #[pymodule_export]
    use crate::bindings::template::state::TemplateState;
    #[pymodule_export]
    use crate::bindings::template::template::{Template, open_template};

    /// Whether this is a debug build: correct, and slow.
    #[pymodule_export]
    const IS_DEBUG_BUILD: bool = cfg!(debug_assertions);

    #[pymodule_init]
    fn init() {
        crate::bindings::outcome::keep_panics_quiet();
    }
}
