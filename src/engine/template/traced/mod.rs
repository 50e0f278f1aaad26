//! Traced inputs: turns the trace of a builder into inputs, and compares them with the present.

mod contents;
mod folders;
pub mod fresh;
pub mod observe;
