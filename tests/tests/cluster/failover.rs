//! Nodes that go, and what takes their place.

use std::time::{Duration, Instant};

use cache_runtime::Cache;
use cache_tests::{Patient as _, RedisCluster};

use super::{DEADLINE, Source, builder, outcome, read, text, touch, until_cached};

/// The first user whose entry this master has.
fn id_on(cluster: &RedisCluster, prefix: &str, node: usize) -> u64 {
    (0..).find(|id| cluster.owner(&text(prefix, *id)) == node).expect("a key of this node")
}

fn node_of_register(cluster: &RedisCluster, prefix: &str) -> usize {
    cluster.owner(&format!("{prefix}:versions:user"))
}

/// With timeouts as in a service, but for the machine that the tests run on.
fn quick(cluster: &RedisCluster, prefix: &str) -> Cache {
    builder(cluster, prefix).patient().operation_timeout(Duration::from_millis(500)).build().expect("good settings")
}

#[tokio::test]
async fn a_cluster_that_cannot_be_reached_is_not_an_error() {
    let cache =
        Cache::builder().cluster(["redis://127.0.0.1:1", "redis://127.0.0.1:2"]).build().expect("good settings");
    let source = Source::default();
    cache
        .scope(async {
            assert!(read(&source, 7).await.1.ran_body());
            touch(7).await.expect("the body succeeded");
        })
        .await;
    cache.ping().await.expect_err("nobody there");
}

#[tokio::test]
async fn one_node_that_answers_is_enough_to_find_the_others() {
    let cluster = super::shared();
    let urls = ["redis://127.0.0.1:1".to_owned(), cluster.nodes()[1].url()];
    let cache = Cache::builder()
        .cluster(urls)
        .prefix("found")
        .patient()
        .operation_timeout(DEADLINE)
        .build()
        .expect("good settings");
    let source = Source::default();
    cache
        .scope(async {
            for id in 0..10 {
                assert!(read(&source, id).await.1.stored, "{id}");
            }
        })
        .await;
}

#[tokio::test]
async fn a_dead_node_takes_its_slots_along_and_no_others() {
    let (cluster, prefix) = (RedisCluster::start(), "dead");
    let (cache, source) = (quick(&cluster, prefix), Source::default());
    let register = node_of_register(&cluster, prefix);
    let gone = (register + 1) % 3;
    let (lost, kept) = (id_on(&cluster, prefix, gone), id_on(&cluster, prefix, (register + 2) % 3));
    cache
        .scope(async {
            until_cached(&source, lost).await;
            until_cached(&source, kept).await;
            cluster.nodes()[gone].kill();
            let began = Instant::now();
            let (_, how) = read(&source, lost).await;
            assert!(how.ran_body() && !how.stored, "{how}");
            touch(lost).await.expect("the body succeeded");
            assert!(began.elapsed() < DEADLINE / 2, "{:?}", began.elapsed());
            // The others go on.
            until_cached(&source, kept).await;
            touch(kept).await.expect("the body succeeded");
            until_cached(&source, kept).await;
            assert!(outcome(super::get_user(&source, lost)).await.0.is_ok());
            // It comes back, and what waited for it lands.
            cluster.nodes()[gone].restart();
            until_cached(&source, lost).await;
        })
        .await;
}

#[tokio::test]
async fn a_frozen_node_costs_the_budget_and_no_more() {
    let (cluster, prefix) = (RedisCluster::start(), "frozen");
    let (cache, source) = (quick(&cluster, prefix), Source::default());
    let frozen = (node_of_register(&cluster, prefix) + 1) % 3;
    let (lost, kept) = (id_on(&cluster, prefix, frozen), id_on(&cluster, prefix, (frozen + 1) % 3));
    cache
        .scope(async {
            until_cached(&source, lost).await;
            until_cached(&source, kept).await;
            cluster.nodes()[frozen].pause();
            for _ in 0..3 {
                let began = Instant::now();
                assert!(read(&source, lost).await.1.ran_body());
                assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
            }
            until_cached(&source, kept).await;
            cluster.nodes()[frozen].resume();
            until_cached(&source, lost).await;
        })
        .await;
}

/// Calls during a failover return what their bodies return; afterwards the slots are cached again.
async fn calls_survive(gone: fn(&cache_tests::RedisServer)) {
    let (cluster, prefix) = (RedisCluster::with_replica(), "failover");
    let (cache, source) = (quick(&cluster, prefix), Source::default());
    let id = id_on(&cluster, prefix, 0);
    cache
        .scope(async {
            for each in [id, id_on(&cluster, prefix, 1), id_on(&cluster, prefix, 2)] {
                until_cached(&source, each).await;
            }
            gone(&cluster.nodes()[0]);
            let during = async {
                for _ in 0..20 {
                    read(&source, id).await;
                    touch(id).await.expect("the body succeeded");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            during.await;
            cluster.wait_for_failover();
            until_cached(&source, id).await;
            touch(id).await.expect("the body succeeded");
            until_cached(&source, id).await;
            let deadline = Instant::now() + DEADLINE;
            while cache.stats().pending_invalidations > 0 {
                assert!(Instant::now() < deadline, "invalidations wait for a node that was replaced");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
}

#[tokio::test]
async fn scenario_26_a_failover_after_a_crash_shows_in_no_call() {
    calls_survive(cache_tests::RedisServer::kill).await;
}

/// Nothing closes the connections: the node is not heard of any more.
#[tokio::test]
async fn scenario_26_a_failover_from_a_silent_node_shows_in_no_call() {
    calls_survive(cache_tests::RedisServer::pause).await;
}
