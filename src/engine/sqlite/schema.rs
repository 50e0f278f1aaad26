//! The description of a database of unknown origin: its tables, and the limits on reading it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The longest text or blob that is read.
pub const LONGEST_VALUE: i32 = 1_000_000;

/// Why a database is refused, without its name.
pub type Reason = String;

/// A table that a database may have.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Name and declared type of each column, in order.
    pub columns: &'static [(&'static str, &'static str)],
}

/// How far the reading of one database may go.
#[derive(Clone)]
pub struct Budget {
    /// Set from outside: stop now.
    pub stop: Arc<AtomicBool>,
    /// Time for all of it.
    pub time: Duration,
}
