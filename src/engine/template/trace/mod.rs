//! The trace: what the processes of a traced builder logged.

mod aliases;
mod end;
mod fields;
pub mod log;
pub mod program;
pub mod vouched;
pub mod watch;
