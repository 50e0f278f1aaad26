//! Parses the tracer's log, in which the builder's processes list what they used (docs/tracing.md has the format). The log
//! is size-limited and versioned; a line that cannot be parsed makes the trace incomplete.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::aliases::Aliases;
use super::fields::{state, text, unescaped};
use crate::engine::cpython::bytecode::source_of;
use crate::engine::files::path::without_dots;
use crate::engine::files::regular_file::{Place, Stat, open_regular};
use crate::engine::foundation::error::{At, Result};
use crate::engine::template::trace::untraced_programs::UntracedPrograms;

/// Version of the format.
const VERSION: &[u8] = b"1";

/// Largest log that is read, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// Largest number of doubts that are kept. A single one prevents storing the result.
const MOST_DOUBTS: usize = 8;

/// Everything the builder used.
#[derive(Debug, Default)]
pub struct Trace {
    /// Files read, with their state when they were first opened.
    pub read: BTreeMap<PathBuf, Option<Stat>>,
    /// Paths that were looked up and missing.
    pub absent: BTreeSet<PathBuf>,
    /// Paths whose kind was queried, with the answers: letters as in `State::of_letter`.
    pub asked: BTreeSet<(PathBuf, u8)>,
    /// Links whose text was read.
    pub links: BTreeSet<PathBuf>,
    /// Folders listed, with the names found and the letter for the kind of each.
    pub listed: BTreeMap<PathBuf, BTreeMap<Vec<u8>, u8>>,
    /// Folders searched for installed distributions.
    pub searched: BTreeSet<PathBuf>,
    /// Module names looked up, by folder, with the result: a path, `/` for a namespace portion, `-` for none.
    pub importable: BTreeMap<PathBuf, BTreeMap<String, Vec<u8>>>,
    /// Names of environment variables read.
    pub variables: BTreeSet<Vec<u8>>,
    /// Whether the complete environment was read.
    pub takes_environment: bool,
    /// Paths that the builder wrote.
    pub written: BTreeSet<PathBuf>,
    /// Other programs started, by their resolved paths.
    pub programs: BTreeSet<PathBuf>,
    /// Bytecode loaded without reading its source.
    pub bytecode: BTreeMap<PathBuf, LoadedBytecode>,
    /// Databases among the files read.
    pub databases: BTreeSet<PathBuf>,
    /// Prefixes of the environments of the Pythons that ran.
    pub prefixes: BTreeSet<PathBuf>,
    /// Reasons why the trace may be incomplete.
    pub doubts: Vec<String>,
    /// Processes that must still log their end.
    pub unended: Vec<i32>,
    /// Workers that may still run. They log each action immediately, so they may be killed.
    pub workers: Vec<i32>,
}

/// How bytecode was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadedBytecode {
    /// Whether the process compares checked-hash bytecode with its source.
    pub checks_hashes: bool,
}

/// A process in the log.
#[derive(Default)]
pub(super) struct Process {
    /// Number of Python starts: a process can exec another Python, and process ids are reused.
    pub(super) starts: usize,
    pub(super) ends: usize,
    pub(super) is_worker: bool,
    pub(super) parent: i32,
    pub(super) checks_hashes: bool,
    pub(super) sources: BTreeSet<PathBuf>,
    pub(super) bytecode: BTreeSet<PathBuf>,
}

/// The builder whose processes wrote the log.
pub struct TracedBuilder<'a> {
    /// Id of the process that started the builder.
    pub process: u32,
    /// Resolved path of the builder's program.
    pub program: &'a Path,
    /// Whether the program is not a Python but its own reads are known, such as `uv run`.
    pub is_known: bool,
    /// Programs that need no trace.
    pub untraced: &'a UntracedPrograms,
}

pub(super) struct LogReader<'a> {
    pub(super) trace: Trace,
    pub(super) processes: HashMap<i32, Process>,
    /// Programs started, with their process ids. The line of the parent may follow the first line of the child.
    pub(super) started: Vec<(i32, PathBuf)>,
    pub(super) parents: BTreeSet<i32>,
    /// New names that the builder gave to files that it did not create.
    pub(super) aliases: Aliases,
    pub(super) caller: &'a TracedBuilder<'a>,
}

/// Reads a log.
pub fn read(path: &Path, caller: &TracedBuilder<'_>) -> Result<Trace> {
    let (file, stat) = open_regular(Place::at(path))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).at(path)?;
    let mut trace = parse(&bytes, caller);
    if stat.size() > MOST_BYTES {
        trace.doubt(format!("the log is longer than {MOST_BYTES} bytes"));
    }
    Ok(trace)
}

/// Parses the bytes of a log.
pub fn parse(bytes: &[u8], caller: &TracedBuilder<'_>) -> Trace {
    let mut reader = LogReader {
        trace: Trace::default(),
        processes: HashMap::new(),
        started: Vec::new(),
        parents: BTreeSet::new(),
        aliases: Aliases::default(),
        caller,
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n');
    let lines = bytes.get(..whole.unwrap_or(0)).unwrap_or_default();
    for line in lines.split(|byte| *byte == b'\n') {
        if !line.is_empty() && reader.line(line).is_none() {
            let shown = String::from_utf8_lossy(line)
                .chars()
                .take(80)
                .collect::<String>();
            reader
                .trace
                .doubt(format!("invalid line in the log: {shown}"));
        }
    }
    reader.finish()
}

impl Trace {
    /// Returns whether the builder created a path or a folder that contains it.
    fn has_made(&self, path: &Path) -> bool {
        path.ancestors().any(|part| self.written.contains(part))
    }

    /// Adds a reason why the trace may be incomplete.
    pub fn doubt(&mut self, words: String) {
        if self.doubts.len() < MOST_DOUBTS && !self.doubts.contains(&words) {
            self.doubts.push(words);
        }
    }
}

impl LogReader<'_> {
    /// Parses a line; `None` if it is invalid.
    fn line(&mut self, line: &[u8]) -> Option<()> {
        let mut fields = line.split(|byte| *byte == b'\t');
        let process: i32 = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
        let kind = fields.next()?;
        let fields: Vec<Vec<u8>> = fields.map(unescaped).collect::<Option<_>>()?;
        let program =
            |position: usize| Some(PathBuf::from(OsStr::from_bytes(fields.get(position)?)));
        match kind {
            b"start" => self.start(process, &fields)?,
            b"end" => self.process(process).ends += 1,
            b"spawn" => {
                let child = text(&fields, 0)?.parse().ok()?;
                self.started.push((child, program(1)?));
            }
            b"exec" => {
                self.process(process).ends += 1;
                self.started.push((process, program(0)?));
            }
            b"system" => {
                let command = text(&fields, 0)?;
                self.trace
                    .doubt(format!("the builder runs {command:?} in a shell"));
            }
            b"doubt" => self.trace.doubt(text(&fields, 0)?),
            b"environ" => self.trace.takes_environment = true,
            b"env" => {
                self.trace.variables.insert(fields.first()?.clone());
            }
            _ => self.looked_at(process, kind, &fields)?,
        }
        Some(())
    }

    /// Adds a line about a path.
    fn looked_at(&mut self, process: i32, kind: &[u8], fields: &[Vec<u8>]) -> Option<()> {
        let path = self.path(fields.first()?)?;
        let path = self.aliases.original(path);
        let trace = &mut self.trace;
        match (kind, fields.get(1).map(Vec::as_slice)) {
            (b"rename", Some(to)) => {
                let to = self.path(to)?;
                if !self.trace.has_made(&path) {
                    self.aliases.insert(to.clone(), path);
                }
                self.trace.written.insert(to);
            }
            (b"write", _) | (b"database" | b"update", Some(b"-")) => {
                trace.written.insert(path);
            }
            (b"read" | b"database" | b"update", Some(stat)) => {
                if kind == b"database" {
                    trace.databases.insert(path.clone());
                }
                self.opened(process, path, state(stat)?);
            }
            (b"absent", _) | (b"stat", Some(b"-")) => {
                // Missing bytecode does not count; its source does.
                if !trace.written.contains(&path) && source_of(&path).is_none() {
                    trace.absent.insert(path);
                }
            }
            (b"stat", Some([letter])) => {
                trace.asked.insert((path, *letter));
            }
            (b"link", _) => {
                trace.links.insert(path);
            }
            (b"list", Some(names)) => {
                let names = names.split(|byte| *byte == b'/');
                let letters = names.filter_map(|name| name.split_first());
                let names = letters
                    .map(|(letter, name)| (name.to_vec(), *letter))
                    .collect();
                trace.listed.entry(path).or_insert(names);
            }
            (b"metadata", _) => {
                trace.searched.insert(path);
            }
            (b"find", Some(_)) => self.find(path, text(fields, 1)?, fields.get(2)?)?,
            _ => return None,
        }
        Some(())
    }

    /// Returns the path in a field without `..`. The folders that `..` leaves count as folders that exist.
    fn path(&mut self, field: &[u8]) -> Option<PathBuf> {
        let path = Path::new(OsStr::from_bytes(field));
        let (plain, dropped) = path.is_absolute().then(|| without_dots(path))?;
        let folders = dropped.into_iter().filter(|folder| folder.is_dir());
        self.trace
            .asked
            .extend(folders.map(|folder| (folder, b'D')));
        Some(plain)
    }

    pub(super) fn process(&mut self, number: i32) -> &mut Process {
        self.processes.entry(number).or_default()
    }

    fn start(&mut self, number: i32, fields: &[Vec<u8>]) -> Option<()> {
        if fields.first()? != VERSION {
            self.trace
                .doubt("the log has an unsupported version".to_owned());
            return Some(());
        }
        let parent: i32 = text(fields, 1)?.parse().ok()?;
        self.parents.insert(parent);
        self.close(number);
        let how = fields.get(2)?;
        if how == b"fork" {
            // A fork of a Python is a Python; the log has no other line about its start.
            self.started.push((number, PathBuf::from("python")));
        }
        let checks_hashes = fields.get(6)? != b"never";
        let prefix = PathBuf::from(OsStr::from_bytes(fields.get(7)?));
        self.trace.prefixes.insert(prefix);
        let process = self.process(number);
        process.starts += 1;
        process.is_worker = how != b"exec";
        process.parent = parent;
        process.checks_hashes = checks_hashes;
        Some(())
    }

    fn opened(&mut self, number: i32, path: PathBuf, stat: Stat) {
        let process = self.process(number);
        if source_of(&path).is_some() {
            process.bytecode.insert(path);
            return;
        }
        process.sources.insert(path.clone());
        if !self.trace.has_made(&path) {
            self.trace.read.entry(path).or_insert(Some(stat));
        }
    }

    fn find(&mut self, folder: PathBuf, name: String, found: &[u8]) -> Option<()> {
        // A module counts by its source, even if it was loaded from bytecode.
        let file = Path::new(OsStr::from_bytes(found));
        if found.len() > 1 && found.starts_with(b"/") && source_of(file).is_none() {
            let file = self.path(found)?;
            if !self.trace.has_made(&file) {
                self.trace.read.entry(file).or_insert(None);
            }
        }
        let names = self.trace.importable.entry(folder).or_default();
        names.entry(name).or_insert_with(|| found.to_vec());
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str =
        "7\tstart\t1\t1\texec\t/usr/bin/python3\tcpython-311\t0\tdefault\t/usr\t0\n";

    fn parsed(lines: &str) -> Trace {
        let untraced = UntracedPrograms(BTreeSet::from(["make".to_owned()]));
        let caller = TracedBuilder {
            process: 1,
            program: Path::new("/usr/bin/python3"),
            is_known: false,
            untraced: &untraced,
        };
        parse(lines.as_bytes(), &caller)
    }

    /// Returns the trace of a builder that did this and then ended.
    fn whole(lines: &str) -> Trace {
        parsed(&format!("{START}{lines}7\tend\n"))
    }

    #[test]
    fn a_complete_log_has_no_doubts() {
        let trace = whole(
            "7\tread\t/w/a%09b.py\t1:2:3:4000000005:6\n7\tenv\tHOME\n7\tspawn\t8\t/bin/uname\tuname\n",
        );
        assert_eq!((trace.doubts, trace.unended), (vec![], vec![]));
        let stat = Stat::new(1, 2, 3, 4_000_000_005, 6);
        assert_eq!(trace.read.get(Path::new("/w/a\tb.py")), Some(&Some(stat)));
        assert!(trace.variables.contains(&b"HOME"[..]));
    }

    #[test]
    fn files_that_the_builder_created_are_not_inputs() {
        let trace = whole("7\tabsent\t/w/x\n7\twrite\t/w/x\n7\tread\t/w/x\t1:2:3:4:5\n");
        assert!(trace.absent.is_empty());
        assert!(trace.read.is_empty());
        let trace = whole("7\tread\t/w/x\t1:2:3:4:5\n7\twrite\t/w/x\n");
        assert_eq!(trace.read.len(), 1, "it was read first");
    }

    #[test]
    fn a_renamed_file_is_an_input_under_its_original_name() {
        let trace = whole("7\trename\t/w/a.sql\t/tmp/x/b.sql\n7\tread\t/tmp/x/b.sql\t1:2:3:4:5\n");
        assert!(trace.read.contains_key(Path::new("/w/a.sql")));
        let trace =
            whole("7\trename\t/w/s\t/tmp/x\n7\tlist\t/tmp/x\tFa\n7\tread\t/tmp/x/a\t1:2:3:4:5\n");
        assert!(trace.read.contains_key(Path::new("/w/s/a")));
        assert!(trace.listed.contains_key(Path::new("/w/s")));
        let trace = whole("7\twrite\t/w/t\n7\trename\t/w/t\t/w/u\n7\tread\t/w/u\t1:2:3:4:5\n");
        assert!(trace.read.is_empty());
    }

    #[test]
    fn files_in_a_created_folder_are_not_inputs() {
        let lines = "7\twrite\t/tmp/x\n7\tlist\t/tmp/x\tFa\n7\tstat\t/tmp/x/s\td\n7\tread\t/tmp/x/a\t1:2:3:4:5\n";
        let trace = whole(lines);
        assert!(trace.read.is_empty() && trace.listed.is_empty() && trace.asked.is_empty());
    }

    #[test]
    fn bytecode_counts_by_its_source_unless_the_source_was_read() {
        let loaded = "7\tread\t/w/__pycache__/a.cpython-311.pyc\t1:2:3:4:5\n";
        let trace = whole(loaded);
        assert!(trace.read.contains_key(Path::new("/w/a.py")));
        assert_eq!(trace.bytecode.len(), 1);
        let trace = whole(&format!("{loaded}7\tread\t/w/a.py\t1:2:3:4:5\n"));
        assert!(trace.bytecode.is_empty(), "it was compiled from the source");
    }

    #[test]
    fn test_T26_every_process_must_log_its_start_and_end() {
        let child = "8\tstart\t1\t7\texec\t/usr/bin/python3\t\t0\tdefault\t/usr\t0\n";
        let spawn = "7\tspawn\t8\t/usr/bin/python3\tpython3\tx.py\n";
        let doubts = |lines: &str| whole(lines).doubts.len() + whole(lines).unended.len();
        assert_eq!(doubts(&format!("{spawn}{child}8\tend\n")), 0);
        assert_eq!(
            doubts(&format!("{child}8\tend\n{spawn}")),
            0,
            "the parent's line may follow the child's"
        );
        assert_eq!(doubts(&format!("{spawn}{child}")), 1, "no end");
        assert_eq!(doubts(spawn), 1, "no start");
        assert_eq!(
            doubts(&format!("{spawn}{spawn}{child}8\tend\n")),
            1,
            "one of two processes with this id did not end"
        );
        let fork = "9\tstart\t1\t7\tfork\t/usr/bin/python3\t\t0\tdefault\t/usr\t0\n";
        assert_eq!(doubts(&format!("{fork}9\tend\n")), 0);
        assert_eq!(doubts(fork), 0, "a worker logs each action immediately");
        assert_eq!(whole(fork).workers, [9]);
        assert_eq!(
            doubts("7\texec\t/usr/bin/python3\tpython3\n"),
            1,
            "the program it became did not log a start"
        );
        assert_eq!(
            doubts(&format!("7\texec\t/usr/bin/python3\tpython3\n{START}")),
            0
        );
    }

    #[test]
    fn test_T26_untraced_programs_must_be_declared() {
        let doubt = |program: &str| whole(&format!("7\tspawn\t8\t{program}\tx\n")).doubts;
        assert!(doubt("/bin/sqlite3")[0].contains("sqlite3"));
        assert_eq!(doubt("/usr/bin/uname"), Vec::<String>::new());
        assert_eq!(doubt("/usr/bin/make"), Vec::<String>::new());
        assert_eq!(whole("7\tsystem\tls\n").doubts.len(), 1);
    }

    #[test]
    fn an_invalid_line_is_a_doubt() {
        for lines in [
            "7\tnews\t/x\n",
            "7\tread\t/x\n",
            "7\tread\tx\t1:2:3:4:5\n",
            "x\n",
            "7\tread\t/%X\t1:2:3:4:5\n",
            "7\tdoubt\twhy\n",
        ] {
            assert_eq!(whole(lines).doubts.len(), 1, "{lines}");
        }
        assert_eq!(parsed("").doubts.len(), 1, "no start");
        assert_eq!(
            parsed(&START.replacen('1', "2", 1)).doubts.len(),
            2,
            "another version"
        );
    }
}
