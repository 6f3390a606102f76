//! The runtime against real Clusters, and against servers that a sentinel watches.

mod failover;
mod patterns;
mod sentinel;
mod sets;
mod slots;
mod tier;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheBuilder, CacheKey, Outcome, cached, invalidates, outcome, updates};
use cache_tests::RedisCluster;
use serde::{Deserialize, Serialize};

/// How long a test waits for what a busy machine does late.
pub const DEADLINE: Duration = Duration::from_secs(60);

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

/// The Cluster of the tests that leave its nodes alone; each has a prefix of its own.
pub fn shared() -> &'static RedisCluster {
    static SHARED: OnceLock<RedisCluster> = OnceLock::new();
    SHARED.get_or_init(RedisCluster::start)
}

/// A cache on this Cluster.
pub fn builder(cluster: &RedisCluster, prefix: &str) -> CacheBuilder {
    Cache::builder().cluster(cluster.urls()).prefix(prefix)
}

/// A cache that waits long enough for a busy machine: for tests of what is done, not of how fast.
pub fn patient(cluster: &RedisCluster, prefix: &str) -> Cache {
    let builder = builder(cluster, prefix).operation_timeout(Duration::from_secs(20));
    builder.connect_timeout(Duration::from_secs(20)).build().expect("good settings")
}

/// Where a user's entry is.
pub fn text(prefix: &str, id: u64) -> String {
    format!("{prefix}:tenant-global:user:{id}:v2")
}

/// Reads the user and says what the call did.
pub async fn read(source: &Source, id: u64) -> (User, Outcome) {
    let (user, outcome) = outcome(get_user(source, id)).await;
    (user.expect("the body does not fail"), outcome)
}

/// Reads until the value is stored and found again. No read may fail meanwhile.
pub async fn until_cached(source: &Source, id: u64) {
    let deadline = Instant::now() + DEADLINE;
    while !read(source, id).await.1.is_hit() {
        assert!(Instant::now() < deadline, "user {id} is not cached");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
