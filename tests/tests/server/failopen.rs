//! Contract 1: whatever the store does, an annotated function returns what its body returns, soon.

use std::time::Instant;

use cache_runtime::{BreakerState, ErrorKind};
use cache_tests::redis::ReadyWhen;
use cache_tests::{Metrics, Patient as _, RedisServer, redis_cli};

use super::{Cache, CacheBuilder, Duration, Source, UserKey, builder, kind, patient, read, rename, touch};

/// A breaker that never opens: for tests of single calls.
fn unbroken(builder: CacheBuilder) -> Cache {
    builder.breaker_min_calls(u32::MAX).build().expect("good settings")
}

/// Every call runs its body, returns its value and hides this failure; writes succeed too.
async fn serves(cache: &Cache, expected: &[&str]) {
    let source = Source::default();
    cache
        .scope(async {
            for nth in 1..=3 {
                let (user, outcome) = read(&source, nth).await;
                assert_eq!(user.name, format!("read {nth}"));
                assert!(expected.contains(&kind(outcome)), "{outcome}, expected one of {expected:?}");
            }
            touch(1).await.expect("the body succeeded");
            assert_eq!(rename(1, "new").await.expect("the body succeeded").name, "new");
        })
        .await;
    assert_eq!(source.reads(), 3);
}

#[tokio::test]
async fn scenario_20_nobody_listens() {
    let server = RedisServer::start();
    server.kill();
    serves(&unbroken(builder(&server)), &["unavailable"]).await;
}

#[tokio::test]
async fn scenario_20_killed_in_use() {
    let server = RedisServer::start();
    let cache = unbroken(builder(&server));
    let source = Source::default();
    cache.scope(read(&source, 99)).await;
    server.kill();
    serves(&cache, &["unavailable", "timeout"]).await;
}

#[tokio::test]
async fn scenario_20_frozen() {
    let server = RedisServer::start();
    let cache = unbroken(builder(&server));
    let source = Source::default();
    cache.scope(read(&source, 99)).await;
    server.pause();
    serves(&cache, &["timeout", "unavailable"]).await;
}

#[tokio::test]
async fn scenario_20_full() {
    let server = RedisServer::start();
    let cache = patient(&server);
    redis_cli(&server, ["CONFIG", "SET", "maxmemory", "1"]);
    let source = Source::default();
    cache
        .scope(async {
            let (user, outcome) = read(&source, 1).await;
            assert_eq!((user.name.as_str(), kind(outcome), outcome.stored), ("read 1", "out_of_memory", false));
            rename(1, "new").await.expect("the body succeeded");
        })
        .await;
    assert_eq!(cache.health().breaker, BreakerState::Closed, "a full server still serves hits");
}

#[tokio::test]
async fn scenario_20_read_only_replica() {
    let primary = RedisServer::start();
    redis_cli(&primary, ["SET", "cache:tenant-global:user:5:v2", "{\"id\":5,\"name\":\"from the primary\"}"]);
    let replica = RedisServer::builder().replica_of(&primary).start();
    let (cache, source) = (patient(&replica), Source::default());
    cache
        .scope(async {
            let (user, outcome) = read(&source, 5).await;
            assert_eq!((user.name.as_str(), outcome.is_hit()), ("from the primary", true));
            let (user, outcome) = read(&source, 1).await;
            assert_eq!((user.name.as_str(), kind(outcome)), ("read 1", "read_only"));
            touch(1).await.expect("the body succeeded");
        })
        .await;
}

#[tokio::test]
async fn scenario_20_loading() {
    let server = RedisServer::builder()
        .config("key-load-delay", "10000")
        .config("rdbcompression", "no")
        .config("loading-process-events-interval-bytes", "1024")
        .ready_when(ReadyWhen::Answering)
        .start();
    redis_cli(&server, ["EVAL", "for i = 1, 500 do redis.call('SET', 'k' .. i, string.rep('v', 1500)) end", "0"]);
    redis_cli(&server, ["SAVE"]);
    server.restart();
    serves(&unbroken(builder(&server)), &["loading", "timeout", "unavailable"]).await;
}

#[tokio::test]
async fn scenario_20_wants_a_password() {
    let server = RedisServer::builder().requirepass("secret").start();
    let cache = unbroken(Cache::builder().redis(format!("redis://127.0.0.1:{}", server.port())));
    serves(&cache, &["denied", "timeout"]).await;
    let cache = unbroken(Cache::builder().redis(format!("redis://:wrong@127.0.0.1:{}", server.port())));
    serves(&cache, &["denied", "timeout", "unavailable"]).await;
}

#[tokio::test]
async fn scenario_20_refused_by_acl() {
    let server = RedisServer::builder().acl_user("app", "on >secret ~other:* +@all").start();
    let cache = unbroken(Cache::builder().redis(server.url_as("app", "secret")).patient());
    serves(&cache, &["denied"]).await;
}

#[tokio::test]
async fn scenario_21_the_store_fails_between_load_and_fill() {
    let server = RedisServer::start();
    let cache = patient(&server);
    let load = || async {
        server.kill();
        Ok::<_, std::io::Error>(super::User { id: 1, name: "loaded".into() })
    };
    let user = cache.get_or_load(&UserKey { id: 1 }, load).await.expect("the caller gets the value");
    assert_eq!(user.name, "loaded");
}

/// The store operations of one call share one budget: a call on a frozen server waits for one operation and begins no other.
/// What is counted is operations, not how long a busy machine took for them.
#[tokio::test]
async fn scenario_22_a_frozen_server_costs_one_timeout_a_call() {
    let server = RedisServer::start();
    let metrics = Metrics::local();
    let cache = unbroken(builder(&server));
    let source = Source::default();
    while !cache.scope(read(&source, 99)).await.1.is_hit() {}
    server.pause();
    for id in 1..=5 {
        let operations = || metrics.samples("cache_operation_duration_seconds", &[]);
        let before = operations().len();
        let (_, outcome) = cache.scope(read(&source, id)).await;
        assert_eq!(operations().len(), before + 1, "one operation, {outcome}");
        assert!(["timeout", "unavailable"].contains(&kind(outcome)), "{outcome}");
    }
    let timeouts = metrics.counter("cache_errors_total", &[("operation", "get"), ("kind", "timeout")]);
    assert!(timeouts >= 1, "at least the first one waited for its budget");
}

#[tokio::test]
async fn scenario_23_the_breaker_opens_skips_the_store_probes_and_closes() {
    let server = RedisServer::start();
    let metrics = Metrics::local();
    let cache = builder(&server)
        .breaker_min_calls(3)
        .breaker_probes(1)
        .breaker_open_for(Duration::from_millis(200))
        .build()
        .expect("good settings");
    let source = Source::default();
    cache.scope(read(&source, 99)).await;
    server.pause();
    let mut id = 0;
    while cache.health().breaker == BreakerState::Closed {
        id += 1;
        cache.scope(read(&source, id)).await;
        assert!(id <= 10, "opens within a few calls");
    }
    let asked = metrics.samples("cache_operation_duration_seconds", &[]).len();
    let (_, outcome) = cache.scope(read(&source, 50)).await;
    assert_eq!(kind(outcome), "breaker_open");
    assert_eq!(metrics.samples("cache_operation_duration_seconds", &[]).len(), asked, "the store was not asked");
    assert_eq!(metrics.gauge("cache_breaker_open", &[]), Some(1.0));
    server.resume();
    let deadline = Instant::now() + Duration::from_secs(60);
    while cache.health().breaker != BreakerState::Closed {
        cache.scope(read(&source, 51)).await;
        assert!(Instant::now() < deadline, "closes when the store answers");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(metrics.gauge("cache_breaker_open", &[]), Some(0.0));
    assert_eq!(metrics.counter("cache_breaker_transitions_total", &[("to", "closed")]), 1);
}

#[tokio::test]
async fn scenario_25_down_at_start_used_when_it_comes() {
    let server = RedisServer::start();
    server.kill();
    let cache = builder(&server)
        .breaker_min_calls(u32::MAX)
        .operation_timeout(Duration::from_secs(5))
        .build()
        .expect("an unreachable server is no error");
    let source = Source::default();
    let (_, outcome) = cache.scope(read(&source, 1)).await;
    assert_eq!(kind(outcome), "unavailable");
    server.restart();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !cache.scope(read(&source, 1)).await.1.is_hit() {
        assert!(Instant::now() < deadline, "the server is used when it comes");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn scenario_26_connections_dropped_under_load_surface_nothing() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            for round in 0..50 {
                if round % 5 == 0 {
                    redis_cli(&server, ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
                }
                let (user, _) = read(&source, round % 3).await;
                assert_eq!(user.id, round % 3);
                touch(round % 3).await.expect("the body succeeded");
                let reads = source.reads();
                let (user, outcome) = read(&source, round % 3).await;
                assert_eq!(
                    (source.reads(), user.name),
                    (reads + 1, format!("read {}", reads + 1)),
                    "not stale: {outcome}"
                );
            }
        })
        .await;
}

#[tokio::test]
async fn direct_calls_tell_what_went_wrong() {
    let server = RedisServer::start();
    let cache = unbroken(builder(&server));
    server.kill();
    let key = UserKey { id: 1 };
    let user = super::User { id: 1, name: "x".into() };
    assert_eq!(cache.get(&key).await.expect_err("down").kind(), ErrorKind::Unavailable);
    assert_eq!(cache.put(&key, &user).await.expect_err("down").kind(), ErrorKind::Unavailable);
    assert_eq!(cache.invalidate(&key).await.expect_err("down").kind(), ErrorKind::Unavailable);
    assert_eq!(cache.ping().await.expect_err("down").kind(), ErrorKind::Unavailable);
    assert_eq!(cache.clear().await.expect_err("down").kind(), ErrorKind::Unavailable);
}
