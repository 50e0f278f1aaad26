//! The template database: a database that is proved to be what its builder would make now.
//!
//! `look` proves; `begin` takes the lock, looks again and hands out a staging path; `Build::publish` (in
//! `build.rs`) finishes, stores and records. A fault of the cache is a miss or "disabled" with its reason.

pub mod begin;
pub mod build;
pub mod database;
pub mod differences;
pub mod inputs;
pub mod look;
pub mod manifest;
pub mod opened;
pub mod request;
pub mod trace;
pub mod traced;
pub mod variants;
