//! Files: reading, walking, locking and atomic writing.

pub mod atomic;
pub mod lock;
pub mod own_folder;
pub mod parallel;
pub mod path;
pub mod pattern;
pub mod regular_file;
pub mod walk;
