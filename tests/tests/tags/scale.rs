//! Many entries, many tags.

use std::time::Instant;

use cache_runtime::{Cache, CacheKey};
use cache_tests::{RedisServer, redis_cli};

use super::{Item, ItemKey, patient};

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "plain", value = Item, ttl = "10m")]
struct PlainKey {
    id: u64,
}

const MANY: u64 = 100_000;

fn commands(server: &RedisServer) -> u64 {
    let info = redis_cli(server, ["INFO", "stats"]);
    let line = info.text().lines().find_map(|line| line.strip_prefix("total_commands_processed:")).expect("a count");
    line.trim().parse().expect("a number")
}

fn named(name: &str) -> Item {
    Item { id: 7, team: name.into() }
}

#[tokio::test]
async fn scenario_36_a_hundred_thousand_entries_under_one_tag_are_invalidated_in_one_round_trip() {
    let server = RedisServer::start();
    let cache = patient(Cache::builder().redis(server.url()));
    for first in (0..MANY).step_by(2_000) {
        let entries: Vec<_> =
            (first..first + 2_000).map(|id| (ItemKey { shelf: 1, id }, Item { id, team: "red".into() })).collect();
        cache.put_many(&entries).await.expect("stored");
    }
    assert!(redis_cli(&server, ["DBSIZE"]).int() >= i64::try_from(MANY).expect("fits"));
    // The script is known, so that what follows is the usual case.
    cache.invalidate_tag("unused").await.expect("invalidated");
    let before = commands(&server);
    let started = Instant::now();
    cache.invalidate_tag("shelf:1").await.expect("invalidated");
    let took = started.elapsed();
    // The script, and what it calls inside the server (time, score, three writes, a count); and the two `INFO`.
    let sent = commands(&server) - before;
    assert!(sent <= 10, "{sent} commands");
    println!("{MANY} entries under one tag: {took:?}");
    for id in (0..MANY).step_by(9_973) {
        assert_eq!(cache.get(&ItemKey { shelf: 1, id }).await.expect("asked"), None);
    }
}

#[tokio::test]
async fn what_a_tag_costs_in_memory() {
    let server = RedisServer::start();
    let cache = patient(Cache::builder().redis(server.url()));
    cache.put(&PlainKey { id: 7 }, &named("red")).await.expect("stored");
    cache.put(&ItemKey { shelf: 1, id: 7 }, &named("red")).await.expect("stored");
    let usage = |key: &str| redis_cli(&server, ["MEMORY", "USAGE", key]).int();
    let length = |key: &str| redis_cli(&server, ["STRLEN", key]).int();
    let plain = cache.key_for(&PlainKey { id: 7 }).expect("no tenant needed");
    let tagged = cache.key_for(&ItemKey { shelf: 1, id: 7 }).expect("no tenant needed");
    let names = r#""tags":["items","shelf:1","team:red"],"#;
    println!("plain: {} bytes, tagged: {} bytes", usage(&plain), usage(&tagged));
    assert_eq!(length(&tagged) - length(&plain), i64::try_from(names.len()).expect("short"), "the names alone");
    let stamps = redis_cli(&server, ["ZCARD", "cache:stamps"]).int();
    assert_eq!(stamps, 2, "the clock and its birth: no set grows with the entries");
}

#[tokio::test]
async fn stamps_are_bounded_and_what_was_loaded_before_a_dropped_one_is_not_served() {
    let server = RedisServer::start();
    let cache = patient(Cache::builder().redis(server.url()));
    let key = ItemKey { shelf: 1, id: 7 };
    cache.put(&key, &named("red")).await.expect("stored");
    for n in 0..10_500 {
        cache.invalidate_tag(&format!("n:{n}")).await.expect("invalidated");
    }
    let stamps = redis_cli(&server, ["ZCARD", "cache:stamps"]).int();
    assert!((5_000..=10_000).contains(&stamps), "{stamps}");
    assert_eq!(cache.get(&key).await.expect("asked"), None, "its tags may have been among those dropped");
    cache.put(&key, &named("red")).await.expect("stored");
    assert_eq!(cache.get(&key).await.expect("asked"), Some(named("red")));
    cache.invalidate_tag("n:10499").await.expect("invalidated");
    assert_eq!(cache.get(&key).await.expect("asked"), Some(named("red")));
}
