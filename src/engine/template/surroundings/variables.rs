//! Environment variables as inputs: which names count when a builder reads its complete environment, and the digest of a
//! value with places as tokens. Values are never stored.

use std::collections::{BTreeMap, BTreeSet};

use super::places::PathTokens;
use crate::engine::foundation::digest::{Digest, Framed};
use crate::engine::template::inputs::ENVIRONMENT_CONTEXT;

/// Names and prefixes (with `*`) of variables that describe the user and the terminal, not the build. docs/tracing.md
/// lists them. A variable that the builder reads by its name counts nevertheless.
const SURROUNDINGS: &[&str] = &[
    "ACTIONS_*",
    "AWS_CA_BUNDLE",
    "CI",
    "CI_ACCEL*",
    "CLICOLOR*",
    "COLORTERM",
    "COLUMNS",
    "COVERAGE_*",
    "CURL_CA_BUNDLE",
    "DBUS_*",
    "DEBIAN_FRONTEND",
    "DESKTOP_SESSION",
    "DISPLAY",
    "EDITOR",
    "FORCE_COLOR",
    "FORGEJO_*",
    "GITEA_*",
    "GITHUB_*",
    "GITLAB_*",
    "GPG_*",
    "HISTFILE",
    "HOST",
    "HOSTNAME",
    "HOSTTYPE",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LESS*",
    "LINES",
    "LOGNAME",
    "LS_COLORS",
    "MACHTYPE",
    "MAIL",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MANPATH",
    "MFLAGS",
    "NAME",
    "NODE_EXTRA_CA_CERTS",
    "NOX_*",
    "NO_COLOR",
    "OLDPWD",
    "OSTYPE",
    "PAGER",
    "PATH",
    "PIP_*",
    "PROMPT*",
    "PS1",
    "PS2",
    "PWD",
    "PYENV_*",
    "PYTEST_*",
    "PY_COLORS",
    "REQUESTS_CA_BUNDLE",
    "RUNNER_*",
    "RUST_*",
    "SHELL",
    "SHLVL",
    "SSH_*",
    "SSL_CERT_*",
    "STY",
    "SYSTEMD_*",
    "TEMP",
    "TERM",
    "TERMINAL*",
    "TERM_*",
    "TMP",
    "TMPDIR",
    "TMUX*",
    "TOX_*",
    "TTY",
    "UV_*",
    "USER",
    "USERNAME",
    "VIRTUAL_ENV*",
    "VISUAL",
    "VSCODE_*",
    "VTE_VERSION",
    "WAYLAND_DISPLAY",
    "WINDOWID",
    "WSL*",
    "XDG_*",
    "_",
];

/// Variables that the interpreter and the C library read before the tracer starts. They always count, except those that
/// only affect speed or verbosity.
const INTERPRETER: &[&str] = &["LD_*", "PYTHON*", "TZ"];

/// Variables of the interpreter that do not count.
const INTERPRETER_SURROUNDINGS: &[&str] = &[
    "PYTHONBREAKPOINT",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONFAULTHANDLER",
    "PYTHONPROFILEIMPORTTIME",
    "PYTHONSTARTUP",
    "PYTHONTRACEMALLOC",
    "PYTHONUNBUFFERED",
    "PYTHON_COLORS",
    "PYTHON_HISTORY",
];

/// Values of environment variables by name.
pub type Variables = BTreeMap<Vec<u8>, Vec<u8>>;

/// Returns the names that count without having been read by name: those of the interpreter, and all others if the complete
/// environment was read (`whole`).
pub fn counted(variables: &Variables, whole: bool, exclude: &[String]) -> BTreeSet<Vec<u8>> {
    let counts = |name: &&Vec<u8>| {
        let text = String::from_utf8_lossy(name);
        let is_of = |list: &[&str]| list.iter().any(|pattern| is_match(pattern, &text));
        if exclude.iter().any(|pattern| is_match(pattern, &text)) {
            false
        } else if is_of(INTERPRETER) {
            !is_of(INTERPRETER_SURROUNDINGS)
        } else {
            whole && !is_of(SURROUNDINGS)
        }
    };
    variables.keys().filter(counts).cloned().collect()
}

/// Returns whether the user excludes a name.
pub fn is_excluded(name: &[u8], exclude: &[String]) -> bool {
    let text = String::from_utf8_lossy(name);
    exclude.iter().any(|pattern| is_match(pattern, &text))
}

/// Returns the digest of a variable's value; `None` if it is not set.
pub fn digest(variables: &Variables, name: &[u8], places: &PathTokens) -> Option<Digest> {
    let value = variables.get(name)?;
    Some(
        Framed::new(ENVIRONMENT_CONTEXT)
            .whole(&places.tokens(value))
            .finish(),
    )
}

fn is_match(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambient_variables_count_only_if_read_by_name() {
        let names = [
            "TERM",
            "GITHUB_SHA",
            "DATABASE_URL",
            "PYTHONHASHSEED",
            "PYTHONUNBUFFERED",
            "SECRET",
        ];
        let variables: Variables = names
            .iter()
            .map(|name| (name.as_bytes().to_vec(), b"x".to_vec()))
            .collect();
        let counted = |whole, exclude: &[&str]| {
            let exclude: Vec<String> = exclude.iter().map(ToString::to_string).collect();
            let found = counted(&variables, whole, &exclude);
            found
                .into_iter()
                .map(|name| String::from_utf8(name).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(counted(false, &[]), ["PYTHONHASHSEED"]);
        assert_eq!(
            counted(true, &[]),
            ["DATABASE_URL", "PYTHONHASHSEED", "SECRET"]
        );
        assert_eq!(counted(true, &["SECRET", "PYTHON*"]), ["DATABASE_URL"]);
    }
}
