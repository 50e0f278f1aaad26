//! Facts of `CPython`: where it keeps bytecode, which files it can import, what an installed distribution is.

pub mod bytecode;
pub mod distributions;
pub mod importable;
