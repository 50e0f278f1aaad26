//! Finishes a database that a builder wrote: a single file in rollback mode that passes the integrity check and has at
//! least one table.

use super::connection::{open, translate};
use std::fs;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::engine::files::parallel;
use crate::engine::files::path::with_ending;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Facts about a finished database.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// Rows of `alembic_version`, sorted; empty without that table.
    pub alembic_revisions: Vec<String>,
    /// Whether another process still had the database open. Then only a consistent copy is safe to use.
    pub is_live: bool,
}

/// Turns the database into one file that can be copied as bytes, without journal or WAL files, and checks its integrity
/// and that it has a table.
///
/// # Errors
/// `Error::Template` for a missing or damaged database, or one without tables; `Error::Io`.
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
    // Checking a large database takes SQLite seconds, during which it does not notice Ctrl-C.
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

/// Moves everything into the main file and switches to rollback mode. Returns false if another process has it open.
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
                format!("the builder left a damaged database: {verdict}"),
            ));
        }
        // The database needs a collation, function or module that only the builder has, so SQLite cannot check it. The
        // digest still proves its content.
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
    // Without the table, or with a table of that name that is not Alembic's, there are no revisions.
    Ok(heads().unwrap_or_default())
}

/// Returns whether the error means that the file is damaged or cannot be read.
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
            "the builder produced no schema: {reason}; make sure that it writes to the path given as {{db}}"
        ),
    )
}

fn has_content(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0)
}
