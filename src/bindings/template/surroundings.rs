//! Conversion of the environment of a traced builder.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use pyo3::prelude::*;

use crate::engine::template::surroundings::Surroundings;
use crate::engine::template::surroundings::places::{KnownFolders, PathTokens};

/// Dictionary `Surroundings` of `ci_accel.template.surroundings`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Tracing {
    root: PathBuf,
    prefix: PathBuf,
    base_prefix: PathBuf,
    home: Option<PathBuf>,
    standard: Vec<PathBuf>,
    sites: Vec<PathBuf>,
    own: Vec<PathBuf>,
    variables: BTreeMap<OsString, OsString>,
    exclude_env: Vec<String>,
    programs: Vec<String>,
}

impl Tracing {
    /// Converts the dictionary to the engine's type.
    pub(crate) fn into_surroundings(self) -> Surroundings {
        let folders = KnownFolders {
            root: self.root,
            prefix: self.prefix,
            base_prefix: self.base_prefix,
            home: self.home,
            standard: self.standard,
            sites: self.sites,
            own: self.own,
        };
        let bytes = |(name, value): (OsString, OsString)| (name.into_vec(), value.into_vec());
        Surroundings {
            places: PathTokens::new(folders),
            variables: self.variables.into_iter().map(bytes).collect(),
            exclude_env: self.exclude_env,
            programs: self.programs,
        }
    }
}
