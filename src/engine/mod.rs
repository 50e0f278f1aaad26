//! Hashing, file access, template databases and coverage data. The engine does not use Python.
//!
//! All modules may import `foundation`; the features `template` and `coverage` may also import `files`, `sqlite`,
//! `cpython`, `fingerprint` and `changes`, but not each other.

pub mod changes;
pub mod coverage;
pub mod cpython;
pub mod files;
pub mod fingerprint;
pub mod foundation;
pub mod sqlite;
pub mod template;
