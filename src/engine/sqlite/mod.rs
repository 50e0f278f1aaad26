//! SQLite: the only package that opens connections. A process must have a database open through one SQLite library only:
//! a second library, even a plain open and close, drops the locks of the first. Therefore only databases that a builder
//! in another process wrote to a staging folder are opened from disk. Templates are copied as bytes, and files of unknown
//! origin are opened from memory (`untrusted`).

mod connection;
pub mod finish;
mod guards;
pub mod header;
pub mod new;
mod number_rows;
pub mod schema;
pub mod snapshot;
pub mod untrusted;
