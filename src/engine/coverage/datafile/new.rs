//! Writes a data file with coverage.py's schema.

use super::{DataFile, SCHEMA, TABLES};
use crate::engine::sqlite::new::{Cell, Written};
use crate::engine::sqlite::schema::Reason;

/// Returns the bytes of a data file. Equal data in the same order gives equal bytes.
///
/// # Errors
/// The reason if SQLite runs out of memory.
pub fn write(data: &DataFile) -> Result<Vec<u8>, Reason> {
    let [schema, meta, file, context, line_bits, arc, tracer] = &TABLES;
    let written = Written::new(SCHEMA_SQL)?;
    written.rows(schema, std::iter::once([Cell::Integer(SCHEMA)]))?;
    let has_arcs = if data.has_arcs { "1" } else { "0" };
    let metas = [("version", data.version.as_str()), ("has_arcs", has_arcs)];
    let texts = metas
        .iter()
        .map(|(key, value)| [Cell::Text(key), Cell::Text(value)]);
    written.rows(meta, texts)?;
    let files = || (1..).zip(&data.files);
    let paths = files().map(|(id, file)| [Cell::Integer(id), Cell::Text(&file.path)]);
    written.rows(file, paths)?;
    let names = (1..).zip(&data.contexts);
    let contexts = names.map(|(id, name)| [Cell::Integer(id), Cell::Text(name)]);
    written.rows(context, contexts)?;
    let id = |context: u32| Cell::Integer(i64::from(context) + 1);
    let lines = files().flat_map(|(id, file)| file.lines.iter().map(move |line| (id, line)));
    let lines = lines
        .map(|(file, (context, lines))| [Cell::Integer(file), id(*context), Cell::Blob(lines)]);
    written.rows(line_bits, lines)?;
    let arcs = files().flat_map(|(id, file)| file.arcs.iter().map(move |arc| (id, arc)));
    let arcs = arcs.map(|(file, (context, from, to))| {
        let (from, to) = (i64::from(*from), i64::from(*to));
        [
            Cell::Integer(file),
            id(*context),
            Cell::Integer(from),
            Cell::Integer(to),
        ]
    });
    written.rows(arc, arcs)?;
    let tracers = files().filter_map(|(id, file)| Some((id, file.tracer.as_deref()?)));
    let tracers = tracers.map(|(file, name)| [Cell::Integer(file), Cell::Text(name)]);
    written.rows(tracer, tracers)?;
    written.into_bytes()
}

/// coverage.py's schema 7, from `coverage/sqldata.py` of coverage.py 7.
const SCHEMA_SQL: &str = "
CREATE TABLE coverage_schema (
    version integer
);
CREATE TABLE meta (
    key text,
    value text,
    unique (key)
);
CREATE TABLE file (
    id integer primary key,
    path text,
    unique (path)
);
CREATE TABLE context (
    id integer primary key,
    context text,
    unique (context)
);
CREATE TABLE line_bits (
    file_id integer,
    context_id integer,
    numbits blob,
    foreign key (file_id) references file (id),
    foreign key (context_id) references context (id),
    unique (file_id, context_id)
);
CREATE TABLE arc (
    file_id integer,
    context_id integer,
    fromno integer,
    tono integer,
    foreign key (file_id) references file (id),
    foreign key (context_id) references context (id),
    unique (file_id, context_id, fromno, tono)
);
CREATE TABLE tracer (
    file_id integer primary key,
    tracer text,
    foreign key (file_id) references file (id)
);
";
