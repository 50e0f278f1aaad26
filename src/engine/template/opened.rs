//! Opens a database by its path alone and verifies it with its manifest.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::database::{Database, Proof};
use super::manifest::{Loaded, Manifest};
use super::variants::{MANIFEST, Store};
use crate::engine::files::path::{parent, with_ending};
use crate::engine::foundation::error::{Error, Result};
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::look::VerifiedDatabase;

/// Opens a database with the manifest beside it: a stored one, a private one, or the plain path.
///
/// # Errors
/// `Error::Template` if no manifest matches the bytes, `Error::Io` if there is no database.
pub fn open(path: &Path, interrupt: &Interrupt<'_>) -> Result<VerifiedDatabase> {
    fs::metadata(path).map_err(|error| Error::io(path, error))?;
    let mut reason = String::new();
    // Another process may be replacing the plain path and its manifest, which are two renames: try again.
    for _ in 0..5 {
        for manifest in beside(path)? {
            match Database::prove(path, manifest.database, interrupt)? {
                Proof::Proved(database) => return Ok(VerifiedDatabase { database, manifest }),
                Proof::Refused(why) => reason = why,
            }
        }
        interrupt.sleep()?;
    }
    Err(Error::template(
        path,
        format!("the file {reason}; run ensure() to rebuild it"),
    ))
}

/// Returns the manifests that may describe a database: the one beside it, or in a store those with its digest.
fn beside(path: &Path) -> Result<Vec<Manifest>> {
    let own = with_ending(path, MANIFEST);
    match Manifest::load(&own) {
        Ok(Loaded::Manifest(manifest)) => return Ok(vec![*manifest]),
        Ok(Loaded::Refused(reason)) => {
            return Err(Error::template(
                path,
                format!("{reason}; run ensure() to rebuild it"),
            ));
        }
        Err(error) if !error.is(ErrorKind::NotFound) => return Err(error),
        Err(_) => {}
    }
    let folder = parent(path);
    let store = Store {
        folder,
        tagged: folder,
        root: folder,
    };
    let manifests = store.manifests().into_iter().map(|(_, manifest)| manifest);
    let names_it = |manifest: &Manifest| {
        store.database(&manifest.database.digest).file_name() == path.file_name()
    };
    let found: Vec<Manifest> = manifests.filter(names_it).collect();
    if found.is_empty() {
        let own = own.display();
        return Err(Error::template(
            path,
            format!(
                "the manifest {own} is missing; build the database with ensure(), or copy both files"
            ),
        ));
    }
    Ok(found)
}
