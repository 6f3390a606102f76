//! Where the tests' entries live, and how they age there.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, CacheBuilder};
use cache_tests::{Patient as _, RedisCluster, RedisServer, redis_cli};

/// One store.
pub enum Place {
    /// Embedded; its clock is moved.
    Memory(ManualClock),
    /// A server; entries age by `PEXPIRE`.
    Server(&'static RedisServer),
    /// A Cluster; likewise.
    Cluster(&'static RedisCluster),
}

fn server() -> &'static RedisServer {
    static SERVER: OnceLock<RedisServer> = OnceLock::new();
    SERVER.get_or_init(RedisServer::start)
}

fn cluster() -> &'static RedisCluster {
    static CLUSTER: OnceLock<RedisCluster> = OnceLock::new();
    CLUSTER.get_or_init(RedisCluster::start)
}

/// All of them.
pub fn places() -> [Place; 3] {
    [Place::Memory(ManualClock::new()), Place::Server(server()), Place::Cluster(cluster())]
}

impl Place {
    /// A cache with a prefix of its own, that waits long enough for a busy machine.
    pub fn builder(&self) -> CacheBuilder {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let prefix = format!("p{}", NEXT.fetch_add(1, Ordering::SeqCst));
        self.same(&prefix)
    }

    /// Another process's cache on the same entries.
    pub fn same(&self, prefix: &str) -> CacheBuilder {
        let builder = Cache::builder().prefix(prefix).patient();
        match self {
            Self::Memory(clock) => builder.clock(clock.clone()),
            Self::Server(server) => builder.redis(server.url()),
            Self::Cluster(cluster) => builder.cluster(cluster.urls()),
        }
    }

    /// A cache with the default settings otherwise.
    pub fn cache(&self) -> Cache {
        self.builder().build().expect("good settings")
    }

    /// Whether other processes share the entries.
    pub fn is_shared(&self) -> bool {
        !matches!(self, Self::Memory(_))
    }

    /// Leaves an entry, which is to live for `lives` in all, only so much of its life.
    pub fn age(&self, key: &str, lives: Duration, left: Duration) {
        match self {
            Self::Memory(clock) => clock.advance(lives - left),
            Self::Server(server) => assert_eq!(pexpire(server, key, left), 1, "{key} is there"),
            Self::Cluster(cluster) => {
                assert_eq!(pexpire(&cluster.nodes()[cluster.owner(key)], key, left), 1, "{key} is there");
            }
        }
    }

    /// Whether a key is there.
    pub fn exists(&self, key: &str) -> bool {
        let exists = |server: &RedisServer| redis_cli(server, ["EXISTS", key]).int() == 1;
        match self {
            Self::Memory(_) => false,
            Self::Server(server) => exists(server),
            Self::Cluster(cluster) => exists(&cluster.nodes()[cluster.owner(key)]),
        }
    }
}

fn pexpire(server: &RedisServer, key: &str, left: Duration) -> i64 {
    redis_cli(server, ["PEXPIRE", key, &left.as_millis().to_string()]).int()
}
