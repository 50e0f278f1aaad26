//! slipcover's JSON reports.

mod read;
mod report;

pub use read::read;
pub use report::{FileLines, Report};
