//! The engine: hashes, walks, locks, publishes, proves. It knows nothing of Python and is tested without it.
//!
//! Ground floor: `error`, `interrupt`, `digest`, `regular_file`, `parallel`, `walk`, `fingerprint`, `distributions`, `sqlite`, `publish`, `pyproject`.
//! First floor, one feature each, which never import each other: `template_db`, `coverage`.

pub mod coverage;
pub mod digest;
pub mod distributions;
pub mod error;
pub mod fingerprint;
pub mod interrupt;
pub mod parallel;
pub mod publish;
pub mod pyproject;
pub mod regular_file;
pub mod sqlite;
pub mod template_db;
pub mod walk;
