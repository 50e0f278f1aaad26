//! The compiled part of `ci-accel`. `engine` hashes files, reuses template databases and reads coverage data without
//! Python; `bindings` exports it to the Python package `ci_accel`.

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

/// The compiled module, with a nested module for each feature. The stubs are in `python/ci_accel/_native/`.
#[cfg(feature = "python")]
#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[cfg(debug_assertions)]
    #[pymodule_export]
    use crate::bindings::outcome::panic_in_next_call;

    /// Whether this is a debug build, which is slow.
    #[pymodule_export]
    const IS_DEBUG_BUILD: bool = cfg!(debug_assertions);

    /// Fingerprints of files.
    #[pymodule]
    mod fingerprint {
        #[pymodule_export]
        use crate::bindings::fingerprint::{fingerprint, fingerprint_changes, fingerprint_groups};
    }

    /// Template databases.
    #[pymodule]
    mod template {
        #[pymodule_export]
        use crate::bindings::template::build::TemplateBuild;
        #[pymodule_export]
        use crate::bindings::template::state::TemplateState;
        #[pymodule_export]
        use crate::bindings::template::template::{Template, open_template};
    }

    /// Coverage data.
    #[pymodule]
    mod coverage {
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
    }

    /// Registers the nested modules, so that they can be imported by their dotted names: an extension module is not a
    /// package.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::bindings::outcome::keep_panics_quiet();
        let modules = module.py().import("sys")?.getattr("modules")?;
        for name in ["coverage", "fingerprint", "template"] {
            let nested = module.getattr(name)?;
            let full_name = format!("ci_accel._native.{name}");
            nested.setattr("__name__", &full_name)?;
            modules.set_item(full_name, nested)?;
        }
        Ok(())
    }
}
