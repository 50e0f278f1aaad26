//! Describes how the inputs of a stored database differ from the current ones.

use super::inputs::TemplateInputs;
use super::manifest::Manifest;
use crate::engine::foundation::error::Result;
use crate::engine::foundation::interrupt::Interrupt;
use crate::engine::template::request::Request;
use crate::engine::template::traced_input::TracedInput;

/// Stored databases with other inputs, and the differences of the nearest one.
#[derive(Default)]
pub(super) struct StaleDatabases {
    /// Number of databases whose differences are not known.
    unread: Vec<TemplateInputs>,
    nearest: Option<Vec<String>>,
}

impl StaleDatabases {
    fn offer(&mut self, changes: Vec<String>) {
        let is_nearer = |known: &Vec<String>| changes.len() < known.len();
        if !changes.is_empty() && self.nearest.as_ref().is_none_or(is_nearer) {
            self.nearest = Some(changes);
        }
    }
}

impl Request {
    /// Returns whether all inputs of a stored database are unchanged. If not, it is added to the others.
    pub(super) fn is_fresh(
        &self,
        now: &TemplateInputs,
        then: &TemplateInputs,
        others: &mut StaleDatabases,
        interrupt: &Interrupt<'_>,
    ) -> Result<bool> {
        let is_same =
            now.build == then.build && now.traced == then.traced && now.inputs == then.inputs;
        if !is_same {
            others.unread.push(then.clone());
            return Ok(false);
        }
        let Some(surroundings) = &self.surroundings else {
            return Ok(then.seen.is_empty());
        };
        let changes = surroundings.changes(&then.seen, interrupt)?;
        let is_fresh = changes.is_empty();
        others.offer(changes);
        Ok(is_fresh)
    }

    /// Returns why the nearest stored database is not a hit.
    pub(super) fn nearest(
        &self,
        now: &TemplateInputs,
        mut others: StaleDatabases,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<String>> {
        let mut unread = std::mem::take(&mut others.unread);
        if self.surroundings.is_none() {
            // Only the database under the current key was examined.
            let stored = self.store().manifests().into_iter();
            let recorded = stored.filter(|(_, manifest)| manifest.recorded);
            unread.extend(recorded.map(|(_, manifest)| manifest.basis));
        }
        for then in unread {
            let mut changes = now.changes(&then);
            if let Some(surroundings) = &self.surroundings
                && now.traced == then.traced
            {
                changes.extend(surroundings.changes(&then.seen, interrupt)?);
            }
            others.offer(changes);
        }
        Ok(others.nearest.unwrap_or_else(|| {
            vec![format!(
                "nothing stored yet in {}",
                self.below_root(&self.store).display()
            )]
        }))
    }

    /// Returns what has changed in the project since a database was built: the build command, values, environment and
    /// files, but not the interpreter, because each variant has its own.
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
        now: &TemplateInputs,
        then: &TemplateInputs,
        interrupt: &Interrupt<'_>,
    ) -> Result<Vec<String>> {
        let mut words = now.changes_but_tools(then);
        if let Some(surroundings) = &self.surroundings {
            let seen: Vec<TracedInput> = then
                .seen
                .iter()
                .filter(|seen| seen.is_of_project())
                .cloned()
                .collect();
            words.extend(surroundings.changes(&seen, interrupt)?);
        }
        Ok(words)
    }

    /// Returns the stored manifests, most recently used first, each with the changes since.
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
