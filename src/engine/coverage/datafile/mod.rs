//! Reads coverage.py's data file, schema 7: an SQLite database with lines or arcs by file and context. The format is
//! described in coverage.py's documentation, `dbschema`.

pub mod combined;
pub mod new;
pub mod numbits;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::engine::coverage::limits::{LAST_LINE, MOST_NAMES};
use crate::engine::foundation::error::{Doubt, Error};
use crate::engine::sqlite::schema::{Budget, Reason, Table};
use crate::engine::sqlite::untrusted::{Cells, Untrusted};

/// The supported version of the schema, which all versions of coverage.py since 5.0 write.
pub const SCHEMA: i64 = 7;

/// The tables of the schema, in coverage.py's order.
pub static TABLES: [Table; 7] = [
    Table {
        name: "coverage_schema",
        columns: &[("version", "integer")],
    },
    Table {
        name: "meta",
        columns: &[("key", "text"), ("value", "text")],
    },
    Table {
        name: "file",
        columns: &[("id", "integer"), ("path", "text")],
    },
    Table {
        name: "context",
        columns: &[("id", "integer"), ("context", "text")],
    },
    Table {
        name: "line_bits",
        columns: &[
            ("file_id", "integer"),
            ("context_id", "integer"),
            ("numbits", "blob"),
        ],
    },
    Table {
        name: "arc",
        columns: &[
            ("file_id", "integer"),
            ("context_id", "integer"),
            ("fromno", "integer"),
            ("tono", "integer"),
        ],
    },
    Table {
        name: "tracer",
        columns: &[("file_id", "integer"), ("tracer", "text")],
    },
];

/// Content of a data file.
#[derive(Debug, Default)]
pub struct DataFile {
    /// Version of the coverage.py that measured.
    pub version: String,
    /// Whether the data has arcs (branches) instead of lines.
    pub has_arcs: bool,
    /// Names of the contexts. Lines and arcs refer to a context by its index.
    pub contexts: Vec<String>,
    /// Data of each measured file.
    pub files: Vec<FileData>,
}

/// Data of one measured file.
#[derive(Debug, Default)]
pub struct FileData {
    /// Path as the data spells it.
    pub path: String,
    /// Name of the plugin that traced the file; `None` for Python.
    pub tracer: Option<String>,
    /// Index of the context, and the executed lines as numbits.
    pub lines: Vec<(u32, Vec<u8>)>,
    /// Index of the context, start line and end line. -n is the entry or the exit of the code object at line n.
    pub arcs: Vec<(u32, i32, i32)>,
}

impl FileData {
    /// Returns the number of lines that were executed in any context.
    pub fn covered(&self) -> u64 {
        let mut set = Vec::new();
        for (_, lines) in &self.lines {
            numbits::combine(&mut set, lines);
        }
        let ends = self.arcs.iter().flat_map(|(_, from, to)| [*from, *to]);
        let mut lines: Vec<i32> = ends.filter(|line| *line > 0).collect();
        lines.sort_unstable();
        lines.dedup();
        numbits::count(&set) + lines.len() as u64
    }

    /// Returns the highest line number in the data.
    pub fn last_line(&self) -> u32 {
        let lines = self.lines.iter().filter_map(|(_, set)| numbits::last(set));
        let ends = self.arcs.iter().flat_map(|(_, from, to)| [from, to]);
        let last = lines.chain(ends.map(|line| line.unsigned_abs())).max();
        last.unwrap_or_default()
    }
}

/// Reads a data file from its bytes. `path` is the file that errors name.
///
/// # Errors
/// `Error::Coverage` if the data is invalid or has another schema version.
pub fn read(path: &Path, image: Vec<u8>, budget: &Budget) -> Result<DataFile, Error> {
    let damaged = |reason: Reason| Error::coverage(path, reason);
    let database = Untrusted::open(image, &TABLES, budget).map_err(damaged)?;
    let version = read_version(&database).map_err(damaged)?;
    if version != SCHEMA {
        return Err(Error::Coverage {
            path: path.to_path_buf(),
            doubt: Doubt::Schema,
            reason: format!("coverage.py's schema {version} is not supported, only {SCHEMA}"),
        });
    }
    read_tables(&database).map_err(damaged)
}

fn read_version(database: &Untrusted) -> Result<i64, Reason> {
    let [schema, ..] = &TABLES;
    if !database.has(schema) {
        let reason = "an SQLite database, but not coverage.py's: it has no table coverage_schema";
        return Err(reason.to_owned());
    }
    let mut version = None;
    database.rows(schema, |row| match version.replace(row.integer(0)?) {
        None => Ok(()),
        Some(_) => Err("duplicate version".to_owned()),
    })?;
    version.ok_or_else(|| "table coverage_schema is empty: its writer did not finish".to_owned())
}

fn read_tables(database: &Untrusted) -> Result<DataFile, Reason> {
    if let Some(reason) = database.refused().first() {
        return Err(format!("not what coverage.py writes: it {reason}"));
    }
    if let Some(Table { name, .. }) = TABLES.iter().find(|table| !database.has(table)) {
        return Err(format!(
            "not what coverage.py writes: it has no table {name}"
        ));
    }
    let [_, meta, file, context, line_bits, arc, tracer] = &TABLES;
    let mut data = read_meta(database, meta)?;
    let mut files = Names::default();
    database.rows(file, |row| {
        let path = files.add(row)?;
        data.files.push(FileData {
            path,
            ..FileData::default()
        });
        Ok(())
    })?;
    let mut contexts = Names::default();
    database.rows(context, |row| {
        data.contexts.push(contexts.add(row)?);
        Ok(())
    })?;
    let DataFile {
        has_arcs,
        files: known,
        ..
    } = &mut data;
    let mut seen = HashSet::new();
    database.rows(line_bits, |row| {
        if *has_arcs {
            return Err("lines, but meta.has_arcs is 1".to_owned());
        }
        let lines = row.blob(2)?;
        let context = contexts.find(row.integer(1)?, "context")?;
        let file = files.find(row.integer(0)?, "file")?;
        if !seen.insert((file, context)) {
            return Err("duplicate file and context".to_owned());
        }
        file_data(known, file)?
            .lines
            .push((context, lines.to_vec()));
        Ok(())
    })?;
    database.number_rows(arc, |[file, context, from, to]| {
        if !*has_arcs {
            return Err("arcs, but meta.has_arcs is 0".to_owned());
        }
        let (from, to) = (line(from)?, line(to)?);
        // (-7, -7) is an arc from the entry of the code object at line 7 to its exit.
        if from < 0 && to < 0 && from != to {
            return Err(format!("arc ({from}, {to}) joins two code objects"));
        }
        let context = contexts.find(context, "context")?;
        let file = file_data(known, files.find(file, "file")?)?;
        file.arcs.push((context, from, to));
        Ok(())
    })?;
    database.rows(tracer, |row| {
        let file = file_data(known, files.find(row.integer(0)?, "file")?)?;
        file.tracer = Some(row.text(1)?.to_owned());
        Ok(())
    })?;
    Ok(data)
}

fn read_meta(database: &Untrusted, meta: &Table) -> Result<DataFile, Reason> {
    let mut values = HashMap::new();
    database.rows(meta, |row| {
        let (key, value) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        if values.len() >= MOST_NAMES {
            return Err(format!("more than {MOST_NAMES} rows, the limit"));
        }
        let reason = format!("duplicate key {key:?}");
        values.insert(key, value).map_or(Ok(()), |_| Err(reason))
    })?;
    let has_arcs = match values.get("has_arcs").map(String::as_str) {
        Some("0") => false,
        Some("1") => true,
        Some(other) => return Err(format!("meta.has_arcs is {other:?}, not 0 or 1")),
        None => {
            let reason = "meta has no has_arcs: nothing was measured, or its writer did not finish";
            return Err(reason.to_owned());
        }
    };
    let version = values.remove("version");
    Ok(DataFile {
        version: version.ok_or("meta has no version: its writer did not finish")?,
        has_arcs,
        ..DataFile::default()
    })
}

/// Indexes of the rows of table `file` or `context` by their ids.
#[derive(Default)]
struct Names {
    indexes: HashMap<i64, u32>,
    known: HashSet<String>,
    /// The last result of `find`: most of the millions of rows have the file and the context of the row before.
    last: Cell<Option<(i64, u32)>>,
}

impl Names {
    fn add(&mut self, row: &Cells<'_>) -> Result<String, Reason> {
        if self.indexes.len() >= MOST_NAMES {
            return Err(format!("more than {MOST_NAMES} rows, the limit"));
        }
        let index = u32::try_from(self.indexes.len()).unwrap_or(u32::MAX);
        let (id, name) = (row.integer(0)?, row.text(1)?);
        if self.indexes.insert(id, index).is_some() {
            return Err(format!("duplicate id {id}"));
        }
        if !self.known.insert(name.to_owned()) {
            return Err(format!("duplicate {name:?}"));
        }
        Ok(name.to_owned())
    }

    fn find(&self, id: i64, table: &str) -> Result<u32, Reason> {
        if let Some((last, index)) = self.last.get()
            && last == id
        {
            return Ok(index);
        }
        let index = self.indexes.get(&id).copied();
        let index = index.ok_or_else(|| format!("{table} {id} is missing in table {table}"))?;
        self.last.set(Some((id, index)));
        Ok(index)
    }
}

fn file_data(files: &mut [FileData], index: u32) -> Result<&mut FileData, Reason> {
    let file = files.get_mut(index as usize);
    file.ok_or_else(|| format!("file at index {index} is missing"))
}

fn line(number: i64) -> Result<i32, Reason> {
    match i32::try_from(number) {
        Ok(line) if line.unsigned_abs() <= LAST_LINE => Ok(line),
        _ => Err(format!("line {number} exceeds the limit {LAST_LINE}")),
    }
}
