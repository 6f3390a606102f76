//! A master that a sentinel watches.

use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheBuilder, Level, Policy};
use cache_tests::redis::MASTER;
use cache_tests::{Patient as _, RedisServer, Sentinels, redis_cli};

use super::{DEADLINE, Source, User, UserKey, read, text, touch, until_cached};

/// The first sentinel named is not there.
fn builder(all: &Sentinels, master: &str) -> CacheBuilder {
    Cache::builder().sentinel(["redis://127.0.0.1:1".to_owned(), all.url()], master)
}

fn patient(all: &Sentinels, master: &str) -> Cache {
    let builder = builder(all, master).patient();
    builder.connect_timeout(Duration::from_secs(20)).build().expect("good settings")
}

fn quick(all: &Sentinels) -> Cache {
    builder(all, MASTER).patient().operation_timeout(Duration::from_millis(500)).build().expect("good settings")
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
            // The hit may have come from the old master, which is a replica now and takes no writes: then the removal waits.
            while !keys(next).is_empty() {
                assert!(Instant::now() < deadline, "the removal is lost");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
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

async fn until_held(cache: &Cache, source: &Source) -> String {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let (user, how) = cache.scope(read(source, 7)).await;
        if how.level == Level::Local {
            return user.name;
        }
        assert!(Instant::now() < deadline, "not held: {how}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// No call that begins later than the bound after `since` may be given the old value.
async fn until_seen(cache: &Cache, source: &Source, old: &str, since: Instant) {
    loop {
        let began = Instant::now();
        let (user, how) = cache.scope(read(source, 7)).await;
        if user.name != old {
            return;
        }
        assert!(began <= since + Duration::from_secs(1), "stale after {:?}: {how}", began - since);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn what_is_held_in_a_process_is_told_of_by_the_master_of_the_day() {
    let all = Sentinels::start();
    let builder = builder(&all, MASTER).policy(Policy::new().local(DEADLINE * 10));
    let cache = builder.patient().operation_timeout(Duration::from_millis(500)).build().expect("good settings");
    let (source, key) = (Source::default(), text("cache", 7));
    let old = until_held(&cache, &source).await;
    redis_cli(&all.servers()[0], ["DEL", &key]);
    until_seen(&cache, &source, &old, Instant::now()).await;
    let old = until_held(&cache, &source).await;
    all.fail_over();
    all.wait_for_failover();
    // Until the sentinel tells it, the old master takes itself for one, and so do its clients.
    let deadline = Instant::now() + DEADLINE;
    while all.servers()[0].info("replication")["role"] != "slave" {
        assert!(Instant::now() < deadline, "the old master is not told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    redis_cli(&all.servers()[1], ["DEL", &key]);
    until_seen(&cache, &source, &old, Instant::now()).await;
    assert_ne!(until_held(&cache, &source).await, old);
}

/// It hears of nothing, and answers.
#[tokio::test]
async fn what_was_read_from_a_master_that_became_a_replica_is_not_served() {
    let all = Sentinels::start();
    let builder = builder(&all, MASTER).policy(Policy::new().local(DEADLINE * 10));
    let cache = builder.patient().operation_timeout(Duration::from_millis(500)).build().expect("good settings");
    let (source, [old, _]) = (Source::default(), all.servers());
    until_held(&cache, &source).await;
    all.sentinel().pause();
    redis_cli(old, ["REPLICAOF", "127.0.0.1", "1"]);
    let since = Instant::now();
    loop {
        let began = Instant::now();
        if cache.scope(read(&source, 7)).await.1.level != Level::Local {
            break;
        }
        assert!(began <= since + Duration::from_secs(1), "served {:?} later", began - since);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    all.sentinel().resume();
}
