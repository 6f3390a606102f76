//! Callers that come while a load is under way which an invalidation of a set has overtaken.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_runtime::test_util::{Faults, Which};
use cache_runtime::{Cache, ErrorKind, Operation, cached};
use cache_tests::{RedisCluster, RedisServer};
use tokio::sync::{Notify, Semaphore};

use super::{pairs, patient};

struct Gate {
    reads: AtomicUsize,
    began: Notify,
    open: Semaphore,
}

impl Gate {
    fn new() -> Self {
        Self { reads: AtomicUsize::new(0), began: Notify::new(), open: Semaphore::new(0) }
    }

    /// Reads the source at its beginning, as a slow query does.
    async fn pass(&self) -> usize {
        let nth = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
        self.began.notify_one();
        self.open.acquire().await.expect("open").forget();
        nth
    }
}

#[cached(resource = "late", key(id), ttl = "10m", tags("late"), cache_if = *ret > 1_000)]
async fn never_kept(gate: &Gate, id: u64) -> usize {
    gate.pass().await
}

#[cached(resource = "kept", key(id), ttl = "10m", tags("late"))]
async fn kept(gate: &Gate, id: u64) -> usize {
    gate.pass().await
}

/// What a caller gets that comes after the invalidation and finds the load of another one under way.
async fn late(cache: &Cache, gate: &Gate, keeps: bool, invalidated: impl Future<Output = ()>) -> (usize, usize) {
    let read = async || if keeps { kept(gate, 1).await } else { never_kept(gate, 1).await };
    let waited = cache.stats().waited;
    let first = cache.scope(read());
    let second = async {
        gate.began.notified().await;
        invalidated.await;
        let late = cache.scope(read());
        let open = async {
            while cache.stats().waited == waited && gate.reads.load(Ordering::SeqCst) == 1 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            gate.open.add_permits(2);
        };
        tokio::join!(late, open).0
    };
    tokio::join!(first, second)
}

#[tokio::test]
async fn a_value_that_is_not_kept_serves_nobody_who_came_after_an_invalidation() {
    let (server, cluster) = (RedisServer::start(), RedisCluster::start());
    for (one, two) in pairs(&server, &cluster) {
        let invalidated = async { two.invalidate_tag("late").await.expect("invalidated") };
        assert_eq!(late(&one, &Gate::new(), false, invalidated).await, (1, 2));
    }
}

#[tokio::test]
async fn a_set_that_could_not_be_invalidated_overtakes_loads_all_the_same() {
    let (server, faults) = (RedisServer::start(), Faults::new());
    for builder in [Cache::builder(), Cache::builder().redis(server.url())] {
        let cache = patient(builder.faults(&faults).breaker_min_calls(u32::MAX));
        faults.fail(Which::from(Operation::Invalidate), ErrorKind::Unavailable);
        let invalidated = async { drop(cache.invalidate_tag("late").await.expect_err("the store is away")) };
        assert_eq!(late(&cache, &Gate::new(), true, invalidated).await, (1, 2));
        faults.heal();
    }
}
