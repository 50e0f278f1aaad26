//! What differs between what a stored database was made from and what one would be made from now, in words.

use super::Request;
use super::basis::Basis;
use super::manifest::Manifest;
use super::seen::Seen;
use super::store::MANIFEST;
use crate::engine::error::Result;
use crate::engine::interrupt::Interrupt;
use crate::engine::publish::with_ending;

impl Request {
    /// Whether all that a database was made from is so now.
    pub(super) fn is_fresh(
        &self,
        now: &Basis,
        then: &Basis,
        interrupt: &Interrupt<'_>,
    ) -> Result<bool> {
        let is_same =
            now.build == then.build && now.traced == then.traced && now.inputs == then.inputs;
        match &self.surroundings {
            Some(surroundings) if is_same => {
                Ok(surroundings.changes(&then.seen, interrupt)?.is_empty())
            }
            _ => Ok(is_same && then.seen.is_empty()),
        }
    }

    /// What differs between now and then, in words.
    fn differences(
        &self,
        now: &Basis,
        then: &Basis,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<String>> {
        let mut words = now.changes(then);
        if let Some(surroundings) = &self.surroundings
            && now.traced == then.traced
        {
            words.extend(surroundings.changes(&then.seen, interrupt)?);
        }
        Ok(words)
    }

    /// Why the stored database that comes nearest is not the one that is asked for.
    pub(super) fn nearest(&self, basis: &Basis, interrupt: &Interrupt<'_>) -> Result<Vec<String>> {
        let plain = Manifest::load(&with_ending(&self.path, MANIFEST))
            .ok()
            .and_then(std::result::Result::ok);
        let stored = self.store().manifests().into_iter();
        let mut nearest: Option<Vec<String>> = None;
        for manifest in stored.map(|(_, manifest)| manifest).chain(plain) {
            if !manifest.recorded {
                continue;
            }
            let changes = self.differences(basis, &manifest.basis, interrupt)?;
            let is_nearer = nearest
                .as_ref()
                .is_none_or(|known| changes.len() < known.len());
            if is_nearer && !changes.is_empty() {
                nearest = Some(changes);
            }
        }
        Ok(nearest.unwrap_or_else(|| {
            vec![format!(
                "nothing stored yet in {}",
                self.below_root(&self.store).display()
            )]
        }))
    }

    /// What has changed in the project since a database was built: the build command, values, environment and files,
    /// but not the interpreter, since each variant has its own.
    ///
    /// # Errors
    /// As `look`.
    pub fn changes_since(
        &self,
        manifest: &Manifest,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<String>> {
        let now = self.read(interrupt)?.basis;
        self.project_changes(&now, &manifest.basis, interrupt)
    }

    fn project_changes(
        &self,
        now: &Basis,
        then: &Basis,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<String>> {
        let mut words = now.changes_but_tools(then);
        if let Some(surroundings) = &self.surroundings {
            let seen: Vec<Seen> = then
                .seen
                .iter()
                .filter(|seen| seen.is_of_project())
                .cloned()
                .collect();
            words.extend(surroundings.changes(&seen, interrupt)?);
        }
        Ok(words)
    }

    /// The stored manifests, most recently used first, each with what has changed since.
    ///
    /// # Errors
    /// As `look`.
    pub fn variants(&self, interrupt: &Interrupt<'_>) -> Result<Vec<(Manifest, Vec<String>)>> {
        let now = self.read(interrupt)?.basis;
        let mut variants = Vec::new();
        for (_, manifest) in self.store().manifests() {
            let changes = self.project_changes(&now, &manifest.basis, interrupt)?;
            variants.push((manifest, changes));
        }
        Ok(variants)
    }
}
