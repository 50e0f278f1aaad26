//! The manifest: what a template database was made from, and which bytes came of it. Format and fields: docs/cache-keys.md.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::inputs::Basis;
use crate::engine::files::regular_file::{Place, open_regular};
use crate::engine::foundation::digest::Digest;
use crate::engine::foundation::error::{At, Result};

/// What stands in `format`.
const FORMAT: &str = "ci-accel template manifest";

/// Version of the manifest's format. Version 1 had the heads of Alembic's version files, too.
const VERSION: u32 = 2;

/// A larger manifest is not one of ours.
const MOST_BYTES: u64 = 64 << 20;

/// The bytes that came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// In bytes.
    pub length: u64,
    /// BLAKE3 of the database's bytes.
    pub digest: Digest,
}

/// A manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// Whether it may prove a hit. Where not, it only proves its database's bytes.
    pub recorded: bool,
    /// The patterns that the files were found by.
    pub declared: Declared,
    /// What the database was made from.
    #[serde(rename = "made_from")]
    pub basis: Basis,
    /// What was made.
    pub database: Made,
    /// Seconds that the builder took.
    pub build_seconds: f64,
    /// Revisions in the database's table `alembic_version`, sorted. They are shown, and never a reason for a miss.
    pub alembic_revisions: Vec<String>,
}

/// The user's own words for the inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Paths and globs.
    pub inputs: Vec<String>,
    /// Paths and globs that do not count.
    pub exclude: Vec<String>,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Manifest {
    /// One of the present version.
    #[must_use]
    pub fn new(
        declared: Declared,
        basis: Basis,
        database: Made,
        build_seconds: f64,
        alembic_revisions: Vec<String>,
    ) -> Self {
        let format = FORMAT.to_owned();
        Self {
            format,
            version: VERSION,
            recorded: true,
            declared,
            basis,
            database,
            build_seconds,
            alembic_revisions,
        }
    }

    /// Reads one. Inside: the manifest, or why it is none.
    ///
    /// # Errors
    /// The operating system's.
    pub fn load(path: &Path) -> Result<std::result::Result<Self, String>> {
        let bytes = read(path)?;
        Ok(Self::parse(&bytes).map_err(|reason| format!("{}: {reason}", path.display())))
    }

    fn parse(bytes: &[u8]) -> std::result::Result<Self, String> {
        let whole = serde_json::from_slice::<Self>(bytes);
        let (format, version) = match &whole {
            Ok(manifest) => (manifest.format.clone(), manifest.version),
            // Another version may have other fields; what it is stands in its head all the same.
            Err(_) => match serde_json::from_slice(bytes) {
                Ok(Head { format, version }) => (format, version),
                Err(error) => return Err(format!("not a manifest: {error}")),
            },
        };
        if format != FORMAT {
            return Err(format!("not a template manifest but {format:?}"));
        }
        if version != VERSION {
            return Err(format!(
                "manifest of version {version}; this ci-accel reads {VERSION}"
            ));
        }
        whole.map_err(|error| format!("not a whole manifest: {error}"))
    }

    /// Its bytes as stored: JSON on one line.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing plain data into memory cannot fail; if it ever did, an empty manifest proves nothing.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// The bytes of a manifest, unparsed.
///
/// # Errors
/// The operating system's.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (file, _) = open_regular(Place::at(path))?;
    file.take(MOST_BYTES).read_to_end(&mut bytes).at(path)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::template::inputs::tests::basis;

    fn manifest(basis: Basis) -> Manifest {
        let made = Made {
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
            prop_assert_eq!(Manifest::parse(&manifest.to_bytes()), Ok(manifest));
        }

        #[test]
        fn a_torn_manifest_is_none(basis in basis(), position in any::<prop::sample::Index>()) {
            let bytes = manifest(basis).to_bytes();
            // Whole without the line's end.
            let torn = &bytes[..position.index(bytes.len() - 1)];
            prop_assert!(Manifest::parse(torn).is_err());
        }
    }

    #[test]
    fn a_newer_manifest_is_refused_by_its_version_even_if_its_inputs_are_of_unknown_kinds() {
        let newer =
            br#"{"format": "ci-accel template manifest", "version": 3, "made_from": "else"}"#;
        assert_eq!(
            Manifest::parse(newer).unwrap_err(),
            "manifest of version 3; this ci-accel reads 2"
        );
        assert!(
            Manifest::parse(b"[]")
                .unwrap_err()
                .starts_with("not a manifest")
        );
    }
}
