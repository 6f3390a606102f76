//! The runtime against real redis-servers, and what it promises when they misbehave.

mod bytes;
mod direct;
mod failopen;
mod freshness;
mod guards;
mod leases;
mod leave;
mod links;
mod one_socket;
mod outage;
mod pattern;
mod plain_asks;
mod shared_misses;
mod shared_reads;
mod signals;
mod stampede;

use std::time::Duration;

use cache_runtime::{Cache, CacheBuilder, CacheKey, Outcome, cached, invalidates, outcome};
pub use cache_tests::users::{Source, User, UserKey, get_user, read, rename, touch};
use cache_tests::{Patient as _, RedisServer};

/// A cache on this server, with the default timeouts.
pub fn builder(server: &RedisServer) -> CacheBuilder {
    Cache::builder().redis(server.url())
}

/// A cache on this server that waits long enough for a busy machine: for tests of what is done, not of how fast.
pub fn patient(server: &RedisServer) -> Cache {
    builder(server).patient().build().expect("good settings")
}

/// The failure that a call hid from its caller.
pub fn kind(outcome: Outcome) -> &'static str {
    outcome.error.map_or("none", cache_runtime::ErrorKind::as_str)
}
