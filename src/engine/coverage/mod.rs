//! Coverage data: what coverage.py and slipcover leave. Doubt about it is an error: whoever gates on it must never pass
//! on less than was measured.

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
