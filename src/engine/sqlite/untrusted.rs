//! Reads a database of unknown origin. The database is opened in memory, without files or locks. Only known tables are
//! accepted, and SQLite may only read them.

use std::sync::atomic::Ordering;
use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, Row};

use super::guards::{hardened, only_reading};
use super::header::check_header;
use super::number_rows::Pages;
use super::schema::{Budget, LONGEST_VALUE, Reason, Table};

/// Maximum number of objects in a schema. SQLite parses each object, and a crafted schema could have millions.
const MOST_OBJECTS: usize = 64;

/// A read-only database in memory.
pub struct Untrusted {
    connection: Connection,
    image: Vec<u8>,
    /// Names and root pages of the known tables in the database.
    present: Vec<(&'static str, i64)>,
    refused: Vec<Reason>,
    budget: Budget,
    deadline: Instant,
}

impl Untrusted {
    /// Opens a database from its bytes and checks its pages. `known` are the tables that the database may have.
    ///
    /// # Errors
    /// The reason if the bytes are not a valid database.
    pub fn open(
        mut image: Vec<u8>,
        known: &'static [Table],
        budget: &Budget,
    ) -> Result<Self, Reason> {
        check_header(&image)?;
        // In-memory databases do not support WAL mode. Without a WAL file, the database is complete in either mode.
        if let Some(versions) = image.get_mut(18..20) {
            versions.fill(1);
        }
        let deadline = Instant::now() + budget.time;
        let connection = hardened(&image, budget, deadline).map_err(|error| error.to_string())?;
        let mut opened = Self {
            connection,
            image,
            present: Vec::new(),
            refused: Vec::new(),
            budget: budget.clone(),
            deadline,
        };
        let verdict = opened.ask_one("PRAGMA quick_check(1)")?;
        if verdict != "ok" {
            let words: Vec<&str> = verdict.split_whitespace().collect();
            return Err(format!("damaged: quick_check: {}", words.join(" ")));
        }
        opened.compare_schema(known)?;
        let allowed = opened.connection.authorizer(Some(only_reading));
        allowed.map_err(|error| opened.translate(&error))?;
        Ok(opened)
    }

    /// Returns whether the database has the table with exactly its columns.
    pub fn has(&self, table: &Table) -> bool {
        self.root(table).is_some()
    }

    /// Returns descriptions of the unexpected objects in the schema.
    pub fn refused(&self) -> &[Reason] {
        &self.refused
    }

    /// Calls `each` with all rows of a table. Reads the table itself, because a crafted index may differ from it.
    ///
    /// # Errors
    /// The reason of SQLite or of `each`, with the table and the row.
    pub fn rows(
        &self,
        table: &Table,
        mut each: impl FnMut(&Cells<'_>) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let (names, name) = (names.join(", "), table.name);
        let sql = format!("SELECT rowid, {names} FROM {name} NOT INDEXED");
        let failed = |error: &rusqlite::Error| format!("table {name}: {}", self.translate(error));
        let mut statement = self
            .connection
            .prepare(&sql)
            .map_err(|error| failed(&error))?;
        let mut rows = statement.query([]).map_err(|error| failed(&error))?;
        while let Some(row) = rows.next().map_err(|error| failed(&error))? {
            let cells = Cells { row, table };
            each(&cells).map_err(|reason| format!("table {name}, row {}: {reason}", cells.id()))?;
        }
        Ok(())
    }

    /// Calls `each` with all rows of a table of integers, in a fraction of the time that `rows` takes.
    ///
    /// # Errors
    /// The errors of `rows`; a reason if a value is not an integer.
    pub fn number_rows<const WIDTH: usize>(
        &self,
        table: &Table,
        mut each: impl FnMut([i64; WIDTH]) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        let root = self.root(table).unwrap_or_default();
        let check = || {
            if self.budget.stop.load(Ordering::Relaxed) || Instant::now() >= self.deadline {
                return Err(self.too_slow());
            }
            Ok(())
        };
        Pages::of(&self.image).rows(table, root, check, |_, numbers| each(numbers))
    }

    fn root(&self, table: &Table) -> Option<i64> {
        let mut present = self.present.iter();
        present.find_map(|(name, root)| (*name == table.name).then_some(*root))
    }

    fn too_slow(&self) -> Reason {
        let seconds = self.budget.time.as_secs();
        format!("reading took more than {seconds} s; the file is damaged or crafted to be slow")
    }

    fn compare_schema(&mut self, known: &'static [Table]) -> Result<(), Reason> {
        let objects = self.objects().map_err(|error| self.translate(&error))?;
        if objects.len() > MOST_OBJECTS {
            return Err(format!("has more than {MOST_OBJECTS} tables and indexes"));
        }
        for (kind, name, table, root) in objects {
            let plain = known.iter().find(|known| known.name == name);
            match plain {
                Some(plain) if kind == "table" && root > 0 => {
                    let columns = self.columns(plain.name);
                    let columns = columns.map_err(|error| self.translate(&error))?;
                    if columns == expected(plain) {
                        self.present.push((plain.name, root));
                    } else {
                        let reason =
                            format!("table {name} has other columns: {}", columns.join(", "));
                        self.refused.push(reason);
                    }
                }
                // The index of a `unique` constraint.
                _ if kind == "index"
                    && name.starts_with("sqlite_autoindex_")
                    && known.iter().any(|known| known.name == table) => {}
                _ => self
                    .refused
                    .push(format!("has an unexpected {kind}: {name:?}")),
            }
        }
        Ok(())
    }

    /// Returns kind, name, table and root page of the schema's objects, at most one more than allowed.
    fn objects(&self) -> rusqlite::Result<Vec<(String, String, String, i64)>> {
        let sql = "SELECT type, name, tbl_name, rootpage FROM sqlite_schema";
        let mut statement = self.connection.prepare(sql)?;
        let objects = statement.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        objects.take(MOST_OBJECTS + 1).collect()
    }

    /// Returns name and type of each column. Generated columns are marked.
    fn columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        let sql = format!("PRAGMA table_xinfo({table})");
        let mut statement = self.connection.prepare(&sql)?;
        let columns = statement.query_map([], |row| {
            let (name, kind): (String, String) = (row.get("name")?, row.get("type")?);
            let hidden: i64 = row.get("hidden")?;
            let ending = if hidden == 0 { "" } else { " generated" };
            Ok(format!("{name} {}{ending}", kind.to_lowercase()))
        })?;
        columns.collect()
    }

    fn ask_one(&self, sql: &str) -> Result<String, Reason> {
        let answer = self.connection.query_row(sql, [], |row| row.get(0));
        answer.map_err(|error| self.translate(&error))
    }

    fn translate(&self, error: &rusqlite::Error) -> Reason {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) if Instant::now() >= self.deadline => {
                self.too_slow()
            }
            Some(ErrorCode::TooBig) => format!("a value is longer than {LONGEST_VALUE} bytes"),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                format!("damaged: {error}")
            }
            _ => format!("SQLite cannot read it: {error}"),
        }
    }
}

/// Row of a table. Column 0 of `row` is the row id, followed by the columns of the table.
pub struct Cells<'r> {
    row: &'r Row<'r>,
    table: &'r Table,
}

impl Cells<'_> {
    /// Returns the row id.
    pub fn id(&self) -> i64 {
        match self.row.get_ref(0) {
            Ok(ValueRef::Integer(id)) => id,
            _ => 0,
        }
    }

    /// Returns the integer in a column.
    ///
    /// # Errors
    /// The reason if the value has another type.
    pub fn integer(&self, column: usize) -> Result<i64, Reason> {
        match self.value(column)? {
            ValueRef::Integer(number) => Ok(number),
            other => Err(self.unexpected(column, &other, "a whole number")),
        }
    }

    /// Returns the text in a column.
    ///
    /// # Errors
    /// The reason if the value has another type, is not UTF-8 or contains a NUL.
    pub fn text(&self, column: usize) -> Result<&str, Reason> {
        let bytes = match self.value(column)? {
            ValueRef::Text(bytes) => bytes,
            other => return Err(self.unexpected(column, &other, "a text")),
        };
        let name = self.name(column);
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => Err(format!("{name} contains a NUL: {text:?}")),
            Ok(text) => Ok(text),
            Err(_) => Err(format!("{name} is not UTF-8: {}", bytes.escape_ascii())),
        }
    }

    /// Returns the blob in a column.
    ///
    /// # Errors
    /// The reason if the value has another type.
    pub fn blob(&self, column: usize) -> Result<&[u8], Reason> {
        match self.value(column)? {
            ValueRef::Blob(bytes) => Ok(bytes),
            other => Err(self.unexpected(column, &other, "a blob")),
        }
    }

    fn value(&self, column: usize) -> Result<ValueRef<'_>, Reason> {
        let value = self.row.get_ref(column + 1);
        value.map_err(|error| format!("{}: {error}", self.name(column)))
    }

    fn name(&self, column: usize) -> &'static str {
        self.table.columns.get(column).map_or("", |(name, _)| name)
    }

    fn unexpected(&self, column: usize, value: &ValueRef<'_>, expected: &str) -> Reason {
        let (name, found) = (self.name(column), value.data_type());
        format!("{name} is {found}, not {expected}")
    }
}

fn expected(table: &Table) -> Vec<String> {
    let column = |(name, kind): &(&str, &str)| format!("{name} {kind}");
    table.columns.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    use rusqlite::MAIN_DB;

    use super::*;

    static TABLES: [Table; 1] = [Table {
        name: "meta",
        columns: &[("key", "text"), ("value", "text")],
    }];

    fn image(sql: &str) -> Vec<u8> {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sql).unwrap();
        connection.serialize(MAIN_DB).unwrap().to_vec()
    }

    fn filled() -> Vec<u8> {
        image(
            "CREATE TABLE meta (key text, value text, unique (key));
             WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000)
             INSERT INTO meta SELECT x, 'value ' || x FROM n",
        )
    }

    fn budget(seconds: u64, is_stopped: bool) -> Budget {
        Budget {
            stop: Arc::new(AtomicBool::new(is_stopped)),
            time: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn rows_are_read_in_table_order_with_their_ids() {
        let database = Untrusted::open(filled(), &TABLES, &budget(60, false)).unwrap();
        assert!(database.has(&TABLES[0]) && database.refused().is_empty());
        let mut ids = Vec::new();
        let take = |row: &Cells<'_>| {
            assert_eq!(row.text(1)?, format!("value {}", row.text(0)?));
            ids.push(row.id());
            Ok(())
        };
        database.rows(&TABLES[0], take).unwrap();
        assert_eq!(ids, (1..=20000).collect::<Vec<i64>>());
    }

    #[test]
    fn test_C14_reading_ends_at_the_time_limit() {
        let reason = Untrusted::open(filled(), &TABLES, &budget(0, false));
        assert_eq!(
            reason.err().unwrap(),
            "reading took more than 0 s; the file is damaged or crafted to be slow"
        );
        let stopped = Untrusted::open(filled(), &TABLES, &budget(60, true));
        assert!(stopped.err().unwrap().contains("interrupted"));
    }

    #[test]
    fn sql_other_than_reading_a_table_is_denied() {
        let database = Untrusted::open(filled(), &TABLES, &budget(60, false)).unwrap();
        for sql in [
            "ATTACH 'other.db' AS other",
            "CREATE TABLE more (x)",
            "CREATE TEMP TABLE more (x)",
            "DELETE FROM meta",
            "INSERT INTO meta VALUES (1, 2)",
            "PRAGMA writable_schema=ON",
            "PRAGMA journal_mode=WAL",
            "SELECT load_extension('x')",
            "SELECT randomblob(10)",
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
            "VACUUM INTO 'copy.db'",
        ] {
            assert!(database.connection.execute_batch(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn test_C01_truncated_and_extended_files_are_refused() {
        let whole = image("CREATE TABLE meta (key text, value text, unique (key))");
        for length in (0..whole.len()).step_by(97) {
            let opened = Untrusted::open(whole[..length].to_vec(), &TABLES, &budget(60, false));
            assert!(opened.is_err(), "{length}");
        }
        for more in [1, 512, 4096, 1 << 16] {
            let longer = [whole.as_slice(), &vec![0; more]].concat();
            assert!(Untrusted::open(longer, &TABLES, &budget(60, false)).is_err());
        }
    }
}
