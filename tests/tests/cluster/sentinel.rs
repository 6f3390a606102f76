//! A master that a sentinel watches.

use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheBuilder};
use cache_tests::redis::MASTER;
use cache_tests::{RedisServer, Sentinels, redis_cli};

use super::{DEADLINE, Source, User, UserKey, read, text, touch, until_cached};

/// The first sentinel named is not there.
fn builder(all: &Sentinels, master: &str) -> CacheBuilder {
    Cache::builder().sentinel(["redis://127.0.0.1:1".to_owned(), all.url()], master)
}

fn patient(all: &Sentinels, master: &str) -> Cache {
    let builder = builder(all, master).operation_timeout(Duration::from_secs(20));
    builder.connect_timeout(Duration::from_secs(20)).build().expect("good settings")
}

fn quick(all: &Sentinels) -> Cache {
    builder(all, MASTER).operation_timeout(Duration::from_millis(500)).build().expect("good settings")
}

fn keys(server: &RedisServer) -> Vec<String> {
    let mut keys = redis_cli(server, ["KEYS", "cache:tenant-*"]).texts();
    keys.sort();
    keys
}

#[tokio::test]
async fn the_master_is_found_and_used() {
    let all = Sentinels::start();
    let (cache, source) = (patient(&all, MASTER), Source::default());
    cache
        .scope(async {
            assert!(read(&source, 7).await.1.stored);
            assert!(read(&source, 7).await.1.is_hit());
            assert_eq!(keys(&all.servers()[0]), [text("cache", 7)]);
            touch(7).await.expect("the body succeeded");
            assert!(keys(&all.servers()[0]).is_empty());
        })
        .await;
    let users: Vec<(UserKey, User)> = (0..50).map(|id| (UserKey { id }, User { id, name: "x".into() })).collect();
    cache.put_many(&users).await.expect("stored");
    cache.clear().await.expect("invalidated");
    cache.ping().await.expect("the master answers");
}

#[tokio::test]
async fn the_master_may_ask_for_a_password_and_have_databases() {
    let all = Sentinels::start_with("p@ss");
    let cache = patient(&all, &format!("redis://:p%40ss@{MASTER}/3"));
    assert!(cache.scope(read(&Source::default(), 7)).await.1.stored);
    let keyspace = all.servers()[0].info("keyspace");
    assert!(keyspace.contains_key("db3"), "{keyspace:?}");
    let without = builder(&all, MASTER).build().expect("good settings");
    assert!(without.scope(read(&Source::default(), 8)).await.1.ran_body());
}

#[tokio::test]
async fn sentinels_that_cannot_be_reached_are_not_an_error() {
    let cache = Cache::builder().sentinel(["redis://127.0.0.1:1"], MASTER).build().expect("good settings");
    let source = Source::default();
    assert!(cache.scope(read(&source, 7)).await.1.ran_body());
    cache.scope(touch(7)).await.expect("the body succeeded");
    cache.ping().await.expect_err("nobody there");
}

#[tokio::test]
async fn a_name_that_the_sentinels_do_not_know_is_no_server() {
    let all = Sentinels::start();
    let cache = patient(&all, "another");
    assert!(cache.scope(read(&Source::default(), 7)).await.1.ran_body());
    cache.ping().await.expect_err("no such master");
}

/// Calls meanwhile return what their bodies return; afterwards the new master has the entries.
async fn calls_survive(change: impl FnOnce(&Sentinels)) {
    let all = Sentinels::start();
    let (cache, source) = (quick(&all), Source::default());
    cache
        .scope(async {
            until_cached(&source, 7).await;
            change(&all);
            for _ in 0..20 {
                read(&source, 7).await;
                touch(7).await.expect("the body succeeded");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            all.wait_for_failover();
            let next = &all.servers()[1];
            let deadline = Instant::now() + DEADLINE;
            while cache.stats().pending_invalidations > 0 || keys(next).is_empty() || !read(&source, 7).await.1.is_hit()
            {
                read(&source, 7).await;
                assert!(Instant::now() < deadline, "the new master is not used");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            touch(7).await.expect("the body succeeded");
            assert!(keys(next).is_empty());
        })
        .await;
}

#[tokio::test]
async fn scenario_26_a_failover_after_a_crash_shows_in_no_call() {
    calls_survive(|all| all.servers()[0].kill()).await;
}

#[tokio::test]
async fn scenario_26_a_failover_on_demand_shows_in_no_call() {
    calls_survive(Sentinels::fail_over).await;
}

/// The old master keeps its connections, and says that it takes no writes.
#[tokio::test]
async fn a_master_that_became_a_replica_is_left() {
    let all = Sentinels::start();
    let (cache, source) = (quick(&all), Source::default());
    let [old, new] = all.servers();
    cache
        .scope(async {
            until_cached(&source, 7).await;
            // What the sentinel does, without its closing of connections; it does not see it yet.
            all.sentinel().pause();
            redis_cli(new, ["REPLICAOF", "NO", "ONE"]);
            redis_cli(old, ["REPLICAOF", "127.0.0.1", &new.port().to_string()]);
            touch(7).await.expect("the body succeeded");
            let deadline = Instant::now() + DEADLINE;
            while cache.health().connected {
                touch(7).await.expect("the body succeeded");
                assert!(Instant::now() < deadline, "the replica is still used");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            all.sentinel().resume();
        })
        .await;
}
