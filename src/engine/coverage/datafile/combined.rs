//! The union of what coverage.py measured in many processes.

use crate::engine::coverage::sorted::{combine_sorted, newer};
use std::collections::{BTreeMap, HashMap};

use super::numbits;
use super::{DataFile, FileData};
use crate::engine::sqlite::schema::Reason;

/// Lines, arcs, contexts and tracers of many data files. It does not depend on their order.
#[derive(Debug, Default)]
pub struct CombinedData {
    /// The newest coverage.py among those that measured.
    pub version: String,
    /// Whether arcs were measured, not lines.
    pub has_arcs: bool,
    /// The contexts; measures name them by their places here.
    pub contexts: Vec<String>,
    /// What was measured, by file.
    pub files: BTreeMap<String, FileData>,
    places: HashMap<String, u32>,
}

impl CombinedData {
    /// What one data file says.
    ///
    /// # Errors
    /// As `add`, where it has a file twice.
    pub fn of(measured: DataFile) -> Result<Self, Reason> {
        let mut union = Self {
            has_arcs: measured.has_arcs,
            ..Self::default()
        };
        union.add(measured).map(|()| union)
    }

    /// Adds what another data file says.
    ///
    /// # Errors
    /// Where the two name different plugins for a file.
    pub fn add(&mut self, measured: DataFile) -> Result<(), Reason> {
        let contexts: Vec<u32> = measured
            .contexts
            .into_iter()
            .map(|context| self.place(context))
            .collect();
        self.version = newer(std::mem::take(&mut self.version), measured.version);
        for measure in measured.files {
            self.add_file(measure, &contexts)?;
        }
        Ok(())
    }

    /// The same with other names for the files. Files that get one name become one file.
    ///
    /// # Errors
    /// Where two that become one were followed by different plugins.
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Result<Self, Reason> {
        let mut measured = DataFile::from(self);
        for measure in &mut measured.files {
            measure.path = name(&measure.path);
        }
        Self::of(measured)
    }

    /// As a data file has it: contexts and files sorted by name.
    #[must_use]
    pub fn into_measured(self) -> DataFile {
        let mut order: Vec<(String, u32)> = (0..).zip(self.contexts).map(|(n, c)| (c, n)).collect();
        order.sort_unstable();
        let mut places = vec![0; order.len()];
        for (place, (_, old)) in (0..).zip(&order) {
            if let Some(new) = places.get_mut(*old as usize) {
                *new = place;
            }
        }
        DataFile {
            version: self.version,
            has_arcs: self.has_arcs,
            contexts: order.into_iter().map(|(context, _)| context).collect(),
            files: self
                .files
                .into_values()
                .map(|measure| moved(measure, &places))
                .collect(),
        }
    }

    fn place(&mut self, context: String) -> u32 {
        if let Some(place) = self.places.get(&context) {
            return *place;
        }
        let place = u32::try_from(self.contexts.len()).unwrap_or(u32::MAX);
        self.contexts.push(context.clone());
        self.places.insert(context, place);
        place
    }

    fn add_file(&mut self, measure: FileData, contexts: &[u32]) -> Result<(), Reason> {
        let measure = moved(measure, contexts);
        let Some(there) = self.files.get_mut(&measure.path) else {
            self.files.insert(measure.path.clone(), measure);
            return Ok(());
        };
        if there.tracer != measure.tracer {
            let name = |tracer: &Option<String>| tracer.clone().unwrap_or("no plugin".to_owned());
            let (one, other) = (name(&there.tracer), name(&measure.tracer));
            return Err(format!(
                "{:?} was followed by {one} and by {other}",
                measure.path
            ));
        }
        for (context, lines) in measure.lines {
            match there
                .lines
                .binary_search_by_key(&context, |(known, _)| *known)
            {
                Ok(place) => {
                    if let Some((_, known)) = there.lines.get_mut(place) {
                        numbits::combine(known, &lines);
                    }
                }
                Err(place) => there.lines.insert(place, (context, lines)),
            }
        }
        combine_sorted(&mut there.arcs, measure.arcs);
        Ok(())
    }
}

impl From<CombinedData> for DataFile {
    fn from(union: CombinedData) -> Self {
        Self {
            version: union.version,
            has_arcs: union.has_arcs,
            contexts: union.contexts,
            files: union.files.into_values().collect(),
        }
    }
}

/// The measure with other numbers for its contexts, in their order.
fn moved(mut measure: FileData, contexts: &[u32]) -> FileData {
    let new = |old: u32| contexts.get(old as usize).copied().unwrap_or_default();
    for (context, _) in &mut measure.lines {
        *context = new(*context);
    }
    for (context, ..) in &mut measure.arcs {
        *context = new(*context);
    }
    measure.lines.sort_unstable_by_key(|(context, _)| *context);
    if !measure.arcs.is_sorted() {
        measure.arcs.sort_unstable();
    }
    measure.arcs.dedup();
    measure
}
