//! The floor of combining: read every row of all coverage.py data files in a folder with plain rusqlite, on the threads
//! that the engine uses, and write the rows of an already combined file to a new file. Nothing is checked or combined.
//! Prints the seconds of each round, one per line.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ci_accel::engine::files::parallel;
use ci_accel::engine::foundation::error::Error;
use ci_accel::engine::foundation::interrupt::never;
use rusqlite::{Connection, OpenFlags, params_from_iter};

const USAGE: &str = "usage: read_rows FOLDER COMBINED ROUNDS";
const TABLES: [(&str, usize); 7] = [
    ("coverage_schema", 1),
    ("meta", 2),
    ("file", 2),
    ("context", 2),
    ("line_bits", 3),
    ("arc", 4),
    ("tracer", 2),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let combined = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let rounds: usize = arguments.next().ok_or(USAGE)?.parse()?;
    let files = folder
        .read_dir()?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    for _ in 0..rounds {
        let started = Instant::now();
        parallel::map(&files, &never(), |path, _, _| {
            read(path).map_err(|error| Error::coverage(path, error.to_string()))
        })?;
        write(&combined, &combined.with_extension("floor"))?;
        // The bench script reads standard output.
        #[allow(clippy::print_stdout)]
        {
            println!("{}", started.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

fn read(path: &Path) -> rusqlite::Result<i64> {
    let connection = open(path)?;
    let mut sum = 0;
    for (table, width) in TABLES {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..width {
                // The sum keeps the compiler from removing the read.
                sum += row
                    .get_ref(column)?
                    .as_i64_or_null()
                    .unwrap_or_default()
                    .unwrap_or(1);
            }
        }
    }
    Ok(sum)
}

fn write(combined: &Path, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let (from, to) = (open(combined)?, Connection::open(path)?);
    to.pragma_update(None, "foreign_keys", false)?;
    let mut schema = from.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let tables = schema.query_map([], |row| row.get::<_, String>(0))?;
    to.execute_batch("BEGIN")?;
    for table in tables {
        to.execute_batch(&table?)?;
    }
    for (table, width) in TABLES {
        let mut statement = from.prepare(&format!("SELECT * FROM {table}"))?;
        let marks = vec!["?"; width].join(", ");
        let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values: Result<Vec<rusqlite::types::Value>, _> =
                (0..width).map(|column| row.get(column)).collect();
            insert.execute(params_from_iter(values?))?;
        }
    }
    to.execute_batch("COMMIT")?;
    Ok(())
}
