//! Errors, interrupts, digests: modules that import no other module of the engine.

pub mod digest;
pub mod document;
pub mod error;
pub mod interrupt;
