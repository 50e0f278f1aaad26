//! The floor: only reading the files below a folder, or asking about the paths in a list and reading the files among
//! them, by threads as the engine does it. Prints the seconds of each round, one a line.

use std::fs::{File, read_to_string};
use std::io::Read;
use std::path::PathBuf;
use std::time::Instant;

use ci_accel::engine::files::parallel;
use ci_accel::engine::foundation::digest::BLOCK;
use ci_accel::engine::foundation::error::At;
use ci_accel::engine::foundation::interrupt::never;
use walkdir::WalkDir;

const USAGE: &str = "usage: read_files FOLDER|LIST ROUNDS";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let given = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let rounds: usize = arguments.next().ok_or(USAGE)?.parse()?;
    let listed: Vec<PathBuf> = if given.is_file() {
        read_to_string(&given)?.lines().map(PathBuf::from).collect()
    } else {
        Vec::new()
    };
    for _ in 0..rounds {
        let started = Instant::now();
        let mut files = listed.clone();
        if !given.is_file() {
            for entry in WalkDir::new(&given) {
                let entry = entry?;
                if entry.file_type().is_file() {
                    files.push(entry.into_path());
                }
            }
        }
        parallel::map(&files, &never(), |path: &PathBuf, buffer, _| {
            if !listed.is_empty() && !path.metadata().is_ok_and(|found| found.is_file()) {
                return Ok(());
            }
            buffer.resize(BLOCK, 0);
            let mut file = File::open(path).at(path)?;
            while file.read(buffer).at(path)? > 0 {}
            Ok(())
        })?;
        // What the bench script reads.
        #[allow(clippy::print_stdout)]
        {
            println!("{}", started.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
