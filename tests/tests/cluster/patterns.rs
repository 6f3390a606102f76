//! Keys that match a pattern lie on all masters.

use cache_runtime::ErrorKind;
use cache_tests::RedisCluster;
use cache_tests::redis::RawClient;
use cache_tests::redis_cli;

use super::{patient, text};

/// Writes keys on the nodes that own them.
fn plant(cluster: &RedisCluster, stem: &str, count: u64) {
    let slots = cluster.masters().len();
    let mut clients: Vec<RawClient> =
        cluster.masters().iter().map(|node| RawClient::admin(node).expect("connected")).collect();
    for n in 0..count {
        let key = format!("{stem}{n}");
        // Of the three masters the one that does not redirect.
        let stored =
            (0..slots).any(|nth| matches!(clients[nth].send(["SET", &key, "x"]), Ok(reply) if !is_error(&reply)));
        assert!(stored, "one master owns the key");
    }
}

fn is_error(reply: &cache_tests::redis::Reply) -> bool {
    matches!(reply, cache_tests::redis::Reply::Error(_))
}

fn left(cluster: &RedisCluster, pattern: &str) -> usize {
    cluster.masters().iter().map(|node| redis_cli(node, ["KEYS", pattern]).texts().len()).sum()
}

#[tokio::test]
async fn a_pattern_is_walked_on_all_masters() {
    let cluster = RedisCluster::start();
    let cache = patient(&cluster, "walker");
    plant(&cluster, "legacy:", 3_000);
    plant(&cluster, "kept:", 300);
    cluster.masters().iter().for_each(|node| node.reset_stats());
    let report = cache.invalidate_pattern("legacy:*").await.expect("removed");
    assert_eq!((report.removed, report.complete), (3_000, true));
    assert!(cluster.masters().iter().all(|node| node.command_calls("scan") > 0), "each master was walked");
    assert_eq!(cluster.command_calls("keys"), 0);
    assert_eq!((left(&cluster, "legacy:*"), left(&cluster, "kept:*")), (0, 300));
    let report = cache.invalidate_pattern("kept:*").limit(100).await.expect("removed");
    assert_eq!((report.removed, report.complete, left(&cluster, "kept:*")), (100, false, 200));
}

#[tokio::test]
async fn slots_that_moved_are_walked_where_they_are_now() {
    let cluster = RedisCluster::start();
    let cache = patient(&cluster, "moved");
    let slot = cluster.slot(&text("moved", 1));
    plant(&cluster, "legacy:", 300);
    let mut once = false;
    let report = cache
        .invalidate_pattern("legacy:*")
        .on_progress(|_| {
            if !std::mem::replace(&mut once, true) {
                let owner = cluster.owner(&text("moved", 1));
                cluster.move_slot(slot, (owner + 1) % 3);
            }
        })
        .await
        .expect("removed");
    assert_eq!((report.removed, report.complete), (300, true));
    assert_eq!(left(&cluster, "legacy:*"), 0);
}

#[tokio::test]
async fn a_master_that_is_away_is_an_error() {
    let cluster = RedisCluster::start();
    let cache = super::builder(&cluster, "gone")
        .operation_timeout(std::time::Duration::from_secs(1))
        .build()
        .expect("good settings");
    cluster.masters()[2].pause();
    let error = cache.invalidate_pattern("legacy:*").await.expect_err("keys would stay");
    assert!([ErrorKind::Unavailable, ErrorKind::Timeout].contains(&error.kind()), "{error}");
    cluster.masters()[2].resume();
}
