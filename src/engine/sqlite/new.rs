//! Creates a database in memory and returns it as bytes, to be written like any other file.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, MAIN_DB, ToSql, params_from_iter};

use crate::engine::sqlite::schema::{Reason, Table};

/// Value of one column in one row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// An integer.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// A blob.
    Blob(&'a [u8]),
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

/// A database under construction.
pub struct Written {
    connection: Connection,
}

impl Written {
    /// Creates a database with the tables of a schema, given as SQL.
    pub fn new(schema: &str) -> Result<Self, Reason> {
        let connection = Connection::open_in_memory().map_err(words)?;
        let written = Self { connection };
        let made = written
            .connection
            .execute_batch(&format!("BEGIN; {schema}"));
        made.map_err(words)?;
        Ok(written)
    }

    /// Inserts rows into a table.
    ///
    /// # Errors
    /// SQLite's error: out of memory, or a row violates the schema.
    pub fn rows<'a, const WIDTH: usize>(
        &self,
        table: &Table,
        rows: impl Iterator<Item = [Cell<'a>; WIDTH]>,
    ) -> Result<(), Reason> {
        let marks = vec!["?"; WIDTH].join(", ");
        let sql = format!("INSERT INTO {} VALUES ({marks})", table.name);
        let mut statement = self.connection.prepare(&sql).map_err(words)?;
        for row in rows {
            statement.execute(params_from_iter(row)).map_err(words)?;
        }
        Ok(())
    }

    /// Returns the bytes of the database file.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, Reason> {
        self.connection.execute_batch("COMMIT").map_err(words)?;
        let bytes = self.connection.serialize(MAIN_DB).map_err(words)?;
        Ok(bytes.to_vec())
    }
}

// `map_err` passes the error by value.
#[allow(clippy::needless_pass_by_value)]
fn words(error: rusqlite::Error) -> Reason {
    error.to_string()
}
