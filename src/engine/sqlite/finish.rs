//! Finishes a database that a builder made: one file in rollback mode, whole, with at least one table.

use super::connection::{open, translate};
use std::fs;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::engine::files::parallel;
use crate::engine::files::path::with_ending;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// What a finished database holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// Rows of `alembic_version`, sorted; none without that table.
    pub alembic_revisions: Vec<String>,
    /// Whether another process still had it open: then only a copy of its present state is safe to use.
    pub is_live: bool,
}

/// Makes the database one file that can be copied as bytes: everything in the main file, rollback mode, no side
/// files; and looks whether it is whole and has a table.
///
/// # Errors
/// `Error::Template` for no database, a broken one, or one without a table; `Error::Io`.
pub fn finish(path: &Path, interrupt: &Interrupt<'_>) -> Result<Finished> {
    let length = match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        other => other.at(path)?.len(),
    };
    // A database in WAL mode that is still open elsewhere may have an empty main file.
    if length == 0 && !has_content(&with_ending(path, "-wal")) {
        return Err(no_schema(path, "it wrote nothing to {db}"));
    }
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let handle = connection.get_interrupt_handle();
    // SQLite checks a large database for seconds, and has no time for Ctrl-C meanwhile.
    parallel::watched(
        interrupt,
        || handle.interrupt(),
        || settle(connection, path),
    )?
}

fn settle(connection: Connection, path: &Path) -> Result<Finished> {
    let is_live = !make_single(&connection).map_err(|error| translate(path, &error))?;
    let heads = inspect(&connection, path)?;
    connection
        .close()
        .map_err(|(_, error)| translate(path, &error))?;
    Ok(Finished {
        alembic_revisions: heads,
        is_live,
    })
}

/// Whether everything now lies in the main file, in rollback mode, with nobody else in it.
fn make_single(connection: &Connection) -> rusqlite::Result<bool> {
    let steps = || -> rusqlite::Result<bool> {
        let busy: i64 =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        let mode: String =
            connection.query_row("PRAGMA journal_mode=DELETE", [], |row| row.get(0))?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        Ok(busy == 0 && mode == "delete")
    };
    match steps() {
        Err(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ) =>
        {
            Ok(false)
        }
        other => other,
    }
}

fn inspect(connection: &Connection, path: &Path) -> Result<Vec<String>> {
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0));
    match text("PRAGMA integrity_check(1)") {
        Ok(verdict) if verdict == "ok" => {}
        Ok(verdict) => {
            return Err(Error::template(
                path,
                format!("the builder left a broken database: {verdict}"),
            ));
        }
        // A collation, function or module of the builder's own: SQLite cannot judge, and the digest is the proof
        // anyway.
        Err(error) if !is_damage(&error) => {}
        Err(error) => return Err(translate(path, &error)),
    }
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    if count(tables).map_err(|error| translate(path, &error))? == 0 {
        return Err(no_schema(path, "the database has no tables"));
    }
    let heads = || -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT version_num FROM alembic_version ORDER BY 1";
        connection
            .prepare(sql)?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    // No such table, or a table of that name which is not Alembic's: no heads to show.
    Ok(heads().unwrap_or_default())
}

/// Whether the file is at fault, not what SQLite knows of it.
fn is_damage(error: &rusqlite::Error) -> bool {
    use ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, SystemIoFailure};
    let faults = [
        CannotOpen,
        DatabaseCorrupt,
        DiskFull,
        NotADatabase,
        SystemIoFailure,
    ];
    error
        .sqlite_error_code()
        .is_some_and(|code| faults.contains(&code))
}

fn no_schema(path: &Path, reason: &str) -> Error {
    Error::template(
        path,
        format!(
            "the builder produced no schema: {reason}; see that it writes to the path given as {{db}}"
        ),
    )
}

fn has_content(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0)
}
