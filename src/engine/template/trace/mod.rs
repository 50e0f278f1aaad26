//! The trace: the log that a traced builder's processes write.

mod aliases;
mod end;
mod fields;
pub mod log;
pub mod program;
pub mod untraced_programs;
