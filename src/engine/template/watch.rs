//! Waits for the processes of a traced builder and reads their log.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use crate::engine::files::own_folder::OwnFolder;
use crate::engine::files::regular_file::Stat;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::request::Request;
use crate::engine::template::surroundings::Surroundings;
use crate::engine::template::trace::log::{self, Trace, TracedBuilder};
use crate::engine::template::trace::program;
use crate::engine::template::trace::untraced_programs::UntracedPrograms;

/// Name of the tracer's log in the folder of a build.
pub(in crate::engine::template) const LOG: &str = "trace.log";

/// Time for processes that outlive the builder, such as a resource tracker, to log their end.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process and program of a traced builder.
pub struct BuilderRun<'a> {
    /// Id of the process that started the builder.
    pub process: u32,
    /// Resolved path of the builder's program.
    pub program: &'a Path,
}

/// Returns the trace that a builder's processes wrote to `log`.
pub(in crate::engine::template) fn trace(
    log: &Path,
    run: &BuilderRun<'_>,
    request: &Request,
    surroundings: &Surroundings,
    interrupt: &Interrupt<'_>,
) -> Result<Trace> {
    let is_uv_run = program::is_uv_run(&request.build, &surroundings.variables);
    let untraced = UntracedPrograms(surroundings.programs.iter().cloned().collect());
    let caller = TracedBuilder {
        process: run.process,
        program: run.program,
        is_known: is_uv_run,
        untraced: &untraced,
    };
    let mut trace = match settled(log, &caller, interrupt) {
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        other => other.unwrap_or_else(|error| {
            let mut trace = Trace::default();
            trace.doubt(format!(
                "the log of the builder's processes cannot be read: {error}"
            ));
            trace
        }),
    };
    if is_uv_run {
        program::uv_reads(&request.root, &surroundings.places, &mut trace);
    }
    Ok(trace)
}

/// Reads the trace until every process in it has ended, at most for a limited time.
fn settled(path: &Path, caller: &TracedBuilder<'_>, interrupt: &Interrupt<'_>) -> Result<Trace> {
    let started = Instant::now();
    loop {
        let mut trace = log::read(path, caller)?;
        let is_alive = |number: &i32| {
            Pid::from_raw(*number).is_some_and(|process| test_kill_process(process).is_ok())
        };
        let mut running = trace.unended.iter().chain(&trace.workers);
        if !running.any(is_alive) || started.elapsed() > PATIENCE {
            for number in std::mem::take(&mut trace.unended) {
                trace.doubt(format!("Python process {number} did not log its end"));
            }
            return Ok(trace);
        }
        interrupt.sleep()?;
    }
}

/// Creates the log of a traced builder and returns the folder's modification time. The tracer only appends to an existing
/// log.
pub(in crate::engine::template) fn begun(
    folder: &OwnFolder,
    is_traced: bool,
) -> Result<(i64, i64)> {
    if is_traced {
        let log = folder.path().join(LOG);
        std::fs::File::create(&log).at(&log)?;
    }
    let metadata = folder.path().metadata().at(folder.path())?;
    Ok(Stat::from(&metadata).changed())
}
