//! Traced inputs: what a builder used, as it was during the build, compared with what it is now.

mod contents;
mod folders;
pub mod fresh;
pub mod input;
pub mod observe;
pub mod places;
pub mod state;
pub mod surroundings;
pub mod variables;
