//! The manifest: the inputs of a template database and the digest of its bytes. docs/cache-keys.md has the format.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::inputs::TemplateInputs;
use crate::engine::files::regular_file::read_at_most;
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::document::{Kind, MOST_BYTES};
use crate::engine::foundation::error::Result;

/// Format of the manifest. Version 1 also had the heads of Alembic's version files; versions 1 and 2 had each list as one
/// text in `made_from.inputs`.
const KIND: Kind = Kind {
    noun: "template manifest",
    format: "ci-accel template manifest",
    version: 3,
};

/// Length and digest of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseDigest {
    /// Length in bytes.
    pub length: u64,
    /// BLAKE3 of the database's bytes.
    pub digest: Digest,
}

/// A manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// Whether it can lead to a hit; otherwise it only verifies its database's bytes.
    pub recorded: bool,
    /// Patterns that selected the files.
    pub declared: Declared,
    /// Inputs of the database.
    #[serde(rename = "made_from")]
    pub basis: TemplateInputs,
    /// The built database.
    pub database: DatabaseDigest,
    /// Duration of the build in seconds.
    pub build_seconds: f64,
    /// Revisions in the table `alembic_version`, sorted. They are displayed and never cause a miss.
    pub alembic_revisions: Vec<String>,
}

/// The inputs as the user declared them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Paths and globs to select.
    pub inputs: Vec<String>,
    /// Paths and globs to leave out.
    pub exclude: Vec<String>,
}

/// Result of reading a manifest.
pub enum Loaded {
    /// A manifest of the current version.
    Manifest(Box<Manifest>),
    /// Why the file is not used.
    Refused(String),
}

impl Manifest {
    /// Creates a manifest of the current version.
    pub fn new(
        declared: Declared,
        basis: TemplateInputs,
        database: DatabaseDigest,
        build_seconds: f64,
        alembic_revisions: Vec<String>,
    ) -> Self {
        Self {
            format: KIND.format.to_owned(),
            version: KIND.version,
            recorded: true,
            declared,
            basis,
            database,
            build_seconds,
            alembic_revisions,
        }
    }

    /// Reads a manifest.
    pub fn load(path: &Path) -> Result<Loaded> {
        let bytes = read(path)?;
        Ok(match KIND.parse(&bytes) {
            Ok(manifest) => Loaded::Manifest(Box::new(manifest)),
            Err(reason) => Loaded::Refused(format!("{}: {reason}", path.display())),
        })
    }

    /// Returns the bytes to store: JSON on one line.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing plain data into memory cannot fail; if it ever did, an empty manifest proves nothing.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// Reads the bytes of a manifest without parsing them.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MOST_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::template::inputs::tests::basis;

    fn manifest(basis: TemplateInputs) -> Manifest {
        let made = DatabaseDigest {
            length: 8192,
            digest: Digest::of(b"database"),
        };
        let revisions = vec!["0042".to_owned()];
        Manifest::new(Declared::default(), basis, made, 1.25, revisions)
    }

    proptest! {
        #[test]
        fn a_manifest_is_read_back_as_it_was_written(basis in basis()) {
            let manifest = manifest(basis);
            prop_assert_eq!(KIND.parse::<Manifest>(&manifest.to_bytes()), Ok(manifest));
        }

        #[test]
        fn a_torn_manifest_is_none(basis in basis(), position in any::<prop::sample::Index>()) {
            let bytes = manifest(basis).to_bytes();
            // Complete without the line break.
            let torn = &bytes[..position.index(bytes.len() - 1)];
            prop_assert!(KIND.parse::<Manifest>(torn).is_err());
        }
    }

    #[test]
    fn a_newer_manifest_is_refused_by_its_version_before_its_inputs_are_read() {
        let newer =
            br#"{"format": "ci-accel template manifest", "version": 4, "made_from": "else"}"#;
        assert_eq!(
            KIND.parse::<Manifest>(newer).unwrap_err(),
            "template manifest of version 4; this ci-accel reads 3"
        );
        assert!(
            KIND.parse::<Manifest>(b"[]")
                .unwrap_err()
                .starts_with("not a template manifest")
        );
    }
}
