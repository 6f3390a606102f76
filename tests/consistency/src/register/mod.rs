//! The source of truth: a version for each key, which a write raises by one.
//!
//! It is asked by lines over TCP: `r KEY`, `f KEY`, `s KEY` (fails or is slow often) and `w KEY` are answered by the version, or by `no` where the source is to fail.

mod client;
mod server;

pub use self::client::{Source, SourceError};
pub use self::server::{Commit, Register, serve};
