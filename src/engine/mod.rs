//! The engine: hashing, walking, locking, proving. It does not use Python and is tested without it.
//!
//! `foundation` is used by everything; then come `files`, `sqlite`, `cpython`, `fingerprint` and `changes`. The
//! features `template` and `coverage` never import each other.

pub mod changes;
pub mod coverage;
pub mod cpython;
pub mod files;
pub mod fingerprint;
pub mod foundation;
pub mod sqlite;
pub mod template;
