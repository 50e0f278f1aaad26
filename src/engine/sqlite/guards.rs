//! Limits and switches for databases of unknown origin.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, MAIN_DB, OpenFlags, ffi};

use crate::engine::sqlite::schema::{Budget, LONGEST_VALUE};

/// Limit on the heap of all in-memory databases of a process together, in bytes.
const HEAP: i64 = 1 << 30;

/// Number of virtual machine steps between two checks of the clock.
const STEPS: i32 = 1000;

/// Opens the database in memory, read-only, with triggers, views and writes disabled. Statements end at the deadline.
pub(super) fn hardened(
    image: &[u8],
    budget: &Budget,
    deadline: Instant,
) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(":memory:", flags)?;
    for (limit, value) in LIMITS {
        connection.set_limit(limit, value)?;
    }
    for (switch, value) in SWITCHES {
        if connection.set_db_config(switch, value)? != value {
            let refused = ffi::Error::new(ffi::SQLITE_MISUSE);
            let words = format!("{switch:?} cannot be set");
            return Err(rusqlite::Error::SqliteFailure(refused, Some(words)));
        }
    }
    connection.deserialize_read_exact(MAIN_DB, image, image.len(), true)?;
    connection.execute_batch(&format!(
        "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA query_only=ON;
         PRAGMA hard_heap_limit={HEAP}"
    ))?;
    // This closure must not panic: SQLite would continue.
    let stop = Arc::clone(&budget.stop);
    let is_over = move || stop.load(Ordering::Relaxed) || Instant::now() >= deadline;
    connection.progress_handler(STEPS, Some(is_over))?;
    Ok(connection)
}

const LIMITS: [(Limit, i32); 13] = [
    (Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_COLUMN, 100),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 10),
    (Limit::SQLITE_LIMIT_PARSER_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 3),
    (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 8),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 10),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

const SWITCHES: [(DbConfig, bool); 9] = [
    (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
];

/// Allows statements to read tables and denies everything else.
// SQLite's hook passes its argument by value.
#[allow(clippy::needless_pass_by_value)]
pub(super) fn only_reading(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select => Authorization::Allow,
        AuthAction::Read { .. } if context.accessor.is_none() => Authorization::Allow,
        _ => Authorization::Deny,
    }
}
