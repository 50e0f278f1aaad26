//! Limits of what is read from a file of coverage data.

/// The longest file that is read. A part of a million lines takes a tenth of it.
pub const LONGEST_FILE: u64 = 1 << 28;

/// The highest line number that is believed.
pub const LAST_LINE: u32 = 1 << 24;

/// The most files, and the most contexts, that one file of data may name.
pub const MOST_NAMES: usize = 1_000_000;

/// The most parts that are combined in one call.
pub const MOST_PARTS: usize = 100_000;
