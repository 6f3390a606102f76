//! The runtime against real redis-servers, and what it promises when they misbehave.

mod bytes;
mod direct;
mod failopen;
mod freshness;
mod guards;
mod leases;
mod links;
mod outage;
mod pattern;
mod signals;
mod stampede;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_runtime::{Cache, CacheBuilder, CacheKey, Outcome, cached, invalidates, outcome, updates};
use cache_tests::RedisServer;
use serde::{Deserialize, Serialize};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// By which it is found.
    pub id: u64,
    /// What changes.
    pub name: String,
}

/// A key.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "user", value = User, ttl = "10m", version = 2, tags("users"))]
pub struct UserKey {
    /// Of the user.
    pub id: u64,
}

/// Stands for a database: counts how often it is asked.
#[derive(Default)]
pub struct Source {
    reads: AtomicUsize,
}

impl Source {
    /// How often a body ran.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// What the source holds now: the name says how often it was read.
    pub fn read(&self, id: u64) -> User {
        let nth = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
        User { id, name: format!("read {nth}") }
    }
}

/// A read.
#[cached(UserKey { id })]
pub async fn get_user(source: &Source, id: u64) -> Result<User, String> {
    Ok(source.read(id))
}

/// A write.
#[invalidates(UserKey { id })]
pub async fn touch(id: u64) -> Result<(), String> {
    Ok(())
}

/// A write through.
#[updates(UserKey { id: ret.id })]
pub async fn rename(id: u64, name: &str) -> Result<User, String> {
    Ok(User { id, name: name.to_owned() })
}

/// A cache on this server, with the default timeouts.
pub fn builder(server: &RedisServer) -> CacheBuilder {
    Cache::builder().redis(server.url())
}

/// A cache on this server that waits long enough for a busy machine: for tests of what is done, not of how fast.
pub fn patient(server: &RedisServer) -> Cache {
    builder(server).operation_timeout(Duration::from_secs(20)).build().expect("good settings")
}

/// Reads the user and says what the call did.
pub async fn read(source: &Source, id: u64) -> (User, Outcome) {
    let (user, outcome) = outcome(get_user(source, id)).await;
    (user.expect("the body does not fail"), outcome)
}

/// The failure that a call hid from its caller.
pub fn kind(outcome: Outcome) -> &'static str {
    outcome.error.map_or("none", cache_runtime::ErrorKind::as_str)
}
