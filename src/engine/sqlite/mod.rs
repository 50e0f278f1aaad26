//! SQLite: the only room that opens connections. One process holds a database open through one SQLite library
//! only: a second one, even a plain open and close, drops the first one's locks. So only databases that a builder
//! in another process made, in a staging folder of ours, are opened here; templates are handled as bytes, and files
//! of unknown origin are read as bytes and opened in memory (`untrusted`).

mod connection;
pub mod finish;
mod guards;
pub mod new;
mod number_rows;
pub mod schema;
pub mod snapshot;
pub mod untrusted;
