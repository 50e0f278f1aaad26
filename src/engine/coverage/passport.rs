//! Reads and writes passports: JSON beside coverage data that records its run and its code. docs/parallel-coverage.md
//! describes the fields.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::limits::MOST_PARTS;
use crate::engine::changes::file_changes;
use crate::engine::files::atomic::{Durability, Unfinished};
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::read_at_most;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::document::{Kind, MOST_BYTES};
use crate::engine::foundation::error::{At, Error, Result};

/// Suffix that turns the name of coverage data into the name of its passport.
pub const ENDING: &str = ".passport.json";

const KIND: Kind = Kind {
    noun: "passport",
    format: "ci-accel coverage passport",
    version: 1,
};

/// Fingerprint of the sources, test inputs and settings of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Digest of the fingerprint.
    pub digest: Digest,
    /// Digest of each file, by its path relative to the root.
    pub files: BTreeMap<String, Digest>,
    /// Values by name, such as the settings of the coverage tool.
    pub values: BTreeMap<String, String>,
}

/// One part of a run, measured by one process and its children.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Number of the part, from 1.
    pub number: usize,
    /// Items that the part ran.
    pub items: Vec<String>,
    /// Exit code of the process; -n if signal n killed it.
    pub exit_code: i32,
    /// Exit codes that count as success.
    pub exit_codes: Vec<i32>,
    /// Duration of the part in seconds.
    pub seconds: f64,
    /// Digest of the fingerprint after the part.
    pub after: Digest,
    /// Reasons why the data may be incomplete.
    pub doubts: Vec<String>,
}

/// A file of coverage data that a passport describes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// File name. The file is in the folder of the passport.
    pub name: String,
    /// BLAKE3 digest of the file.
    pub digest: Digest,
}

/// The tool that measured, and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// "coverage.py" or "slipcover".
    pub name: String,
    /// Version of the tool.
    pub version: String,
    /// Whether branches were measured.
    pub has_branches: bool,
}

impl Tool {
    /// Returns whether data of the two tools can be combined.
    pub fn matches(&self, other: &Self) -> bool {
        (&self.name, self.has_branches) == (&other.name, other.has_branches)
    }
}

/// Content of a passport.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passport {
    format: String,
    version: u32,
    /// Name of the run.
    pub run: String,
    /// Commit of the checkout, for information only.
    pub commit: Option<String>,
    /// Absolute path of the project root. Paths in the data may start with it.
    pub root: String,
    /// Fingerprint of the code before the run.
    pub code: Code,
    /// Number of parts of the run.
    pub count: usize,
    /// Parts that the data contains.
    #[serde(rename = "shards")]
    pub parts: Vec<Part>,
    /// The tool that measured; `None` without data.
    pub tool: Option<Tool>,
    /// Files of coverage data.
    pub data: Vec<Data>,
}

/// Returns the path of the passport of some data.
pub fn beside(data: &Path) -> PathBuf {
    with_ending(data, ENDING)
}

impl Passport {
    /// Creates a passport without data.
    pub fn new(
        run: String,
        commit: Option<String>,
        root: String,
        code: Code,
        count: usize,
        parts: Vec<Part>,
    ) -> Self {
        Self {
            format: KIND.format.to_owned(),
            version: KIND.version,
            run,
            commit,
            root,
            code,
            count,
            parts,
            tool: None,
            data: Vec::new(),
        }
    }

    /// Reads a passport.
    ///
    /// # Errors
    /// `Error::Coverage` if the passport is missing or invalid; `Error::Io`.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = read_at_most(path, MOST_BYTES).map_err(|error| match error {
            error if error.is(ErrorKind::NotFound) => {
                let reason = "missing passport: the data was not written by a run of ci-accel, or was copied without \
                              its passport; run the tests again";
                Error::coverage(path, reason)
            }
            Error::Argument(_) => Error::coverage(path, "not a regular file"),
            other => other,
        })?;
        KIND.parse(&bytes)
            .map_err(|reason| Error::coverage(path, format!("{reason}; run the tests again")))
    }

    /// Writes the passport atomically.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| Error::io(path, error.into()))?;
        bytes.push(b'\n');
        let mut file = Unfinished::beside(path, 0o666, Durability::Unsynced)?;
        file.write(&bytes)?;
        file.replace().map(drop)
    }

    /// Returns the items that all parts ran.
    pub fn items(&self) -> BTreeSet<&str> {
        let items = self.parts.iter().flat_map(|part| &part.items);
        items.map(String::as_str).collect()
    }

    /// Returns why the run is incomplete; empty if it is complete.
    pub fn doubts(&self) -> Vec<String> {
        if !(1..=MOST_PARTS).contains(&self.count) {
            return vec![format!(
                "its passport has an invalid number of parts: {}",
                self.count
            )];
        }
        let mut by_number: BTreeMap<usize, Vec<&Part>> = BTreeMap::new();
        for part in &self.parts {
            by_number.entry(part.number).or_default().push(part);
        }
        let mut reasons = Vec::new();
        for number in 1..=self.count {
            let name = self.name(number);
            match by_number.remove(&number).as_deref() {
                Some([part]) => reasons.extend(self.doubts_of(part)),
                Some(_) => reasons.push(format!("its passport has {name} twice")),
                None => reasons.push(format!(
                    "the run is incomplete: {name} left no complete data"
                )),
            }
        }
        let unexpected = by_number.keys();
        reasons
            .extend(unexpected.map(|number| format!("unexpected part {number} of {}", self.count)));
        reasons
    }

    /// Returns why the data of a part is incomplete; empty if it is complete.
    pub fn doubts_of(&self, part: &Part) -> Vec<String> {
        let name = self.name(part.number);
        let mut reasons = Vec::new();
        if !part.exit_codes.contains(&part.exit_code) {
            let end = match part.exit_code {
                code @ 0.. => format!("ended with exit code {code}"),
                signal => format!("was killed by signal {}", signal.unsigned_abs()),
            };
            let subject = if self.count == 1 { "it" } else { &name };
            reasons.push(format!("the run is incomplete: {subject} {end}"));
        }
        reasons.extend(part.doubts.iter().map(|doubt| format!("{name} {doubt}")));
        if part.after != self.code.digest && part.doubts.is_empty() {
            reasons.push(format!(
                "{name} ran while its sources or inputs were changed"
            ));
        }
        reasons
    }

    /// Returns the differences between the code of the run and the code `now`.
    pub fn changes(&self, now: &Code) -> Vec<String> {
        if self.code.digest == now.digest {
            return Vec::new();
        }
        let mut changes = file_changes(&by_path(&self.code.files), &by_path(&now.files));
        let names: BTreeSet<&String> = self.code.values.keys().chain(now.values.keys()).collect();
        let differing = names
            .into_iter()
            .filter(|name| self.code.values.get(*name) != now.values.get(*name));
        changes.extend(differing.map(|name| format!("{name} changed")));
        if changes.is_empty() {
            changes.push("the code changed".to_owned());
        }
        changes
    }

    /// Returns the name of a part in messages.
    pub fn name(&self, number: usize) -> String {
        if self.count == 1 {
            "the run".to_owned()
        } else {
            format!("part {number} of {}", self.count)
        }
    }
}

fn by_path(files: &BTreeMap<String, Digest>) -> BTreeMap<&[u8], &Digest> {
    files
        .iter()
        .map(|(path, digest)| (path.as_bytes(), digest))
        .collect()
}

/// Returns the paths of the passports in the folder of a run, sorted.
///
/// # Errors
/// `Error::Coverage` if the folder does not exist or has no passport; `Error::Io`.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let reason = "there is no such run; run the tests first";
            return Err(Error::coverage(folder, reason));
        }
        other => other.at(folder)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.at(folder)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("part-") && name.ends_with(ENDING) {
            paths.push(entry.path());
        }
    }
    if paths.is_empty() {
        let reason = "the folder has no passport: its run did not finish; run the tests again";
        return Err(Error::coverage(folder, reason));
    }
    paths.sort_unstable();
    Ok(paths)
}
