//! A new database, made in memory and taken as bytes: whoever has them writes them as any other file.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, MAIN_DB, ToSql, params_from_iter};

use crate::engine::sqlite::schema::{Reason, Table};

/// What stands in one column of one row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
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

/// A database that is being made.
pub struct Written {
    connection: Connection,
}

impl Written {
    /// One with the tables of a schema, which is SQL.
    ///
    /// # Errors
    /// SQLite's: there is not enough memory.
    pub fn new(schema: &str) -> Result<Self, Reason> {
        let connection = Connection::open_in_memory().map_err(words)?;
        let written = Self { connection };
        let made = written
            .connection
            .execute_batch(&format!("BEGIN; {schema}"));
        made.map_err(words)?;
        Ok(written)
    }

    /// Puts rows into a table.
    ///
    /// # Errors
    /// SQLite's: there is not enough memory, or the schema forbids one of them.
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

    /// The file that it would be.
    ///
    /// # Errors
    /// SQLite's: there is not enough memory.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, Reason> {
        self.connection.execute_batch("COMMIT").map_err(words)?;
        let bytes = self.connection.serialize(MAIN_DB).map_err(words)?;
        Ok(bytes.to_vec())
    }
}

// `map_err` hands the error over by value.
#[allow(clippy::needless_pass_by_value)]
fn words(error: rusqlite::Error) -> Reason {
    error.to_string()
}
