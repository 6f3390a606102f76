//! The runtime against real Clusters, and against servers that a sentinel watches.

mod failover;
mod patterns;
mod sentinel;
mod sets;
mod slots;
mod tier;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheBuilder, cached, invalidates, outcome};
pub use cache_tests::users::{Source, User, UserKey, get_user, read, rename, touch};
use cache_tests::{Patient as _, RedisCluster};

/// How long a test waits for what a busy machine does late.
pub const DEADLINE: Duration = Duration::from_secs(60);

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
    let builder = builder(cluster, prefix).patient();
    builder.connect_timeout(Duration::from_secs(20)).build().expect("good settings")
}

/// Where a user's entry is.
pub fn text(prefix: &str, id: u64) -> String {
    format!("{prefix}:tenant-global:user:{id}:v2")
}

/// Reads until the value is stored and found again. No read may fail meanwhile.
pub async fn until_cached(source: &Source, id: u64) {
    let deadline = Instant::now() + DEADLINE;
    while !read(source, id).await.1.is_hit() {
        assert!(Instant::now() < deadline, "user {id} is not cached");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
