//! Finishes a log: checks that every process logged its start and end, and removes what is not an input.

use std::collections::HashMap;
use std::path::Path;

use super::log::{LoadedBytecode, LogReader, Trace};
use super::program::is_python;
use crate::engine::cpython::bytecode::source_of;

impl LogReader<'_> {
    /// Collects the modules loaded from bytecode alone. A process that also read the source compiled it.
    pub(super) fn close(&mut self, number: i32) {
        let process = self.process(number);
        let checks_hashes = process.checks_hashes;
        let sources = std::mem::take(&mut process.sources);
        for file in std::mem::take(&mut process.bytecode) {
            let Some(source) = source_of(&file) else {
                continue;
            };
            if sources.contains(&source) {
                continue;
            }
            let loaded = LoadedBytecode { checks_hashes };
            let known = self.trace.bytecode.entry(file).or_insert(loaded);
            known.checks_hashes &= checks_hashes;
            self.trace.read.entry(source).or_insert(None);
        }
    }

    pub(super) fn finish(mut self) -> Trace {
        let numbers: Vec<i32> = self.processes.keys().copied().collect();
        for number in &numbers {
            self.close(*number);
        }
        let caller = self.caller;
        let parent = i32::try_from(caller.process).unwrap_or_default();
        let trace = &mut self.trace;
        let unseen = |program: &Path| {
            let name = program.file_name().unwrap_or_default().to_string_lossy();
            format!("{name} cannot be traced; declare it in programs= if it reads no inputs")
        };
        if !is_python(caller.program) {
            if caller.is_known || caller.untraced.covers(caller.program) {
                trace.programs.insert(caller.program.to_path_buf());
            } else {
                trace.doubt(unseen(caller.program));
            }
        } else if !self.parents.contains(&parent) {
            trace.doubt("the builder's Python did not load the tracer".to_owned());
        }
        let mut pythons: HashMap<i32, usize> = HashMap::new();
        // The process that started the builder writes no log, so the builder itself is added here.
        let own = self
            .processes
            .iter()
            .filter(|(_, process)| process.starts > 0 && process.parent == parent);
        pythons.extend(own.map(|(number, _)| (*number, 1)));
        for (number, program) in self.started {
            if is_python(&program) {
                *pythons.entry(number).or_default() += 1;
            } else if caller.untraced.covers(&program) {
                trace.programs.insert(program);
            } else {
                trace.doubt(unseen(&program));
            }
        }
        for (number, started) in pythons {
            if self
                .processes
                .get(&number)
                .is_none_or(|process| process.starts < started)
            {
                trace.doubt(format!("Python process {number} did not load the tracer"));
            }
        }
        for (number, process) in &self.processes {
            if process.ends < process.starts {
                let list = if process.is_worker {
                    &mut trace.workers
                } else {
                    &mut trace.unended
                };
                list.push(*number);
            }
        }
        // A path that the builder created is not an input, even if it was looked up earlier.
        let mut trace = std::mem::take(trace);
        let made = std::mem::take(&mut trace.written);
        let is_made = |path: &Path| path.ancestors().any(|part| made.contains(part));
        trace.absent.retain(|path| !is_made(path));
        trace.asked.retain(|(path, _)| !is_made(path));
        trace.links.retain(|path| !is_made(path));
        trace.listed.retain(|path, _| !is_made(path));
        trace.searched.retain(|path| !is_made(path));
        trace.importable.retain(|path, _| !is_made(path));
        trace.written = made;
        trace
    }
}
