//! Cache-aside by annotation.

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod breaker;
mod cache;
mod call;
mod clock;
mod engine;
mod error;
mod flight;
mod key;
mod outcome;
mod recovery;
pub mod registry;
mod schema;
mod store;
mod telemetry;
mod wire;

pub(crate) use __private as private;
pub use breaker::BreakerState;
pub use cache_macros::{CacheKey, CacheSchema, cached, invalidates, updates};
pub use cache::{Cache, CacheBuilder, Health, Stats};
pub use call::{bypass, outcome, refresh};
pub use error::{CacheError, ErrorKind, Operation};
pub use key::{CacheKey, KeyField, KeyPart, KeySpec, KeyWriter, Tenancy, TypedKey, Version, key_text};
pub use outcome::{Level, Outcome, Status};
pub use schema::{CacheSchema, schema_of};
