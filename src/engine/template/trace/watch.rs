//! Watching a traced builder: the log that its processes write, and what that leads to.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use super::log::{self, Caller, Trace};
use super::program;
use crate::engine::files::own_folder::OwnFolder;
use crate::engine::files::regular_file::Stat;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::request::Request;
use crate::engine::template::trace::vouched::Vouched;
use crate::engine::template::traced::surroundings::Surroundings;

/// The tracer's log in a build's folder.
pub(in crate::engine::template) const LOG: &str = "trace.log";

/// How long processes that outlive the builder may take to say that they are done: a resource tracker, for one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who ran a traced builder.
pub struct Run<'a> {
    /// The process that started it.
    pub process: u32,
    /// Its program, as it was found.
    pub program: &'a Path,
}

/// Returns the trace that a builder's processes wrote to `log`.
///
/// # Errors
/// The interrupt's.
pub(in crate::engine::template) fn trace(
    log: &Path,
    run: &Run<'_>,
    request: &Request,
    surroundings: &Surroundings,
    interrupt: &Interrupt<'_>,
) -> Result<Trace> {
    let is_uv_run = program::is_uv_run(&request.build, &surroundings.variables);
    let vouched = Vouched(surroundings.programs.iter().cloned().collect());
    let caller = Caller {
        process: run.process,
        program: run.program,
        is_known: is_uv_run,
        vouched: &vouched,
    };
    let mut trace = match settled(log, &caller, interrupt) {
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        other => other.unwrap_or_else(|error| {
            let mut trace = Trace::default();
            trace.doubt(format!(
                "the builder's processes wrote nothing down: {error}"
            ));
            trace
        }),
    };
    if is_uv_run {
        program::uv_reads(&request.root, &surroundings.places, &mut trace);
    }
    Ok(trace)
}

/// The trace, once every process that wrote into it is done, or some time later.
fn settled(path: &Path, caller: &Caller<'_>, interrupt: &Interrupt<'_>) -> Result<Trace> {
    let started = Instant::now();
    loop {
        let mut trace = log::read(path, caller)?;
        let is_alive = |number: &i32| {
            Pid::from_raw(*number).is_some_and(|process| test_kill_process(process).is_ok())
        };
        let mut running = trace.unended.iter().chain(&trace.workers);
        if !running.any(is_alive) || started.elapsed() > PATIENCE {
            for number in std::mem::take(&mut trace.unended) {
                trace.doubt(format!("Python process {number} left no end mark"));
            }
            return Ok(trace);
        }
        interrupt.sleep()?;
    }
}

/// When a folder was made. For a traced builder the log is made with it: the tracer only adds to one that is there.
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
