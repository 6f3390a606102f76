//! Servers that do not tell of changes.

use cache_runtime::{Level, Outcome};
use cache_tests::{Logs, Metrics, RedisServer};

use super::{Cache, Source, at, read, touch};

async fn twice(cache: &Cache, source: &Source) -> [Outcome; 3] {
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        outcomes.push(read(cache, source, 7).await.1);
    }
    outcomes.try_into().expect("three")
}

/// Whatever the user may not do, the cache works as it does without a tier, and says so once.
async fn works_without_a_tier(rules: &str) {
    let server = RedisServer::builder().acl_user("app", &format!("on >secret ~* &* +@all {rules}")).start();
    on_this_server(&server, rules).await;
}

async fn on_this_server(server: &RedisServer, rules: &str) {
    let (metrics, logs) = (Metrics::local(), Logs::local());
    let cache = at(server.url_as("app", "secret")).build().expect("good settings");
    let source = Source::default();
    for _ in 0..2 {
        let [first, second, third] = twice(&cache, &source).await;
        assert!(first.stored, "{rules}: {first}");
        assert_eq!((second.level, third.level), (Level::Redis, Level::Redis), "{rules}");
        cache.scope(touch(7)).await.expect("the body succeeded");
    }
    assert!(cache.health().connected && !cache.health().tracking);
    assert_eq!((cache.stats().local_entries, source.reads()), (0, 2));
    assert_eq!(metrics.counter("cache_local_refused_total", &[]), 1, "{rules}");
    let said = logs.matching("CLIENT TRACKING").len();
    assert_eq!(said, 1, "{rules}");
}

#[tokio::test]
async fn without_resp3() {
    let server = RedisServer::builder();
    let server = server.acl_user("app", "on >secret ~* &* +@all").config("rename-command", "HELLO \"\"").start();
    on_this_server(&server, "no HELLO").await;
}

#[tokio::test]
async fn without_the_client_command() {
    works_without_a_tier("-client").await;
}

#[tokio::test]
async fn without_tracking() {
    works_without_a_tier("-client|tracking").await;
}

#[tokio::test]
async fn without_marks() {
    works_without_a_tier("-client|caching").await;
}

#[tokio::test]
async fn with_them_it_is_told() {
    let server = RedisServer::start();
    let cache = at(server.url()).build().expect("good settings");
    assert!(!cache.health().tracking, "not connected yet");
    cache.ping().await.expect("the server answers");
    assert!(cache.health().tracking);
    assert!(Cache::builder().build().expect("good settings").health().tracking, "a process knows of its own writes");
}
