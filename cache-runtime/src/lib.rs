//! Cache-aside by annotation: `#[cached]` reads through a cache, `#[invalidates]` removes, `#[updates]` writes through.
//!
//! ```
//! use cache_runtime::{CacheKey, cached, invalidates, outcome};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Debug, Serialize, Deserialize)]
//! struct User {
//!     id: u64,
//!     name: String,
//! }
//!
//! /// One user, by id.
//! #[derive(Clone, CacheKey)]
//! #[cache(resource = "user", value = User, ttl = "30m", version = 2)]
//! struct UserKey {
//!     id: u64,
//! }
//!
//! #[cached(UserKey { id })]
//! async fn get_user(id: u64) -> Result<Option<User>, std::io::Error> {
//!     Ok(Some(User { id, name: "Ada".into() })) // a query, in real life
//! }
//!
//! #[invalidates(UserKey { id })]
//! async fn rename(id: u64, name: &str) -> Result<(), std::io::Error> {
//!     Ok(()) // an update, in real life
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), std::io::Error> {
//! assert!(outcome(get_user(7)).await.1.is_miss());
//! assert!(outcome(get_user(7)).await.1.is_hit());
//! rename(7, "Grace").await?;
//! assert!(outcome(get_user(7)).await.1.is_miss());
//! # Ok(())
//! # }
//! ```
//!
//! # Which cache
//!
//! The one that `cache = ..` names, else the task's ([`Cache::scope`]), else the installed one ([`Cache::install`]), else an
//! embedded in-memory one that is made on first use. [`Cache::builder`] and [`Cache::from_env`] make caches on Redis or Valkey.
//!
//! # Failures
//!
//! An annotated function returns what its body returns, whatever the store does; [`Outcome`], metrics and logs tell what
//! happened. Direct calls ([`Cache::get`], [`Cache::put`] and so on) return a [`CacheError`].
//!
//! # Freshness, tags, the local tier
//!
//! [`Policy`] says how old a value may be when it is served, and what happens around its expiry; the arguments of
//! [`macro@cached`] and of key types say it for one function or resource. [`Cache::invalidate_tag`],
//! [`Cache::invalidate_resource`] and [`Cache::clear`] invalidate any number of entries in one round trip. With `local = ".."`
//! decoded values are held in the process, in front of the store, which tells of changes.
//! [`Cache::invalidate_pattern`] removes keys of others.
//!
//! # Features
//!
//! `redis` (default), `cluster` for [`CacheBuilder::cluster`], `sentinel` for [`CacheBuilder::sentinel`], `tls` for `rediss://`,
//! `compress` for zlib frames, `uuid`, `chrono`, `time`, `rust_decimal` for key parts and schemas of those crates, and
//! `test-util` for [tests of your own annotated functions](test_util): a clock that they move, and a store that fails on demand.

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod boxed;
mod breaker;
mod cache;
mod call;
mod clock;
mod engine;
mod error;
mod flight;
mod key;
mod local;
mod outcome;
mod policy;
mod recovery;
pub mod registry;
mod schema;
mod scope;
mod store;
mod switch;
mod sync;
mod tags;
mod tally;
mod telemetry;
#[cfg(any(test, feature = "test-util"))]
pub mod test_util;
mod transaction;
mod wire;

/// The examples of the guides are doctests.
#[cfg(all(doctest, feature = "test-util"))]
mod guides {
    #[doc = include_str!("../../docs/freshness.md")]
    mod freshness {}
    #[doc = include_str!("../../docs/testing.md")]
    mod testing {}
}

pub(crate) use __private as private;
pub use __private::LoadTimeout;
pub use breaker::BreakerState;
pub use cache::{Cache, CacheBuilder, Health, InvalidatePattern, PatternReport, Stats};
pub use cache_macros::{CacheKey, CacheSchema, cached, invalidates, updates};
pub use call::{bypass, outcome, refresh};
pub use error::{CacheError, ErrorKind, Operation};
pub use key::{CacheKey, KeyField, KeyPart, KeySpec, KeyWriter, Tenancy, TypedKey, Version, key_text};
pub use outcome::{Level, Outcome, Status};
pub use policy::{Policy, Refresh, Revalidate};
pub use schema::{CacheSchema, schema_of};
#[cfg(feature = "test-switches")]
#[doc(hidden)]
pub use switch::NAMES as TEST_MECHANISMS;
pub use transaction::{Invalidations, transaction};
