//! Limits for reading coverage data.

/// Maximum size in bytes of a file of coverage data. A part with a million lines takes a tenth of it.
pub const LONGEST_FILE: u64 = 1 << 28;

/// Maximum line number.
pub const LAST_LINE: u32 = 1 << 24;

/// Maximum number of measured files, and of contexts, in one file of coverage data.
pub const MOST_NAMES: usize = 1_000_000;

/// Maximum number of parts of a run, and of parts that one call combines.
pub const MOST_PARTS: usize = 100_000;
