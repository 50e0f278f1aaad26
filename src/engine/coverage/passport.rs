//! A passport: which run a file of coverage data is of, of which code, and that the run was whole. It stands beside the
//! data as JSON; docs/parallel-coverage.md has its fields.

use super::limits::MOST_PARTS;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::changes::file_changes;
use crate::engine::files::atomic::{Durability, Unfinished};
use crate::engine::files::path::with_ending;
use crate::engine::files::regular_file::read_at_most;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::document::{Kind, MOST_BYTES};
use crate::engine::foundation::error::{At, Error, Result};

/// What is put behind the name of the data.
pub const ENDING: &str = ".passport.json";

const KIND: Kind = Kind {
    noun: "passport",
    format: "ci-accel coverage passport",
    version: 1,
};

/// The sources, test inputs and settings that a run was of: a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Over all of it.
    pub digest: Digest,
    /// Of each file, by its path relative to the root.
    pub files: BTreeMap<String, Digest>,
    /// Named texts: what is left out, how the tool is set.
    pub values: BTreeMap<String, String>,
}

/// One part of a run: what one process measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part it is, from 1 on.
    pub number: usize,
    /// What it ran.
    pub items: Vec<String>,
    /// The process's; below 0 the signal that ended it.
    pub exit_code: i32,
    /// Those that are no failure.
    pub exit_codes: Vec<i32>,
    /// How long it took.
    pub seconds: f64,
    /// Digest of the same code after it.
    pub after: Digest,
    /// What else speaks against its data.
    pub doubts: Vec<String>,
}

/// A file of data that the passport is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Its name; it lies in the passport's folder.
    pub name: String,
    /// BLAKE3 of its bytes.
    pub digest: Digest,
}

/// Who measured, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// "coverage.py" or "slipcover".
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether branches were measured, too.
    pub has_branches: bool,
}

/// What the passport says of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passport {
    format: String,
    version: u32,
    /// The run's name.
    pub run: String,
    /// What was checked out; nothing decides by it.
    pub commit: Option<String>,
    /// Absolute path of the project's root: the data may spell files by it.
    pub root: String,
    /// The code as it was before the run.
    pub code: Code,
    /// How many parts the run has.
    pub count: usize,
    /// Those that are in the data.
    pub shards: Vec<Shard>,
    /// None where there is no data.
    pub tool: Option<Tool>,
    /// The data.
    pub data: Vec<Data>,
}

/// Where the passport of some data stands.
#[must_use]
pub fn beside(data: &Path) -> PathBuf {
    with_ending(data, ENDING)
}

impl Passport {
    /// One of the present version, without data.
    #[must_use]
    pub fn new(
        run: String,
        commit: Option<String>,
        root: String,
        code: Code,
        count: usize,
        shards: Vec<Shard>,
    ) -> Self {
        Self {
            format: KIND.format.to_owned(),
            version: KIND.version,
            run,
            commit,
            root,
            code,
            count,
            shards,
            tool: None,
            data: Vec::new(),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// `Error::Coverage` naming it, where it is none; the operating system's.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = read_at_most(path, MOST_BYTES).map_err(|error| match error {
            Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
                let reason = "there is no such passport: the data was made by other means than a run, or was not handed \
                              over whole; run the tests again";
                Error::coverage(path, reason)
            }
            Error::Argument(_) => Error::coverage(path, "not a regular file"),
            other => other,
        })?;
        KIND.parse(&bytes)
            .map_err(|reason| Error::coverage(path, format!("{reason}; run the tests again")))
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// `Error::Io`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| Error::io(path, error.into()))?;
        bytes.push(b'\n');
        let mut file = Unfinished::beside(path, 0o666, Durability::Unsynced)?;
        file.write(&bytes)?;
        file.replace().map(drop)
    }

    /// All that its parts ran.
    #[must_use]
    pub fn items(&self) -> BTreeSet<&str> {
        let items = self.shards.iter().flat_map(|shard| &shard.items);
        items.map(String::as_str).collect()
    }

    /// Why the run is not whole, by what the passport says itself.
    #[must_use]
    pub fn doubts(&self) -> Vec<String> {
        if !(1..=MOST_PARTS).contains(&self.count) {
            return vec![format!(
                "its passport speaks of a run of {} parts",
                self.count
            )];
        }
        let mut by_number: BTreeMap<usize, Vec<&Shard>> = BTreeMap::new();
        for shard in &self.shards {
            by_number.entry(shard.number).or_default().push(shard);
        }
        let mut words = Vec::new();
        for number in 1..=self.count {
            match by_number.remove(&number).as_deref() {
                Some([shard]) => words.extend(self.doubts_of(shard)),
                Some(_) => words.push(format!("{} is there twice", self.name(number))),
                None => words.push(format!(
                    "the run is incomplete: {} left no complete data",
                    self.name(number)
                )),
            }
        }
        let foreign = by_number.keys();
        words.extend(foreign.map(|number| format!("there is a part {number} of {}", self.count)));
        words
    }

    /// Why one of its parts cannot be used.
    #[must_use]
    pub fn doubts_of(&self, shard: &Shard) -> Vec<String> {
        let name = self.name(shard.number);
        let mut words = Vec::new();
        if !shard.exit_codes.contains(&shard.exit_code) {
            let end = match shard.exit_code {
                code @ 0.. => format!("ended with exit code {code}"),
                signal => format!("was killed by signal {}", signal.unsigned_abs()),
            };
            let who = if self.count == 1 { "it" } else { &name };
            words.push(format!("the run is incomplete: {who} {end}"));
        }
        words.extend(shard.doubts.iter().map(|doubt| format!("{name} {doubt}")));
        if shard.after != self.code.digest && shard.doubts.is_empty() {
            words.push(format!(
                "{name} ran while its sources or inputs were changed"
            ));
        }
        words
    }

    /// What is not as it was when the run began.
    #[must_use]
    pub fn changes(&self, now: &Code) -> Vec<String> {
        if self.code.digest == now.digest {
            return Vec::new();
        }
        let mut words = file_changes(&by_path(&self.code.files), &by_path(&now.files));
        let names: BTreeSet<&String> = self.code.values.keys().chain(now.values.keys()).collect();
        let differing = names
            .into_iter()
            .filter(|name| self.code.values.get(*name) != now.values.get(*name));
        words.extend(differing.map(|name| format!("{name} changed")));
        if words.is_empty() {
            words.push("the code is another one".to_owned());
        }
        words
    }

    /// How people call a part.
    #[must_use]
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

/// The passports in the folder of a run, sorted by name.
///
/// # Errors
/// `Error::Coverage` where there is no such folder, or no passport in it; `Error::Io`.
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
        let reason = "no part of this run has a passport: it did not end; run the tests again";
        return Err(Error::coverage(folder, reason));
    }
    paths.sort_unstable();
    Ok(paths)
}
