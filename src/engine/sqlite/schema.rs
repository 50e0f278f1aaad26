//! The expected tables of a database of unknown origin, and the limits for reading it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Longest text or blob that is read, in bytes.
pub const LONGEST_VALUE: i32 = 1_000_000;

/// Why a database is refused, without its path.
pub type Reason = String;

/// A table that a database may have.
#[derive(Debug)]
pub struct Table {
    /// Name of the table.
    pub name: &'static str,
    /// Name and declared type of each column, in order.
    pub columns: &'static [(&'static str, &'static str)],
}

/// Limits for reading one database.
#[derive(Clone)]
pub struct Budget {
    /// Flag that another thread sets to stop the reading.
    pub stop: Arc<AtomicBool>,
    /// Time limit for the complete reading.
    pub time: Duration,
}
