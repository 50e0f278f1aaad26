//! Copies a database that another process has open.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};

use super::connection::{open, translate};
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Time to wait for a process that keeps the database locked.
const LONG_PATIENCE: Duration = Duration::from_secs(5);

/// Copies a database that another process has open, consistently. `into` must not exist.
///
/// # Errors
/// `Error::Template` if SQLite cannot read the source or write the copy, or the source stays locked; the interrupt's error.
pub fn snapshot(path: &Path, into: &Path, interrupt: &Interrupt<'_>) -> Result<()> {
    let failed = |error: &rusqlite::Error| translate(path, error);
    let source = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let create = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut target = open(into, create)?;
    let started = Instant::now();
    {
        let backup = Backup::new(&source, &mut target).map_err(|error| failed(&error))?;
        while !matches!(
            backup.step(-1).map_err(|error| failed(&error))?,
            StepResult::Done
        ) {
            if started.elapsed() > LONG_PATIENCE {
                let reason = "a process that the builder left running keeps the database locked";
                return Err(Error::template(path, reason));
            }
            interrupt.sleep()?;
        }
    }
    let mode = target.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()));
    mode.map_err(|error| failed(&error))
}
