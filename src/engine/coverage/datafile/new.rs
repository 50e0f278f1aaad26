//! A new data file of coverage.py, as it would write it itself.

use super::{DataFile, SCHEMA, TABLES};
use crate::engine::sqlite::new::{Cell, Written};
use crate::engine::sqlite::schema::Reason;

/// The data file that says this. Names sorted the same way give the same bytes.
///
/// # Errors
/// SQLite's: there is not enough memory.
pub fn write(measured: &DataFile) -> Result<Vec<u8>, Reason> {
    let [schema, meta, file, context, line_bits, arc, tracer] = &TABLES;
    let written = Written::new(SCHEMA_SQL)?;
    written.rows(schema, std::iter::once([Cell::Integer(SCHEMA)]))?;
    let has_arcs = if measured.has_arcs { "1" } else { "0" };
    let metas = [
        ("version", measured.version.as_str()),
        ("has_arcs", has_arcs),
    ];
    let texts = metas
        .iter()
        .map(|(key, value)| [Cell::Text(key), Cell::Text(value)]);
    written.rows(meta, texts)?;
    let files = || (1..).zip(&measured.files);
    let paths = files().map(|(id, measure)| [Cell::Integer(id), Cell::Text(&measure.path)]);
    written.rows(file, paths)?;
    let names = (1..).zip(&measured.contexts);
    let contexts = names.map(|(id, name)| [Cell::Integer(id), Cell::Text(name)]);
    written.rows(context, contexts)?;
    let id = |context: u32| Cell::Integer(i64::from(context) + 1);
    let lines =
        files().flat_map(|(file, measure)| measure.lines.iter().map(move |line| (file, line)));
    let lines = lines
        .map(|(file, (context, lines))| [Cell::Integer(file), id(*context), Cell::Blob(lines)]);
    written.rows(line_bits, lines)?;
    let arcs = files().flat_map(|(file, measure)| measure.arcs.iter().map(move |arc| (file, arc)));
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
    let tracers = files().filter_map(|(file, measure)| Some((file, measure.tracer.as_deref()?)));
    let tracers = tracers.map(|(file, name)| [Cell::Integer(file), Cell::Text(name)]);
    written.rows(tracer, tracers)?;
    written.into_bytes()
}

/// As coverage.py makes it.
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
