//! Watching a traced builder: the log that its processes write, and what that leads to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use super::log::{self, Caller, Trace};
use super::program::{self, Vouched};
use crate::engine::files::own_folder::OwnFolder;
use crate::engine::files::pattern::Matcher;
use crate::engine::files::regular_file::Stat;
use crate::engine::files::walk;
use crate::engine::foundation::error::{At, Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::Request;
use crate::engine::template::build::Build;
use crate::engine::template::traced::observe::Observer;

/// The tracer's log in a build's folder.
const LOG: &str = "trace.log";

/// How long processes that outlive the builder may take to say that they are done: a resource tracker, for one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who ran a traced builder.
pub struct Run<'a> {
    /// The process that started it.
    pub process: u32,
    /// Its program, as it was found.
    pub program: &'a Path,
}

impl Build {
    /// Where a traced builder's processes write down what they look at.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }

    /// Makes inputs of what a traced builder's processes wrote down. Returns bytecode that stands for a source and is
    /// not proved by itself: its file and the source.
    ///
    /// # Errors
    /// The interrupt's, and `Error::Argument` for `exclude`.
    pub fn observe(
        &mut self,
        request: &Request,
        run: &Run<'_>,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<(PathBuf, PathBuf)>> {
        let Some(surroundings) = &request.surroundings else {
            return Ok(Vec::new());
        };
        let is_uv_run = program::is_uv_run(&request.build, &surroundings.variables);
        let vouched = Vouched(surroundings.programs.iter().cloned().collect());
        let caller = Caller {
            process: run.process,
            program: run.program,
            is_known: is_uv_run,
            vouched: &vouched,
        };
        let mut trace = match self.settled(&caller, interrupt) {
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
        let declared: BTreeSet<Vec<u8>> = match &self.before {
            Ok(snapshot) => snapshot.basis.paths().map(<[u8]>::to_vec).collect(),
            Err(_) => BTreeSet::new(),
        };
        let eye = Observer {
            surroundings,
            declared: &declared,
            exclude: &Matcher::new(&walk::resolve_root(&request.root)?, &request.exclude, &[])?,
            since: self.since,
            installation: &self.installation,
        };
        let observed = eye.observe(&trace, interrupt)?;
        let bytecode = observed.bytecode.clone();
        self.observed = Some(observed);
        Ok(bytecode)
    }

    /// The trace, once every process that wrote into it is done, or some time later.
    fn settled(&self, caller: &Caller<'_>, interrupt: &Interrupt<'_>) -> Result<Trace> {
        let started = Instant::now();
        loop {
            let mut trace = log::read(&self.log(), caller)?;
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
