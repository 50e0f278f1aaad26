//! The floor: only reading the files below a folder, by threads as the engine does it. Prints the seconds of each
//! round, one a line.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Instant;

use ci_accel::engine::digest::BLOCK;
use ci_accel::engine::error::At;
use ci_accel::engine::interrupt::never;
use ci_accel::engine::parallel;
use walkdir::WalkDir;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: read_files FOLDER ROUNDS")?;
    let rounds: usize = arguments
        .next()
        .ok_or("usage: read_files FOLDER ROUNDS")?
        .parse()?;
    for _ in 0..rounds {
        let started = Instant::now();
        let mut files = Vec::new();
        for entry in WalkDir::new(&folder) {
            let entry = entry?;
            if entry.file_type().is_file() {
                files.push(entry.into_path());
            }
        }
        parallel::map(&files, &never(), |path: &PathBuf, buffer, _| {
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
