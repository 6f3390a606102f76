//! Scenario 45: hits, misses, bypasses and errors are told apart, and nothing secret is told.

use cache_runtime::{bypass, cached, outcome, refresh};
use cache_tests::{Logs, Metrics, RedisServer, redis_cli};

use super::{Cache, CacheKey, Source, User, builder, get_user, patient, read, touch};

#[tokio::test]
async fn scenario_45_every_result_has_its_own_series() {
    let server = RedisServer::start();
    let (metrics, cache, source) = (Metrics::local(), patient(&server), Source::default());
    cache
        .scope(async {
            read(&source, 1).await;
            read(&source, 1).await;
            bypass(get_user(&source, 1)).await.expect("loads");
            refresh(get_user(&source, 1)).await.expect("loads");
            touch(1).await.expect("the body succeeded");
            redis_cli(&server, ["SET", "cache:tenant-global:user:2:v2", "garbage"]);
            read(&source, 2).await;
        })
        .await;
    let requests = |level, result| {
        metrics.counter(
            "cache_requests_total",
            &[("cache", "default"), ("resource", "user"), ("level", level), ("result", result)],
        )
    };
    assert_eq!(requests("body", "miss"), 1);
    assert_eq!(requests("redis", "hit"), 1);
    assert_eq!(requests("body", "bypass"), 1);
    assert_eq!(requests("body", "refresh"), 1);
    assert_eq!(requests("body", "error"), 1);
    assert_eq!(metrics.counter("cache_requests_total", &[]), 5);
    assert_eq!(metrics.samples("cache_load_duration_seconds", &[("result", "value")]).len(), 4);
    assert_eq!(metrics.counter("cache_fills_total", &[("result", "stored")]), 3);
    assert_eq!(metrics.counter("cache_invalidations_total", &[("resource", "user"), ("result", "done")]), 1);
    assert_eq!(metrics.counter("cache_decode_failures_total", &[("reason", "malformed")]), 1);
    assert!(!metrics.samples("cache_operation_duration_seconds", &[("operation", "get")]).is_empty());
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.bypasses, stats.refreshes, stats.failures), (1, 1, 1, 1, 1));
    assert_eq!((stats.loads, stats.fills, stats.invalidations, stats.decode_failures), (4, 3, 1, 1));
}

#[tokio::test]
async fn errors_are_counted_by_operation_and_kind() {
    let server = RedisServer::start();
    let metrics = Metrics::local();
    let cache = builder(&server).name("sessions").build().expect("good settings");
    server.kill();
    let source = Source::default();
    cache.scope(read(&source, 1)).await;
    let errors = |operation, kind| {
        metrics.counter("cache_errors_total", &[("cache", "sessions"), ("operation", operation), ("kind", kind)])
    };
    assert_eq!(errors("get", "unavailable"), 1);
    assert_eq!(metrics.counter("cache_fills_total", &[("result", "failed")]), 1);
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "secret", value = User, ttl = "1m")]
struct SecretKey {
    #[cache(tenant)]
    org: String,
    email: String,
}

#[cached(SecretKey { org, email })]
async fn secret(source: &Source, org: &str, email: &str) -> User {
    User { name: "value-hunter2".into(), ..source.read(1) }
}

/// Contract 8. Everything that is emitted, at the finest level, for a call of each kind.
#[tokio::test]
async fn nothing_secret_is_told() {
    let server = RedisServer::builder().requirepass("pass-hunter2").start();
    let (metrics, logs) = (Metrics::local(), Logs::local());
    let (cache, source) = (patient(&server), Source::default());
    let key = SecretKey { org: "tenant-hunter2".into(), email: "mail-hunter2".into() };
    cache
        .scope(async {
            for _ in 0..2 {
                secret(&source, "tenant-hunter2", "mail-hunter2").await;
            }
            let text = cache.key_for(&key).expect("a key");
            redis_cli(&server, ["SET", text.as_str(), "bytes-hunter2"]);
            let (_, outcome) = outcome(secret(&source, "tenant-hunter2", "mail-hunter2")).await;
            assert!(outcome.is_error());
            cache.invalidate(&key).await.expect("removed");
        })
        .await;
    redis_cli(&server, ["SET", cache.key_for(&key).expect("a key").as_str(), "bytes-hunter2"]);
    let error = cache.get(&key).await.expect_err("does not decode");
    let wrong =
        Cache::builder().redis(server.url().replace("pass-hunter2", "other-hunter2")).build().expect("good settings");
    let denied = wrong.ping().await.expect_err("wrong password");
    let told = format!(
        "{:?} {:?} {cache:?} {wrong:?} {error} {error:?} {denied} {denied:?} {:?} {:?}",
        logs.lines(),
        metrics.series(),
        cache.stats(),
        cache.health(),
    );
    assert!(logs.contains("cache request") && logs.contains("span cache_load"), "there is something to look at");
    assert!(!told.contains("hunter2"), "{told}");
}
