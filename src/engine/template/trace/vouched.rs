//! Programs whose reads need no trace: they read nothing that a database depends on, or the user answers for them.

use std::collections::BTreeSet;
use std::path::Path;

/// Programs that read nothing a database could depend on but what the system is. docs/tracing.md lists them.
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

/// Programs whose reads somebody answers for: the harmless ones, and those that the user names.
#[derive(Clone, Debug, Default)]
pub struct Vouched(pub BTreeSet<String>);

impl Vouched {
    /// Whether somebody answers for a program, by its path or its name.
    #[must_use]
    pub fn covers(&self, program: &Path) -> bool {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let path = program.to_string_lossy();
        HARMLESS.contains(&&*name) || self.0.contains(&*name) || self.0.contains(&*path)
    }
}
