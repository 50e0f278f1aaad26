//! coverage.py's data file, schema 7: a database with lines or arcs by file and context.

pub mod combined;
pub mod new;
pub mod numbits;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::engine::coverage::limits::{LAST_LINE, MOST_NAMES};
use crate::engine::foundation::error::Doubt;
use crate::engine::sqlite::schema::{Budget, Reason, Table};
use crate::engine::sqlite::untrusted::{Cells, Untrusted};

/// The one that is read: unchanged since coverage.py 5.0.
pub const SCHEMA: i64 = 7;

/// All tables of the schema, in the order of coverage.py.
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

/// What coverage.py measured.
#[derive(Debug, Default)]
pub struct DataFile {
    /// The coverage.py that did.
    pub version: String,
    /// Whether it measured arcs (branches), not lines.
    pub has_arcs: bool,
    /// The contexts, in the order of their numbers.
    pub contexts: Vec<String>,
    /// The files, in the order of theirs.
    pub files: Vec<FileData>,
}

/// What coverage.py measured in one file.
#[derive(Debug, Default)]
pub struct FileData {
    /// The file, as it is spelled there.
    pub path: String,
    /// The plugin that followed it; none for Python.
    pub tracer: Option<String>,
    /// Lines by context (an index into the contexts).
    pub lines: Vec<(u32, Vec<u8>)>,
    /// Context, from where, to where. A negative line is the start or the end of the code at that line.
    pub arcs: Vec<(u32, i32, i32)>,
}

impl FileData {
    /// How many lines were executed, in whatever context.
    #[must_use]
    pub fn covered(&self) -> u64 {
        let mut set = Vec::new();
        for (_, lines) in &self.lines {
            numbits::combine(&mut set, lines);
        }
        // Without the arcs of all contexts in one set, lines would be counted twice.
        let ends = self.arcs.iter().flat_map(|(_, from, to)| [*from, *to]);
        let mut lines: Vec<i32> = ends.filter(|line| *line > 0).collect();
        lines.sort_unstable();
        lines.dedup();
        numbits::count(&set) + lines.len() as u64
    }

    /// The last line that is named.
    #[must_use]
    pub fn last_line(&self) -> u32 {
        let lines = self.lines.iter().filter_map(|(_, set)| numbits::last(set));
        let ends = self.arcs.iter().flat_map(|(_, from, to)| [from, to]);
        let last = lines.chain(ends.map(|line| line.unsigned_abs())).max();
        last.unwrap_or_default()
    }
}

/// Reads a data file from its bytes.
///
/// # Errors
/// Why it cannot be trusted.
pub fn read(image: Vec<u8>, budget: &Budget) -> Result<DataFile, (Doubt, Reason)> {
    let damaged = |reason: Reason| (Doubt::Damaged, reason);
    let database = Untrusted::open(image, &TABLES, budget).map_err(damaged)?;
    check_version(&database)?;
    if let Some(reason) = database.refused().first() {
        return Err(damaged(format!("not what coverage.py writes: it {reason}")));
    }
    if let Some(table) = TABLES.iter().find(|table| !database.has(table)) {
        return Err(damaged(format!(
            "not what coverage.py writes: it has no table {}",
            table.name
        )));
    }
    read_tables(&database).map_err(damaged)
}

fn check_version(database: &Untrusted) -> Result<(), (Doubt, Reason)> {
    let [schema, ..] = &TABLES;
    if !database.has(schema) {
        let reason = "an SQLite database, but not coverage.py's: it has no table coverage_schema";
        return Err((Doubt::Damaged, reason.to_owned()));
    }
    let mut versions = Vec::new();
    let take = |row: &Cells<'_>| {
        versions.push(row.integer(0)?);
        if versions.len() > 1 {
            Err("a second version".to_owned())
        } else {
            Ok(())
        }
    };
    database
        .rows(schema, take)
        .map_err(|reason| (Doubt::Damaged, reason))?;
    match versions.as_slice() {
        [SCHEMA] => Ok(()),
        [] => Err((
            Doubt::Damaged,
            "table coverage_schema is empty: its writer did not finish".to_owned(),
        )),
        [other, ..] => {
            let reason = format!("coverage.py's schema {other}; this ci-accel reads {SCHEMA}");
            Err((Doubt::Schema, reason))
        }
    }
}

fn read_tables(database: &Untrusted) -> Result<DataFile, Reason> {
    let [_, meta, file, context, line_bits, arc, tracer] = &TABLES;
    let mut measured = read_meta(database, meta)?;
    let mut files = Names::default();
    database.rows(file, |row| {
        let path = files.add(row)?;
        measured.files.push(FileData {
            path,
            ..FileData::default()
        });
        Ok(())
    })?;
    let mut contexts = Names::default();
    database.rows(context, |row| {
        measured.contexts.push(contexts.add(row)?);
        Ok(())
    })?;
    let DataFile {
        has_arcs,
        files: known,
        ..
    } = &mut measured;
    let mut seen = HashSet::new();
    database.rows(line_bits, |row| {
        if *has_arcs {
            return Err("lines in a file of arcs: meta.has_arcs is 1".to_owned());
        }
        let lines = row.blob(2)?;
        let context = contexts.find(row.integer(1)?, "context")?;
        let file = files.find(row.integer(0)?, "file")?;
        if !seen.insert((file, context)) {
            return Err("a second row for the same file and context".to_owned());
        }
        measure(known, file)?.lines.push((context, lines.to_vec()));
        Ok(())
    })?;
    database.number_rows(arc, |[file, context, from, to]| {
        if !*has_arcs {
            return Err("arcs in a file of lines: meta.has_arcs is 0".to_owned());
        }
        let (from, to) = (line(from)?, line(to)?);
        // From the start of the code to its end without a line between is an arc (-7, -7).
        if from < 0 && to < 0 && from != to {
            return Err(format!(
                "an arc from {from} to {to}, from one chunk of code into another"
            ));
        }
        let context = contexts.find(context, "context")?;
        let measure = measure(known, files.find(file, "file")?)?;
        measure.arcs.push((context, from, to));
        Ok(())
    })?;
    database.rows(tracer, |row| {
        let measure = measure(known, files.find(row.integer(0)?, "file")?)?;
        measure.tracer = Some(row.text(1)?.to_owned());
        Ok(())
    })?;
    Ok(measured)
}

fn read_meta(database: &Untrusted, meta: &Table) -> Result<DataFile, Reason> {
    let mut values = HashMap::new();
    database.rows(meta, |row| {
        let (key, value) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        if values.len() >= MOST_NAMES {
            return Err(format!("more than {MOST_NAMES} rows"));
        }
        match values.insert(key, value) {
            None => Ok(()),
            Some(_) => Err("a second row for the same key".to_owned()),
        }
    })?;
    let has_arcs = match values.get("has_arcs").map(String::as_str) {
        Some("0") => false,
        Some("1") => true,
        Some(other) => return Err(format!("meta.has_arcs is {other:?}, not 0 or 1")),
        None => {
            return Err(
                "meta has no has_arcs: nothing was measured, or its writer did not finish"
                    .to_owned(),
            );
        }
    };
    let version = values.remove("version");
    Ok(DataFile {
        version: version.ok_or("meta has no version: its writer did not finish")?,
        has_arcs,
        ..DataFile::default()
    })
}

/// Which names a table has, and which place each of its numbers stands for.
#[derive(Default)]
struct Names {
    places: HashMap<i64, u32>,
    known: HashSet<String>,
    // Rows that name the same file mostly stand together, and there are millions of them.
    last: Cell<Option<(i64, u32)>>,
}

impl Names {
    fn add(&mut self, row: &Cells<'_>) -> Result<String, Reason> {
        if self.places.len() >= MOST_NAMES {
            return Err(format!(
                "more than {MOST_NAMES} rows, the most that are read"
            ));
        }
        let place = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let name = row.text(1)?;
        if self.places.insert(row.integer(0)?, place).is_some() {
            return Err("a second row of the same id".to_owned());
        }
        if !self.known.insert(name.to_owned()) {
            return Err(format!("{name:?} stands there twice"));
        }
        Ok(name.to_owned())
    }

    fn find(&self, id: i64, table: &str) -> Result<u32, Reason> {
        if let Some((last, place)) = self.last.get()
            && last == id
        {
            return Ok(place);
        }
        let place = self.places.get(&id).copied();
        let place = place
            .ok_or_else(|| format!("names {table} {id}, which table {table} does not have"))?;
        self.last.set(Some((id, place)));
        Ok(place)
    }
}

fn measure(measures: &mut [FileData], place: u32) -> Result<&mut FileData, Reason> {
    let place = usize::try_from(place).ok();
    let measure = place.and_then(|place| measures.get_mut(place));
    measure.ok_or_else(|| "names a file that is not there".to_owned())
}

fn line(number: i64) -> Result<i32, Reason> {
    match i32::try_from(number) {
        Ok(line) if line.unsigned_abs() <= LAST_LINE => Ok(line),
        _ => Err(format!(
            "line {number}; {LAST_LINE} is the last that is believed"
        )),
    }
}
