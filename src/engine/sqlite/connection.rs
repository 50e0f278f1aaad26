//! Connections to a database that a builder wrote.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::engine::files::path::parent;
use crate::engine::foundation::error::{At, Error, Result};

/// Time to wait for a process that is closing the database.
const PATIENCE: Duration = Duration::from_millis(500);

/// Opens a database. The path is absolute, so SQLite never reads it as a URI. Links in its folder are resolved; a link in
/// place of the database is refused.
pub(super) fn open(path: &Path, mode: OpenFlags) -> Result<Connection> {
    let folder = parent(path).canonicalize().at(path)?;
    let resolved = folder.join(path.file_name().unwrap_or_default());
    let connection = Connection::open_with_flags(resolved, access(mode));
    let connection = connection.map_err(|error| translate(path, &error))?;
    connection
        .busy_timeout(PATIENCE)
        .map_err(|error| translate(path, &error))?;
    Ok(connection)
}

fn access(flags: OpenFlags) -> OpenFlags {
    flags
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE
}

pub(super) fn translate(path: &Path, error: &rusqlite::Error) -> Error {
    let reason = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            "the builder wrote a file that is not an SQLite database".to_owned()
        }
        Some(ErrorCode::DiskFull) => return Error::io(path, rustix::io::Errno::NOSPC.into()),
        _ => format!("SQLite cannot read what the builder wrote: {error}"),
    };
    Error::template(path, reason)
}
