//! Whoever else changes a key.

use std::time::{Duration, Instant};

use cache_runtime::Level;
use cache_tests::{RedisServer, redis_cli};

use super::{Cache, SEVEN, Source, read, tier, until_held, until_seen};

fn written(name: &str) -> String {
    format!(r#"{{"$cache":1,"value":{{"id":7,"name":"{name}"}}}}"#)
}

#[tokio::test]
async fn scenario_28_a_foreign_change_is_seen_within_the_bound() {
    let server = RedisServer::start();
    let (cache, source) = (tier(&server), Source::default());
    let new = written("foreign");
    let commands: [&[&str]; 6] = [
        &["DEL", SEVEN],
        &["UNLINK", SEVEN],
        &["PEXPIRE", SEVEN, "1"],
        &["FLUSHALL"],
        &["FLUSHDB"],
        &["SET", SEVEN, &new],
    ];
    for command in commands {
        let old = until_held(&cache, &source, 7).await;
        redis_cli(&server, command);
        let seen = until_seen(&cache, &source, 7, &old, Instant::now()).await;
        assert_eq!(seen == "foreign", command[0] == "SET", "{command:?}: {seen}");
    }
}

#[tokio::test]
async fn an_evicted_key_is_forgotten() {
    let server = RedisServer::builder().config("maxmemory-policy", "allkeys-random").start();
    let (cache, source) = (tier(&server), Source::default());
    let old = until_held(&cache, &source, 7).await;
    redis_cli(&server, ["CONFIG", "SET", "maxmemory", "1"]);
    let since = Instant::now();
    // Any command that wants memory makes room.
    redis_cli(&server, ["SET", "other", "1"]);
    until_seen(&cache, &source, 7, &old, since).await;
}

/// Removes all by hand; whatever is held then is told of.
async fn nothing_outlives_its_removal(server: &RedisServer, cache: &Cache, source: &Source, ids: u64) {
    let mut held = Vec::new();
    for id in 0..ids {
        held.push(read(cache, source, id).await.0.name);
    }
    redis_cli(server, ["FLUSHALL"]);
    let since = Instant::now();
    for (id, old) in (0..ids).zip(held) {
        until_seen(cache, source, id, &old, since).await;
    }
}

/// A server that gives up what it remembers of a key says so, also while it runs a command of this process.
#[tokio::test]
async fn what_the_server_cannot_remember_is_forgotten() {
    let server = RedisServer::builder().config("tracking-table-max-keys", "10").start();
    let (cache, source) = (tier(&server), Source::default());
    for id in 0..100 {
        read(&cache, &source, id).await;
    }
    let deadline = Instant::now() + super::DEADLINE;
    // A little with each command.
    while cache.stats().local_entries > 11 {
        assert!(Instant::now() < deadline, "{} entries", cache.stats().local_entries);
        cache.ping().await.expect("the server answers");
    }
    nothing_outlives_its_removal(&server, &cache, &source, 20).await;
}

/// So does one that makes room.
#[tokio::test]
async fn what_this_process_drives_out_is_forgotten() {
    let server = RedisServer::builder().config("maxmemory-policy", "allkeys-random").start();
    let (cache, source) = (tier(&server), Source::default());
    for id in 0..2_000 {
        if id == 1_000 {
            // From now on each entry takes the place of another one.
            let used: u64 = server.info("memory")["used_memory"].parse().expect("a number");
            redis_cli(&server, ["CONFIG", "SET", "maxmemory", &(used + 50_000).to_string()]);
        }
        read(&cache, &source, id).await;
    }
    let there = u64::try_from(redis_cli(&server, ["DBSIZE"]).int()).expect("a number");
    assert!(there < 1_900, "some are gone: {there}");
    // An answer comes after what is told before it.
    cache.ping().await.expect("the server answers");
    let held = cache.stats().local_entries;
    assert!((1..=there).contains(&held), "{held} are held, {there} are there");
}

#[tokio::test]
async fn scenario_31_an_entry_does_not_outlive_the_store_s() {
    let server = RedisServer::start();
    let (a, b, source) = (tier(&server), tier(&server), Source::default());
    read(&a, &source, 7).await;
    let since = Instant::now();
    redis_cli(&server, ["PEXPIRE", SEVEN, "400"]);
    let ends = Duration::from_millis(400);
    // Another one takes over what is left, for as long as that is.
    loop {
        let began = Instant::now();
        let (user, how) = read(&b, &source, 7).await;
        if user.name != "read 1" {
            break;
        }
        assert!(began <= since + ends + Duration::from_millis(50), "{how} after {:?}", since.elapsed());
    }
    assert_eq!(read(&a, &source, 7).await.0.name, "read 2");
}

#[tokio::test]
async fn what_is_left_is_taken_over_without_a_message_too() {
    let server = RedisServer::start();
    let (cache, source) = (tier(&server), Source::default());
    redis_cli(&server, ["SET", SEVEN, &written("short"), "PX", "300"]);
    let since = Instant::now();
    assert_eq!(read(&cache, &source, 7).await.0.name, "short");
    // Nothing is heard from now on.
    server.pause();
    while since.elapsed() < Duration::from_millis(300) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let asks = read(&cache, &source, 7);
    let asked = tokio::time::timeout(Duration::from_millis(50), asks).await;
    assert!(asked.is_err(), "the server is asked: {asked:?}");
    server.resume();
}

#[tokio::test]
async fn scenario_32_an_older_message_does_not_undo_a_newer_write() {
    let server = RedisServer::start();
    let (cache, source) = (tier(&server), Source::default());
    for nth in 0..50 {
        until_held(&cache, &source, 7).await;
        redis_cli(&server, ["DEL", SEVEN]);
        let name = format!("newer {nth}");
        cache.scope(super::rename(7, &name)).await.expect("the body succeeded");
        for _ in 0..3 {
            assert_eq!(read(&cache, &source, 7).await.0.name, name);
        }
        assert_eq!(read(&cache, &source, 7).await.1.level, Level::Local);
    }
}
