//! Reads, combines and writes coverage data with its passport, and compares it with the current code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::combine::{CombinedCoverage, Expected};
use super::passport::{self, Code, Data, Passport, Tool};
use super::summary::{self, Summary};
use crate::engine::files::path::parent;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Writes the passport of a part. `data` is empty if the part left no data.
///
/// # Errors
/// `Error::Coverage` if a file of data is invalid or measured differently from the others; `Error::Io`.
pub fn seal(
    data: &[PathBuf],
    path: &Path,
    mut passport: Passport,
    interrupt: &Interrupt<'_>,
) -> Result<()> {
    for file in data {
        let summary = summary::inspect(file, interrupt)?;
        let tool = tool(&summary);
        let first = passport.tool.get_or_insert_with(|| tool.clone());
        if !first.matches(&tool) {
            let reason = "measured differently from the other data of its part";
            return Err(Error::mixed(file, reason));
        }
        passport.data.push(Data {
            name: name(file)?,
            digest: summary.digest,
        });
    }
    passport.save(path)
}

/// Summarizes a file of coverage data with or without a passport. Writes nothing.
///
/// # Errors
/// The errors of `summary::inspect`.
pub fn inspect(path: &Path, interrupt: &Interrupt<'_>) -> Result<Summary> {
    let summary = summary::inspect(path, interrupt)?;
    let passport = Passport::load(&passport::beside(path));
    let is_sealed = passport.is_ok_and(
        |passport| matches!(&passport.data[..], [only] if only.digest == summary.digest),
    );
    Ok(Summary {
        is_sealed,
        ..summary
    })
}

/// Coverage data with its passport.
#[derive(Debug)]
pub struct Sealed {
    /// The combined data.
    pub combined: CombinedCoverage,
    /// The passport of the data.
    pub passport: Passport,
    /// Project roots that paths in the data may start with.
    pub roots: BTreeSet<String>,
}

impl Sealed {
    /// Reads and combines all parts of a run.
    ///
    /// # Errors
    /// `Error::Coverage` if a part is missing, incomplete, of another run or code, or does not match its passport; the
    /// errors of `CombinedCoverage::read`.
    pub fn gather(folder: &Path, interrupt: &Interrupt<'_>) -> Result<Self> {
        let mut loaded = Vec::new();
        for path in passport::list(folder)? {
            loaded.push((Passport::load(&path)?, path));
        }
        for (part, path) in &loaded {
            if let Some(reason) = doubt_of_part(part) {
                return Err(Error::coverage(&data_path(path), reason));
            }
        }
        let mut parts = loaded.iter();
        let Some((first, first_path)) = parts.next() else {
            return Err(Error::coverage(folder, "the folder has no passport"));
        };
        let mut whole = first.clone();
        for (other, path) in parts {
            check_same_run(first, first_path, other, path)?;
            whole.parts.extend(other.parts.iter().cloned());
        }
        whole.parts.sort_by_key(|part| part.number);
        if let Some(reason) = whole.doubts().into_iter().next() {
            return Err(Error::coverage(folder, reason));
        }
        let data: BTreeMap<PathBuf, Digest> = loaded
            .iter()
            .flat_map(|(part, _)| &part.data)
            .map(|data| (folder.join(&data.name), data.digest))
            .collect();
        Ok(Self {
            combined: read(&data, interrupt)?,
            passport: whole,
            roots: loaded.into_iter().map(|(part, _)| part.root).collect(),
        })
    }

    /// Reads one file of coverage data with its passport.
    ///
    /// # Errors
    /// `Error::Coverage` if the data is missing or invalid, has no passport or does not match it.
    pub fn read(data: &Path, interrupt: &Interrupt<'_>) -> Result<Self> {
        // If both the data and the passport are missing, the error names the data.
        let combined = read_parts(&[data.to_path_buf()], interrupt)?;
        let passport = Passport::load(&passport::beside(data))?;
        let [only] = &passport.data[..] else {
            let reason = "its passport does not describe exactly one file of data";
            return Err(Error::coverage(data, reason));
        };
        check_digest(data, only.digest, &combined)?;
        Ok(Self {
            combined,
            roots: BTreeSet::from([passport.root.clone()]),
            passport,
        })
    }

    /// Returns the BLAKE3 digest of each file of data, by its file name.
    pub fn digests(&self) -> BTreeMap<String, String> {
        let name = |path: &Path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let digests = self.combined.digests.iter();
        digests
            .map(|(path, digest)| (name(path), digest.to_string()))
            .collect()
    }

    /// Returns why the data is not that of a complete run of the code `now`; empty if it is. `whole` are all items.
    pub fn doubts(&self, now: &Code, whole: &[String]) -> Vec<String> {
        let mut reasons = self.passport.doubts();
        let changes = self.passport.changes(now);
        reasons.extend(
            changes
                .into_iter()
                .map(|change| format!("{change} since the tests ran")),
        );
        reasons.extend(self.not_run(whole));
        reasons
    }

    /// Returns a message with the items of `whole` that no part ran.
    pub fn not_run(&self, whole: &[String]) -> Option<String> {
        let ran = self.passport.items();
        let mut left = whole.iter().filter(|item| !ran.contains(item.as_str()));
        let first = left.next()?;
        let more = match left.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "a run of some items only: {first}{more} did not run"
        ))
    }

    /// Writes the data with new paths, and its passport. `names` maps paths of measured files to paths below `root`.
    ///
    /// # Errors
    /// The errors of `CombinedCoverage::write` and `Passport::save`.
    pub fn write(
        self,
        names: &BTreeMap<String, String>,
        root: String,
        into: &Path,
    ) -> Result<Summary> {
        let mut passport = self.passport;
        passport.root = root;
        let summary = self.combined.write(names, into)?;
        passport.tool = Some(tool(&summary));
        passport.data = vec![Data {
            name: name(into)?,
            digest: summary.digest,
        }];
        passport.save(&passport::beside(into))?;
        Ok(Summary {
            is_sealed: true,
            ..summary
        })
    }
}

/// Returns why the data of a part is incomplete.
fn doubt_of_part(passport: &Passport) -> Option<String> {
    let [part] = &passport.parts[..] else {
        return Some("its passport does not describe exactly one part".to_owned());
    };
    let empty = || format!("{} left no complete data", passport.name(part.number));
    let doubt = passport.doubts_of(part).into_iter().next();
    doubt.or_else(|| passport.data.is_empty().then(empty))
}

fn check_same_run(
    first: &Passport,
    first_path: &Path,
    other: &Passport,
    path: &Path,
) -> Result<()> {
    let first_path = first_path.display();
    let difference = if first.run != other.run {
        format!(
            "part of run {}, but {first_path} is part of run {}",
            other.run, first.run
        )
    } else if first.count != other.count {
        format!(
            "part of a run of {} parts, but the run of {first_path} has {}",
            other.count, first.count
        )
    } else if let Some(change) = other.changes(&first.code).into_iter().next() {
        format!("measured other code than {first_path}: {change}")
    } else if let (Some(one), Some(two)) = (&first.tool, &other.tool)
        && !one.matches(two)
    {
        let reason = format!("measured differently from {first_path}");
        return Err(Error::mixed(&data_path(path), reason));
    } else {
        return Ok(());
    };
    Err(Error::coverage(&data_path(path), difference))
}

fn read_parts(paths: &[PathBuf], interrupt: &Interrupt<'_>) -> Result<CombinedCoverage> {
    CombinedCoverage::read(paths, &Expected::Given, Path::new(""), interrupt)
}

fn read(data: &BTreeMap<PathBuf, Digest>, interrupt: &Interrupt<'_>) -> Result<CombinedCoverage> {
    let paths: Vec<PathBuf> = data.keys().cloned().collect();
    let combined = read_parts(&paths, interrupt)?;
    for (path, digest) in data {
        check_digest(path, *digest, &combined)?;
    }
    Ok(combined)
}

fn check_digest(path: &Path, digest: Digest, combined: &CombinedCoverage) -> Result<()> {
    if combined.digests.get(path) == Some(&digest) {
        return Ok(());
    }
    let reason = "does not match its passport: changed or replaced after its run";
    Err(Error::coverage(path, reason))
}

/// Returns the path of the data of a passport.
fn data_path(passport: &Path) -> PathBuf {
    let name = passport.file_name().unwrap_or_default().to_string_lossy();
    parent(passport).join(name.strip_suffix(passport::ENDING).unwrap_or(&name))
}

fn name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned)
        .ok_or_else(|| Error::coverage(path, "its name is not UTF-8"))
}

fn tool(summary: &Summary) -> Tool {
    Tool {
        name: summary.format.name().to_owned(),
        version: summary.version.clone(),
        has_branches: summary.has_branches,
    }
}
