//! Reads, combines and checks the coverage data of coverage.py and slipcover. Invalid data is an error, so that a
//! coverage gate never passes on partial data.

pub mod combine;
pub mod convert;
pub mod datafile;
pub mod limits;
pub mod lines;
pub mod passport;
pub mod read;
pub mod sealed;
pub mod slipcover;
pub mod sorted;
pub mod summary;
