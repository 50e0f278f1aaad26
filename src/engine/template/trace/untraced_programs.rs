//! Programs that need no trace: those that read no inputs, and those that the user declares in `programs`.

use std::collections::BTreeSet;
use std::path::Path;

/// Programs that read nothing a database could depend on except the system itself. docs/tracing.md lists them.
const HARMLESS: [&str; 19] = [
    "arch",
    "basename",
    "date",
    "dirname",
    "echo",
    "expr",
    "false",
    "getconf",
    "hostname",
    "id",
    "ldconfig",
    "locale",
    "lsb_release",
    "nproc",
    "sleep",
    "true",
    "tty",
    "uname",
    "whoami",
];

/// Names and paths of programs that need no trace: the harmless ones, and those that the user declares.
#[derive(Clone, Debug, Default)]
pub struct UntracedPrograms(pub BTreeSet<String>);

impl UntracedPrograms {
    /// Returns whether a program needs no trace, by its path or its name.
    pub fn covers(&self, program: &Path) -> bool {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let path = program.to_string_lossy();
        HARMLESS.contains(&&*name) || self.0.contains(&*name) || self.0.contains(&*path)
    }
}
