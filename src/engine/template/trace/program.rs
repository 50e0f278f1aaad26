//! Recognises the programs that a builder starts: Pythons, which are traced, and `uv run`, whose reads are known.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::log::Trace;
use crate::engine::template::surroundings::places::PathTokens;
use crate::engine::template::surroundings::variables::Variables;

/// Number of bytes at the start of a script that are examined.
const HEAD: u64 = 512;

/// Returns whether a path is a Python interpreter or a script that runs in one.
pub fn is_python(path: &Path) -> bool {
    let is_named_so = |name: &OsStr| {
        let name = name.to_string_lossy();
        let version = name
            .strip_prefix("python")
            .or_else(|| name.strip_prefix("pypy"));
        version.is_some_and(|rest| {
            rest.bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b't')
        })
    };
    if path.file_name().is_some_and(is_named_so) {
        return true;
    }
    let mut head = Vec::new();
    let Ok(file) = File::open(path) else {
        return false;
    };
    if file.take(HEAD).read_to_end(&mut head).is_err() || !head.starts_with(b"#!") {
        return false;
    }
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default().trim_start_matches("#!");
    let mut words = first.split_whitespace();
    let interpreter = words.next().unwrap_or_default();
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let program = match last(interpreter).as_str() {
        "env" => words
            .find(|word| !word.starts_with('-') && !word.contains('='))
            .map(last),
        // Installers write this form if the interpreter's path is too long for the first line or contains a space.
        "sh" => lines.next().and_then(|line| {
            let command = line.strip_prefix("'''exec'")?.trim_start();
            let quoted = command
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            quoted
                .or_else(|| command.split_whitespace().next())
                .map(last)
        }),
        other => Some(other.to_owned()),
    };
    program.is_some_and(|name| is_named_so(OsStr::new(&name)))
}

/// Options of `uv run` that do not make it read further files.
const UV_OPTIONS: [&str; 12] = [
    "--all-extras",
    "--all-groups",
    "--dev",
    "--exact",
    "--frozen",
    "--locked",
    "--no-dev",
    "--no-progress",
    "--no-sync",
    "--offline",
    "--quiet",
    "-q",
];

/// Variables that make uv read further files.
const UV_VARIABLES: [&str; 4] = [
    "UV_CONFIG_FILE",
    "UV_ENV_FILE",
    "UV_PROJECT",
    "UV_WORKING_DIRECTORY",
];

/// Names of the files that uv reads in a project's root and, if they exist, in the folders above it.
const UV_FILES: [&str; 4] = [".python-version", "pyproject.toml", "uv.lock", "uv.toml"];

/// Returns whether a command is a `uv run` that starts a traced Python and reads only known files itself.
pub fn is_uv_run(command: &[String], variables: &Variables) -> bool {
    let [program, run, rest @ ..] = command else {
        return false;
    };
    let mut options = rest.iter().take_while(|word| word.starts_with('-'));
    Path::new(program).file_name() == Some(OsStr::new("uv"))
        && run == "run"
        && options.all(|option| UV_OPTIONS.contains(&option.as_str()))
        && !UV_VARIABLES
            .iter()
            .any(|name| variables.contains_key(name.as_bytes()))
}

/// Adds the files that `uv run` reads. Source: docs.astral.sh/uv, "Configuration files".
pub fn uv_reads(root: &Path, places: &PathTokens, trace: &mut Trace) {
    let here = UV_FILES.map(|name| root.join(name));
    let others = ["{home}/.config/uv/uv.toml", "/etc/uv/uv.toml"];
    let others = others.map(|path| places.find(path.as_bytes()));
    for path in here.into_iter().chain(others) {
        if path.exists() {
            trace.read.entry(path).or_insert(None);
        } else {
            trace.absent.insert(path);
        }
    }
    let above = root.ancestors().skip(1);
    for path in above.flat_map(|folder| UV_FILES.map(|name| folder.join(name))) {
        if path.exists() {
            trace.read.entry(path).or_insert(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_is_recognised_by_its_name_or_the_first_line_of_its_script() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, head: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, head).unwrap();
            is_python(&path)
        };
        for name in ["python", "python3", "python3.13", "python3.13t", "pypy3.10"] {
            assert!(is_python(Path::new(name)), "{name}");
        }
        for name in ["sh", "pythonista", "ipython", "python-config"] {
            assert!(!is_python(Path::new(name)), "{name}");
        }
        assert!(script(
            "alembic",
            "#!/srv/shop/.venv/bin/python\nimport sys\n"
        ));
        assert!(script("with env", "#!/usr/bin/env -S python3 -u\n"));
        assert!(script(
            "long",
            "#!/bin/sh\n'''exec' \"/a b/bin/python3\" \"$0\" \"$@\"\n"
        ));
        assert!(script(
            "without quotes",
            "#!/bin/sh\n'''exec' /a/bin/python3 \"$0\" \"$@\"\n"
        ));
        assert!(!script("shell", "#!/bin/sh\necho python\n"));
        assert!(!script("binary", "\u{7f}ELF"));
    }

    #[test]
    fn a_uv_run_is_recognised_by_its_options() {
        let is_known = |command: &str, variables: &[&str]| {
            let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
            let variables = variables
                .iter()
                .map(|name| (name.as_bytes().to_vec(), vec![]));
            is_uv_run(&command, &variables.collect())
        };
        assert!(is_known("uv run alembic upgrade head", &["UV_CACHE_DIR"]));
        assert!(is_known(
            "/usr/bin/uv run --offline --no-sync alembic --raiseerr",
            &[]
        ));
        for other in [
            "uv",
            "uv pip install .",
            "uv --directory else run alembic",
            "uv run --env-file .env alembic",
            "uvx run alembic",
        ] {
            assert!(!is_known(other, &[]), "{other}");
        }
        assert!(!is_known("uv run alembic", &["UV_ENV_FILE"]));
    }
}
