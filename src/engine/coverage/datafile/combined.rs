//! Combines the data that coverage.py measured in several processes.

use std::collections::{BTreeMap, HashMap};

use super::{DataFile, FileData, numbits};
use crate::engine::coverage::sorted::{combine_sorted, newer};
use crate::engine::sqlite::schema::Reason;

/// Lines, arcs, contexts and tracers of several data files, independent of the files' order.
#[derive(Debug, Default)]
pub struct CombinedData {
    /// The newest version of coverage.py among the data files.
    pub version: String,
    /// Whether the data has arcs (branches) instead of lines.
    pub has_arcs: bool,
    /// Names of the contexts. Lines and arcs refer to a context by its index.
    pub contexts: Vec<String>,
    /// Data of each measured file, by its path.
    pub files: BTreeMap<String, FileData>,
    context_indexes: HashMap<String, u32>,
}

impl CombinedData {
    /// Starts with one data file.
    ///
    /// # Errors
    /// The reason if a file occurs twice and two plugins traced it.
    pub fn of(data: DataFile) -> Result<Self, Reason> {
        let mut combined = Self {
            has_arcs: data.has_arcs,
            ..Self::default()
        };
        combined.add(data).map(|()| combined)
    }

    /// Adds another data file.
    ///
    /// # Errors
    /// The reason if two plugins traced the same file.
    pub fn add(&mut self, data: DataFile) -> Result<(), Reason> {
        let contexts = data.contexts.into_iter();
        let contexts: Vec<u32> = contexts.map(|context| self.index_of(context)).collect();
        self.version = newer(std::mem::take(&mut self.version), data.version);
        for file in data.files {
            self.add_file(file, &contexts)?;
        }
        Ok(())
    }

    /// Returns the data with other paths. Files that get the same path are combined.
    ///
    /// # Errors
    /// The reason if two plugins traced files that get the same path.
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Result<Self, Reason> {
        let mut data = DataFile::from(self);
        for file in &mut data.files {
            file.path = name(&file.path);
        }
        Self::of(data)
    }

    /// Returns the data as a data file, with contexts and files sorted by name.
    pub fn into_data_file(self) -> DataFile {
        let mut order: Vec<(String, u32)> = (0..).zip(self.contexts).map(|(n, c)| (c, n)).collect();
        order.sort_unstable();
        let mut indexes = vec![0; order.len()];
        for (index, (_, old)) in (0..).zip(&order) {
            if let Some(new) = indexes.get_mut(*old as usize) {
                *new = index;
            }
        }
        let files = self.files.into_values();
        DataFile {
            version: self.version,
            has_arcs: self.has_arcs,
            contexts: order.into_iter().map(|(context, _)| context).collect(),
            files: files.map(|file| renumbered(file, &indexes)).collect(),
        }
    }

    fn index_of(&mut self, context: String) -> u32 {
        if let Some(index) = self.context_indexes.get(&context) {
            return *index;
        }
        let index = u32::try_from(self.contexts.len()).unwrap_or(u32::MAX);
        self.contexts.push(context.clone());
        self.context_indexes.insert(context, index);
        index
    }

    fn add_file(&mut self, file: FileData, contexts: &[u32]) -> Result<(), Reason> {
        let file = renumbered(file, contexts);
        let Some(known) = self.files.get_mut(&file.path) else {
            self.files.insert(file.path.clone(), file);
            return Ok(());
        };
        if known.tracer != file.tracer {
            let name = |tracer: &Option<String>| match tracer {
                Some(plugin) => format!("the plugin {plugin:?}"),
                None => "no plugin".to_owned(),
            };
            let (one, other) = (name(&known.tracer), name(&file.tracer));
            return Err(format!(
                "{:?} was traced by {one} and by {other}",
                file.path
            ));
        }
        for (context, lines) in file.lines {
            let place = known
                .lines
                .binary_search_by_key(&context, |(known, _)| *known);
            match place {
                Ok(place) => {
                    if let Some((_, known)) = known.lines.get_mut(place) {
                        numbits::combine(known, &lines);
                    }
                }
                Err(place) => known.lines.insert(place, (context, lines)),
            }
        }
        combine_sorted(&mut known.arcs, file.arcs);
        Ok(())
    }
}

impl From<CombinedData> for DataFile {
    fn from(combined: CombinedData) -> Self {
        Self {
            version: combined.version,
            has_arcs: combined.has_arcs,
            contexts: combined.contexts,
            files: combined.files.into_values().collect(),
        }
    }
}

/// Returns the data with other context indexes, sorted by context.
fn renumbered(mut file: FileData, contexts: &[u32]) -> FileData {
    let new = |old: u32| contexts.get(old as usize).copied().unwrap_or_default();
    for (context, _) in &mut file.lines {
        *context = new(*context);
    }
    for (context, ..) in &mut file.arcs {
        *context = new(*context);
    }
    file.lines.sort_unstable_by_key(|(context, _)| *context);
    if !file.arcs.is_sorted() {
        file.arcs.sort_unstable();
    }
    file.arcs.dedup();
    file
}
