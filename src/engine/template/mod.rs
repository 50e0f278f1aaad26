//! The template database: find a stored database that the same build would produce now, or build and store one.
//!
//! `look` compares the stored databases with the present; `begin` takes the lock, looks again and provides a staging path;
//! `Build::publish` finishes, stores and records the result. A cache fault is a miss or "disabled" with its reason.

pub mod begin;
pub mod build;
pub mod database;
pub mod differences;
pub mod inputs;
pub mod look;
pub mod manifest;
pub mod opened;
pub mod request;
pub mod state;
pub mod surroundings;
pub mod trace;
pub mod traced;
pub mod traced_input;
pub mod variants;
pub mod watch;
