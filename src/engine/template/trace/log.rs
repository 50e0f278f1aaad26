//! The tracer's log: what the builder's processes looked at, in their own words (docs/tracing.md has the
//! format). It comes from a process that is not ours: bounded, versioned, and in doubt incomplete.

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
use crate::engine::template::trace::vouched::Vouched;

/// The format that is read here.
const VERSION: &[u8] = b"1";

/// A longer log is not read.
const MOST_BYTES: u64 = 256 << 20;

/// Doubts that are told; one is enough not to record.
const MOST_DOUBTS: usize = 8;

/// What the builder looked at.
#[derive(Debug, Default)]
pub struct Trace {
    /// Files that were read, with their state when they were first opened.
    pub read: BTreeMap<PathBuf, Option<Stat>>,
    /// Paths that were looked for, and not there.
    pub absent: BTreeSet<PathBuf>,
    /// Paths whose state was asked, with the answers: letters as in `State::of_letter`.
    pub asked: BTreeSet<(PathBuf, u8)>,
    /// Links whose text was read.
    pub links: BTreeSet<PathBuf>,
    /// Folders that were listed, with the names in them then and the letter of what each was.
    pub listed: BTreeMap<PathBuf, BTreeMap<Vec<u8>, u8>>,
    /// Folders that were searched for installed distributions.
    pub searched: BTreeSet<PathBuf>,
    /// Names of modules that were looked for, by folder, with what was found: a path, `/` for a namespace portion, `-`.
    pub importable: BTreeMap<PathBuf, BTreeMap<String, Vec<u8>>>,
    /// Names of environment variables that were read.
    pub variables: BTreeSet<Vec<u8>>,
    /// Whether the environment was taken whole.
    pub takes_environment: bool,
    /// What the builder wrote.
    pub written: BTreeSet<PathBuf>,
    /// Other programs that were started, as they were resolved.
    pub programs: BTreeSet<PathBuf>,
    /// Bytecode that was loaded without its source being read.
    pub bytecode: BTreeMap<PathBuf, Loaded>,
    /// Databases among the files that were read.
    pub databases: BTreeSet<PathBuf>,
    /// Prefixes of the environments that its Pythons ran in.
    pub prefixes: BTreeSet<PathBuf>,
    /// Why there may be more than this, if so.
    pub doubts: Vec<String>,
    /// Processes that have not said yet that they are done, and have to.
    pub unended: Vec<i32>,
    /// Workers that may be at work still. What they do they write down at once, so they may be killed.
    pub workers: Vec<i32>,
}

/// How bytecode was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Whether the process compares checked-hash bytecode with its source.
    pub checks_hashes: bool,
}

/// One process as the log tells it.
#[derive(Default)]
pub(super) struct Process {
    /// How often it became a Python: by exec it can do so again, and a number can come back.
    pub(super) starts: usize,
    pub(super) ends: usize,
    pub(super) is_worker: bool,
    pub(super) parent: i32,
    pub(super) checks_hashes: bool,
    pub(super) sources: BTreeSet<PathBuf>,
    pub(super) bytecode: BTreeSet<PathBuf>,
}

/// Whose processes the log is about.
pub struct Caller<'a> {
    /// The process that started the builder.
    pub process: u32,
    /// The builder's program, as it was found.
    pub program: &'a Path,
    /// Whether it is no Python, but what it reads itself is known.
    pub is_known: bool,
    /// Programs whose reads the user answers for.
    pub vouched: &'a Vouched,
}

pub(super) struct Reader<'a> {
    pub(super) trace: Trace,
    pub(super) processes: HashMap<i32, Process>,
    /// Programs that were started, with their process. The log may tell of one after the process itself has spoken.
    pub(super) started: Vec<(i32, PathBuf)>,
    pub(super) parents: BTreeSet<i32>,
    /// New names that the builder gave to what it did not make.
    pub(super) aliases: Aliases,
    pub(super) caller: &'a Caller<'a>,
}

/// Reads a log.
///
/// # Errors
/// The operating system's.
pub fn read(path: &Path, caller: &Caller<'_>) -> Result<Trace> {
    let (file, stat) = open_regular(Place::at(path))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).at(path)?;
    let mut trace = parse(&bytes, caller);
    if stat.size() > MOST_BYTES {
        trace.doubt("its log is too long".to_owned());
    }
    Ok(trace)
}

/// Reads a log's bytes.
#[must_use]
pub fn parse(bytes: &[u8], caller: &Caller<'_>) -> Trace {
    let mut reader = Reader {
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
                .doubt(format!("a line of its log cannot be read: {shown}"));
        }
    }
    reader.finish()
}

impl Trace {
    /// Whether the builder has made a path, or a folder above it.
    fn has_made(&self, path: &Path) -> bool {
        path.ancestors().any(|part| self.written.contains(part))
    }

    /// Notes why there may be more.
    pub fn doubt(&mut self, words: String) {
        if self.doubts.len() < MOST_DOUBTS && !self.doubts.contains(&words) {
            self.doubts.push(words);
        }
    }
}

impl Reader<'_> {
    /// One line; nothing where it is none.
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
                self.trace.doubt(format!("it runs {command:?} in a shell"));
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

    /// A line that is about a path.
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
                // That there was no bytecode yet does not matter: its source counts.
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

    /// The path in a field, without `..`. Folders on the way to what lies beside them have to be there.
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
            self.trace.doubt("its log has another version".to_owned());
            return Some(());
        }
        let parent: i32 = text(fields, 1)?.parse().ok()?;
        self.parents.insert(parent);
        self.close(number);
        let how = fields.get(2)?;
        if how == b"fork" {
            // A fork of a Python is one; nobody else tells that it was started.
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
        // Its source proves a module, whether it was loaded from that or from bytecode made of it.
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
        let vouched = Vouched(BTreeSet::from(["make".to_owned()]));
        let caller = Caller {
            process: 1,
            program: Path::new("/usr/bin/python3"),
            is_known: false,
            vouched: &vouched,
        };
        parse(lines.as_bytes(), &caller)
    }

    /// The log of a builder that did this, and then ended.
    fn whole(lines: &str) -> Trace {
        parsed(&format!("{START}{lines}7\tend\n"))
    }

    #[test]
    fn a_whole_log_leaves_no_doubt() {
        let trace = whole(
            "7\tread\t/w/a%09b.py\t1:2:3:4000000005:6\n7\tenv\tHOME\n7\tspawn\t8\t/bin/uname\tuname\n",
        );
        assert_eq!((trace.doubts, trace.unended), (vec![], vec![]));
        let stat = Stat::new(1, 2, 3, 4_000_000_005, 6);
        assert_eq!(trace.read.get(Path::new("/w/a\tb.py")), Some(&Some(stat)));
        assert!(trace.variables.contains(&b"HOME"[..]));
    }

    #[test]
    fn what_the_builder_made_is_no_input() {
        let trace = whole("7\tabsent\t/w/x\n7\twrite\t/w/x\n7\tread\t/w/x\t1:2:3:4:5\n");
        assert!(trace.absent.is_empty());
        assert!(trace.read.is_empty());
        let trace = whole("7\tread\t/w/x\t1:2:3:4:5\n7\twrite\t/w/x\n");
        assert_eq!(trace.read.len(), 1, "it was read first");
    }

    #[test]
    fn what_the_builder_only_gave_another_name_is_an_input_by_its_own() {
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
    fn what_a_folder_of_its_own_holds_is_no_input() {
        let lines = "7\twrite\t/tmp/x\n7\tlist\t/tmp/x\tFa\n7\tstat\t/tmp/x/s\td\n7\tread\t/tmp/x/a\t1:2:3:4:5\n";
        let trace = whole(lines);
        assert!(trace.read.is_empty() && trace.listed.is_empty() && trace.asked.is_empty());
    }

    #[test]
    fn bytecode_stands_for_its_source_unless_that_was_read() {
        let loaded = "7\tread\t/w/__pycache__/a.cpython-311.pyc\t1:2:3:4:5\n";
        let trace = whole(loaded);
        assert!(trace.read.contains_key(Path::new("/w/a.py")));
        assert_eq!(trace.bytecode.len(), 1);
        let trace = whole(&format!("{loaded}7\tread\t/w/a.py\t1:2:3:4:5\n"));
        assert!(trace.bytecode.is_empty(), "it was compiled from that");
    }

    #[test]
    fn test_T26_every_process_has_to_answer_and_to_end() {
        let child = "8\tstart\t1\t7\texec\t/usr/bin/python3\t\t0\tdefault\t/usr\t0\n";
        let spawn = "7\tspawn\t8\t/usr/bin/python3\tpython3\tx.py\n";
        let doubts = |lines: &str| whole(lines).doubts.len() + whole(lines).unended.len();
        assert_eq!(doubts(&format!("{spawn}{child}8\tend\n")), 0);
        assert_eq!(
            doubts(&format!("{child}8\tend\n{spawn}")),
            0,
            "the parent's line comes later"
        );
        assert_eq!(doubts(&format!("{spawn}{child}")), 1, "no end");
        assert_eq!(doubts(spawn), 1, "no answer");
        assert_eq!(
            doubts(&format!("{spawn}{spawn}{child}8\tend\n")),
            1,
            "one of two by this number"
        );
        let fork = "9\tstart\t1\t7\tfork\t/usr/bin/python3\t\t0\tdefault\t/usr\t0\n";
        assert_eq!(doubts(&format!("{fork}9\tend\n")), 0);
        assert_eq!(doubts(fork), 0, "it has written down at once what it did");
        assert_eq!(whole(fork).workers, [9]);
        assert_eq!(
            doubts("7\texec\t/usr/bin/python3\tpython3\n"),
            1,
            "became one that did not answer"
        );
        assert_eq!(
            doubts(&format!("7\texec\t/usr/bin/python3\tpython3\n{START}")),
            0
        );
    }

    #[test]
    fn test_T26_other_programs_need_somebody_who_answers_for_them() {
        let doubt = |program: &str| whole(&format!("7\tspawn\t8\t{program}\tx\n")).doubts;
        assert!(doubt("/bin/sqlite3")[0].contains("sqlite3"));
        assert_eq!(doubt("/usr/bin/uname"), Vec::<String>::new());
        assert_eq!(doubt("/usr/bin/make"), Vec::<String>::new());
        assert_eq!(whole("7\tsystem\tls\n").doubts.len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_a_doubt() {
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
        assert_eq!(parsed("").doubts.len(), 1, "nobody answered");
        assert_eq!(
            parsed(&START.replacen('1', "2", 1)).doubts.len(),
            2,
            "another version"
        );
    }
}
