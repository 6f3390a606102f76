//! Tools for tests of your own annotated functions (feature `test-util`).
//!
//! ```toml
//! [dev-dependencies]
//! cache-runtime = { version = "0.1", features = ["test-util"] }
//! ```
//!
//! [`ManualClock`] is a clock that the test moves: what an entry does after an hour is seen at once. [`Faults`] makes operations
//! of the store fail, wait or lose their answers, and counts them; it works with the embedded store, so that such a test
//! needs no server.
//!
//! ```
//! use std::time::Duration;
//!
//! use cache_runtime::test_util::{Faults, ManualClock, Which};
//! use cache_runtime::{Cache, ErrorKind, cached, outcome};
//!
//! #[cached(resource = "greeting", key(name), ttl = "1h")]
//! async fn greeting(name: &str) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), cache_runtime::CacheError> {
//! let (clock, faults) = (ManualClock::new(), Faults::new());
//! let cache = Cache::builder().clock(&clock).faults(&faults).build()?;
//! cache.scope(async {
//!     assert!(outcome(greeting("Ada")).await.1.is_miss());
//!     clock.advance(Duration::from_secs(3599));
//!     assert!(outcome(greeting("Ada")).await.1.is_hit());
//!     clock.advance(Duration::from_secs(1));
//!     assert!(outcome(greeting("Ada")).await.1.is_miss());
//!
//!     faults.fail(Which::All, ErrorKind::Unavailable);
//!     let (text, outcome) = outcome(greeting("Ada")).await;
//!     assert_eq!((text.as_str(), outcome.error), ("Hello, Ada!", Some(ErrorKind::Unavailable)));
//! }).await;
//! # Ok(())
//! # }
//! ```

mod clock;
mod faults;
mod rules;

pub use self::clock::ManualClock;
pub use self::faults::Faults;
pub use self::rules::Which;

#[cfg(test)]
mod tests;
