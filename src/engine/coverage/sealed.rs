//! Coverage data with a passport: sealing it, uniting the parts of a run, and proving it against the code as it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::combine::{Combination, Expected};
use super::passport::{self, Code, Data, Passport, Tool};
use super::summary::{self, Summary};
use crate::engine::files::path::parent;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;

/// Gives data its passport. No data is a part that left none.
///
/// # Errors
/// `Error::Coverage` where a file of data cannot be trusted, or they are of different kinds; `Error::Io`.
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
        if (&first.name, first.has_branches) != (&tool.name, tool.has_branches) {
            let reason = "not measured as the other data of its part";
            return Err(Error::mixed(file, reason.to_owned()));
        }
        passport.data.push(Data {
            name: name(file)?,
            digest: summary.digest,
        });
    }
    passport.save(path)
}

/// Summarizes a file of coverage data, with or without a passport. Writes nothing.
///
/// # Errors
/// Those of `summary::inspect`.
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

/// Data that was read, with its passport.
#[derive(Debug)]
pub struct Sealed {
    /// The data.
    pub combination: Combination,
    /// Its passport.
    pub passport: Passport,
    /// The roots that the data may spell files by.
    pub roots: BTreeSet<String>,
}

impl Sealed {
    /// Reads the parts of one run, all of them.
    ///
    /// # Errors
    /// `Error::Coverage` naming the part that is missing, incomplete, of another run or code, or not the bytes that its
    /// passport is for; the other errors of `Combination::read`.
    pub fn gather(folder: &Path, interrupt: &Interrupt<'_>) -> Result<Self> {
        let mut loaded = Vec::new();
        for path in passport::list(folder)? {
            loaded.push((Passport::load(&path)?, path));
        }
        for (part, path) in &loaded {
            if let Some(doubt) = of_part(part) {
                return Err(Error::coverage(&data_path(path), doubt));
            }
        }
        let mut parts = loaded.iter();
        let Some((first, first_path)) = parts.next() else {
            return Err(Error::coverage(
                folder,
                "no part of this run has a passport",
            ));
        };
        let mut whole = first.clone();
        for (other, path) in parts {
            check_same_run(first, first_path, other, path)?;
            whole.shards.extend(other.shards.iter().cloned());
        }
        whole.shards.sort_by_key(|shard| shard.number);
        if let Some(doubt) = whole.doubts().into_iter().next() {
            return Err(Error::coverage(folder, doubt));
        }
        let data: BTreeMap<PathBuf, Digest> = loaded
            .iter()
            .flat_map(|(part, _)| &part.data)
            .map(|data| (folder.join(&data.name), data.digest))
            .collect();
        let combination = read(&data, interrupt)?;
        Ok(Self {
            combination,
            passport: whole,
            roots: loaded.into_iter().map(|(part, _)| part.root).collect(),
        })
    }

    /// Reads data that is whole.
    ///
    /// # Errors
    /// `Error::Coverage` where it has no passport, or is not the bytes that its passport is for.
    pub fn read(data: &Path, interrupt: &Interrupt<'_>) -> Result<Self> {
        // The data first: of two that are missing, the one that people look for is named.
        let combination = Combination::read(
            &[data.to_path_buf()],
            &Expected::Given,
            Path::new(""),
            interrupt,
        )?;
        let passport = Passport::load(&passport::beside(data))?;
        let [only] = &passport.data[..] else {
            let reason = "its passport is not for one file of data";
            return Err(Error::coverage(data, reason));
        };
        check_bytes(data, only.digest, &combination)?;
        Ok(Self {
            combination,
            roots: BTreeSet::from([passport.root.clone()]),
            passport,
        })
    }

    /// BLAKE3 of each file of data that was read, by its name.
    #[must_use]
    pub fn digests(&self) -> BTreeMap<String, String> {
        let name = |path: &Path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let digests = self.combination.digests.iter();
        digests
            .map(|(path, digest)| (name(path), digest.to_string()))
            .collect()
    }

    /// Why it does not prove the code as it stands: the run is not whole, or was of something else.
    #[must_use]
    pub fn doubts(&self, now: &Code, whole: &[String]) -> Vec<String> {
        let mut words = self.passport.doubts();
        let changes = self.passport.changes(now);
        words.extend(
            changes
                .into_iter()
                .map(|change| format!("{change} since the tests ran")),
        );
        words.extend(self.not_run(whole));
        words
    }

    /// What of the whole list was not run, in words.
    #[must_use]
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

    /// Writes the data under names that are spelled by `root`, and then its passport.
    ///
    /// # Errors
    /// Those of `Combination::write` and `Passport::save`.
    pub fn write(
        self,
        names: &BTreeMap<String, String>,
        root: String,
        into: &Path,
    ) -> Result<Summary> {
        let mut passport = self.passport;
        passport.root = root;
        let summary = self.combination.write(names, into)?;
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

/// Why one part of a run cannot be used.
fn of_part(part: &Passport) -> Option<String> {
    let [shard] = &part.shards[..] else {
        return Some("its passport is not one of one part".to_owned());
    };
    let empty = || format!("{} left no complete data", part.name(shard.number));
    let doubt = part.doubts_of(shard).into_iter().next();
    doubt.or_else(|| part.data.is_empty().then(empty))
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
            "of run {}, and {first_path} is of run {}",
            other.run, first.run
        )
    } else if first.count != other.count {
        format!(
            "of a run of {} parts, and {first_path} of one of {}",
            other.count, first.count
        )
    } else if let Some(change) = other.changes(&first.code).into_iter().next() {
        format!("of other code than {first_path}: {change}")
    } else if let (Some(one), Some(two)) = (&first.tool, &other.tool)
        && (&one.name, one.has_branches) != (&two.name, two.has_branches)
    {
        return Err(Error::mixed(
            &data_path(path),
            format!("not measured as {first_path}"),
        ));
    } else {
        return Ok(());
    };
    Err(Error::coverage(&data_path(path), difference))
}

fn read(data: &BTreeMap<PathBuf, Digest>, interrupt: &Interrupt<'_>) -> Result<Combination> {
    let paths: Vec<PathBuf> = data.keys().cloned().collect();
    let combination = Combination::read(&paths, &Expected::Given, Path::new(""), interrupt)?;
    for (path, digest) in data {
        check_bytes(path, *digest, &combination)?;
    }
    Ok(combination)
}

fn check_bytes(path: &Path, digest: Digest, combination: &Combination) -> Result<()> {
    if combination.digests.get(path) == Some(&digest) {
        return Ok(());
    }
    let reason = "not the bytes that its passport is for: changed or replaced after its run";
    Err(Error::coverage(path, reason))
}

/// The data that a passport stands beside.
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
