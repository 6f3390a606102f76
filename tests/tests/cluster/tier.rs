//! Values held in a process, in front of a Cluster: each master tells of its slots.

use std::time::{Duration, Instant};

use cache_runtime::{Cache, Level, Policy};
use cache_tests::{Patient as _, RedisCluster, redis_cli};

use super::{DEADLINE, Source, builder, read, rename, text, touch};

/// The default, for which a change may stay unseen.
const BOUND: Duration = Duration::from_secs(1);

fn tier(cluster: &RedisCluster, prefix: &str, operation_timeout: Duration) -> Cache {
    let builder = builder(cluster, prefix).policy(Policy::new().local(DEADLINE * 10));
    builder.patient().operation_timeout(operation_timeout).build().expect("good settings")
}

fn patient(cluster: &RedisCluster, prefix: &str) -> Cache {
    tier(cluster, prefix, Duration::from_secs(20))
}

/// With timeouts as in a service, but for the machine that the tests run on.
fn quick(cluster: &RedisCluster, prefix: &str) -> Cache {
    tier(cluster, prefix, Duration::from_millis(500))
}

async fn until_held(cache: &Cache, source: &Source, id: u64) -> String {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let (user, how) = cache.scope(read(source, id)).await;
        if how.level == Level::Local {
            return user.name;
        }
        assert!(Instant::now() < deadline, "user {id} is not held: {how}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// No call that begins later than the bound after `since` may be given the old value.
async fn until_seen(cache: &Cache, source: &Source, id: u64, old: &str, since: Instant) -> String {
    loop {
        let began = Instant::now();
        let (user, how) = cache.scope(read(source, id)).await;
        if user.name != old {
            return user.name;
        }
        assert!(began <= since + BOUND, "stale after {:?}: {how}", began - since);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// One id for each master.
fn one_on_each(cluster: &RedisCluster, prefix: &str) -> [u64; 3] {
    [0, 1, 2].map(|nth| (0..).find(|id| cluster.owner(&text(prefix, *id)) == nth).expect("a key of this node"))
}

#[tokio::test]
async fn scenario_27_a_write_elsewhere_is_seen_within_the_bound() {
    let (cluster, prefix) = (super::shared(), "tier27");
    let (a, b, source) = (patient(cluster, prefix), patient(cluster, prefix), Source::default());
    for id in one_on_each(cluster, prefix) {
        for _ in 0..5 {
            let old = until_held(&b, &source, id).await;
            a.scope(touch(id)).await.expect("the body succeeded");
            until_seen(&b, &source, id, &old, Instant::now()).await;
        }
        let old = until_held(&b, &source, id).await;
        a.scope(rename(id, "new")).await.expect("the body succeeded");
        assert_eq!(until_seen(&b, &source, id, &old, Instant::now()).await, "new");
        // One's own is seen at once.
        until_held(&a, &source, id).await;
        a.scope(rename(id, "newer")).await.expect("the body succeeded");
        assert_eq!(a.scope(read(&source, id)).await.0.name, "newer");
    }
    assert!(a.health().tracking && b.health().tracking);
}

#[tokio::test]
async fn scenario_28_a_foreign_change_is_seen_within_the_bound() {
    let cluster = RedisCluster::start();
    let prefix = "tier28";
    let (cache, source) = (patient(&cluster, prefix), Source::default());
    for id in one_on_each(&cluster, prefix) {
        let key = text(prefix, id);
        let new = format!(r#"{{"$cache":1,"value":{{"id":{id},"name":"foreign"}}}}"#);
        let commands: [&[&str]; 4] = [&["DEL", &key], &["PEXPIRE", &key, "1"], &["FLUSHALL"], &["SET", &key, &new]];
        for command in commands {
            let old = until_held(&cache, &source, id).await;
            cluster.cli(&key, command);
            let seen = until_seen(&cache, &source, id, &old, Instant::now()).await;
            assert_eq!(seen == "foreign", command[0] == "SET", "{command:?}: {seen}");
        }
    }
}

#[tokio::test]
async fn scenario_30_a_frozen_node_is_not_believed_for_longer_than_the_bound() {
    let (cluster, prefix) = (RedisCluster::start(), "tier30");
    let (cache, source) = (quick(&cluster, prefix), Source::default());
    let ids = one_on_each(&cluster, prefix);
    let mut olds = Vec::new();
    for id in ids {
        olds.push(until_held(&cache, &source, id).await);
    }
    cluster.nodes()[0].pause();
    let since = Instant::now();
    loop {
        let began = Instant::now();
        if cache.scope(read(&source, ids[0])).await.1.level != Level::Local {
            break;
        }
        assert!(began <= since + BOUND, "served {:?} after the last sign of life", began - since);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // The others' are.
    assert_eq!(until_held(&cache, &source, ids[1]).await, olds[1]);
    cluster.nodes()[0].resume();
    cluster.cli(&text(prefix, ids[0]), ["DEL", &text(prefix, ids[0])]);
    until_seen(&cache, &source, ids[0], &olds[0], Instant::now()).await;
    assert_ne!(until_held(&cache, &source, ids[0]).await, olds[0], "nothing stale comes back");
}

#[tokio::test]
async fn scenario_30_a_node_that_restarts_ends_what_was_read_from_it() {
    let (cluster, prefix) = (RedisCluster::start(), "tier30r");
    let (cache, source) = (quick(&cluster, prefix), Source::default());
    let id = one_on_each(&cluster, prefix)[1];
    let old = until_held(&cache, &source, id).await;
    cluster.nodes()[1].kill();
    let since = Instant::now();
    until_seen(&cache, &source, id, &old, since).await;
    cluster.nodes()[1].restart();
    assert_ne!(until_held(&cache, &source, id).await, old);
}

#[tokio::test]
async fn scenario_30_connections_that_are_cut_end_what_was_read_on_them() {
    let (cluster, prefix) = (RedisCluster::start(), "tier30c");
    let (cache, source) = (patient(&cluster, prefix), Source::default());
    let id = one_on_each(&cluster, prefix)[2];
    for _ in 0..3 {
        let old = until_held(&cache, &source, id).await;
        for node in cluster.nodes() {
            redis_cli(node, ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        }
        let key = text(prefix, id);
        cluster.cli(&key, ["DEL", &key]);
        until_seen(&cache, &source, id, &old, Instant::now()).await;
    }
}

/// The replica takes over while the old master stands still, and is told otherwise when it goes on.
#[tokio::test]
async fn what_was_read_before_a_failover_is_not_served_after_it() {
    let (cluster, prefix) = (RedisCluster::with_replica(), "tierf");
    let (cache, source) = (quick(&cluster, prefix), Source::default());
    let id = one_on_each(&cluster, prefix)[0];
    let old = until_held(&cache, &source, id).await;
    cluster.nodes()[0].pause();
    cluster.wait_for_failover();
    let key = text(prefix, id);
    redis_cli(&cluster.nodes()[3], ["DEL", &key]);
    let since = Instant::now();
    until_seen(&cache, &source, id, &old, since).await;
    let new = until_held(&cache, &source, id).await;
    assert_ne!(new, old);
    cluster.nodes()[0].resume();
    redis_cli(&cluster.nodes()[3], ["DEL", &key]);
    until_seen(&cache, &source, id, &new, Instant::now()).await;
    assert_ne!(until_held(&cache, &source, id).await, old);
}

/// A failover that all agree to: the old master lives on, as a replica, and its connections stay.
#[tokio::test]
async fn a_master_that_becomes_a_replica_is_not_listened_to() {
    let (cluster, prefix) = (RedisCluster::with_replica(), "tierm");
    let (cache, source) = (patient(&cluster, prefix), Source::default());
    let id = one_on_each(&cluster, prefix)[0];
    let key = text(prefix, id);
    let held = until_held(&cache, &source, id).await;
    redis_cli(&cluster.nodes()[3], ["CLUSTER", "FAILOVER"]);
    cluster.wait_for_failover();
    // It hears of nothing any more that the new one does.
    redis_cli(&cluster.nodes()[0], ["CONFIG", "SET", "masterauth", "wrong"]);
    redis_cli(&cluster.nodes()[3], ["CLIENT", "KILL", "TYPE", "replica"]);
    redis_cli(&cluster.nodes()[3], ["DEL", &key]);
    until_seen(&cache, &source, id, &held, Instant::now()).await;
    assert_ne!(until_held(&cache, &source, id).await, held);
}
