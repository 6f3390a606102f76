//! Calls that the breaker keeps from the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_runtime::test_util::{Faults, Which};
use cache_runtime::{BreakerState, Cache, ErrorKind, Level, Status, cached, outcome, transaction};
use cache_tests::Metrics;
use tokio::task::JoinSet;

use super::{Source, read, touch};

type Runs = Arc<AtomicUsize>;

/// Says which run it was, after a while. The first one of some fails.
#[cached(resource = "slow", key(id), ttl = "1m", cache_if = |run| *run != 3, cache_none = "1m")]
async fn slow(runs: Runs, id: u64) -> Result<Option<usize>, String> {
    let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
    tokio::time::sleep(Duration::from_millis(10)).await;
    match (id, run) {
        (1, 1) => Err("the first one".to_owned()),
        (2, _) => Ok(None),
        _ => Ok(Some(run)),
    }
}

async fn open() -> Cache {
    let faults = Faults::new();
    faults.fail(Which::All, ErrorKind::Unavailable);
    let builder = Cache::builder().faults(&faults).breaker_open_for(Duration::from_secs(3600));
    let cache = builder.build().expect("good settings");
    let source = Source::default();
    while cache.health().breaker != BreakerState::Open {
        cache.scope(read(&source, 0)).await;
    }
    cache
}

fn spawn(calls: &mut JoinSet<Result<Option<usize>, String>>, cache: &Cache, runs: &Runs, id: u64) {
    calls.spawn(cache.scope(slow(Arc::clone(runs), id)));
}

#[tokio::test(start_paused = true)]
async fn callers_at_the_same_time_share_a_load() {
    let (cache, runs, mut calls) = (open().await, Runs::default(), JoinSet::new());
    for _ in 0..8 {
        spawn(&mut calls, &cache, &runs, 9);
    }
    let given = calls.join_all().await;
    // The others came after the first load had begun: one of them loads for all.
    assert_eq!(given.iter().filter(|run| **run == Ok(Some(1))).count(), 1, "{given:?}");
    assert_eq!(given.iter().filter(|run| **run == Ok(Some(2))).count(), 7, "{given:?}");
    assert_eq!((runs.load(Ordering::SeqCst), cache.stats().in_flight), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_fails_or_is_dropped_hands_over() {
    let (cache, runs, mut calls) = (open().await, Runs::default(), JoinSet::new());
    for _ in 0..2 {
        spawn(&mut calls, &cache, &runs, 1);
    }
    let given = calls.join_all().await;
    assert!(given.contains(&Ok(Some(2))) && given.iter().any(Result::is_err), "{given:?}");

    let (runs, mut calls) = (Runs::default(), JoinSet::new());
    let first = tokio::spawn(cache.scope(slow(Arc::clone(&runs), 9)));
    tokio::time::sleep(Duration::from_millis(1)).await;
    spawn(&mut calls, &cache, &runs, 9);
    tokio::time::sleep(Duration::from_millis(1)).await;
    first.abort();
    assert_eq!(calls.join_all().await, [Ok(Some(2))]);
    assert_eq!(cache.stats().in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn such_calls_are_counted_as_others_are() {
    let metrics = Metrics::local();
    let cache = open().await;
    let (before, runs) = (cache.stats(), Runs::default());
    let refused = || metrics.counter("cache_errors_total", &[("operation", "get"), ("kind", "breaker_open")]);
    let before_refused = refused();
    for id in [2, 8, 9] {
        let (_, how) = cache.scope(outcome(slow(Arc::clone(&runs), id))).await;
        assert_eq!((how.status, how.level, how.stored), (Status::Error, Level::Body, false));
        assert_eq!(how.error, Some(ErrorKind::BreakerOpen));
    }
    assert_eq!(refused() - before_refused, 3);
    let of = |metric, more| metrics.counter(metric, &[("resource", "slow"), more]);
    assert_eq!(of("cache_requests_total", ("result", "error")), 3);
    // The third value is not to be kept.
    assert_eq!(
        (of("cache_fills_total", ("result", "failed")), of("cache_fills_total", ("result", "declined"))),
        (2, 1)
    );
    let (none, value) = ([("resource", "slow"), ("result", "none")], [("resource", "slow"), ("result", "value")]);
    let loads = |labels| metrics.samples("cache_load_duration_seconds", labels).len();
    assert_eq!((loads(&none), loads(&value)), (1, 2));
    let after = cache.stats();
    assert_eq!((after.loads - before.loads, after.errors - before.errors), (3, 3));
    assert_eq!(after.failures - before.failures, 3);

    // One that fails, and one whose caller goes, were kept from the store as well.
    let (_, how) = cache.scope(outcome(slow(Runs::default(), 1))).await;
    assert_eq!(how.error, Some(ErrorKind::BreakerOpen));
    let gone = tokio::time::timeout(Duration::from_millis(1), cache.scope(slow(runs, 9))).await;
    assert!(gone.is_err());
    assert_eq!((cache.stats().errors - after.errors, refused() - before_refused), (2, 5));
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_that_waits_for_the_store_is_still_told() {
    let cache = open().await;
    cache.scope(touch(5)).await.expect("the body succeeded");
    let (_, how) = cache.scope(read(&Source::default(), 5)).await;
    assert_eq!(how.status, Status::Bypass);
}

#[tokio::test(start_paused = true)]
async fn what_an_open_transaction_named_is_still_left_out() {
    let (cache, source) = (open().await, Source::default());
    let inside = cache.scope(transaction(async {
        touch(5).await.expect("the body succeeded");
        let how = [read(&source, 5).await.1.status, read(&source, 6).await.1.status];
        Err::<(), _>(how)
    }));
    assert_eq!(inside.await.0, Err([Status::Bypass, Status::Error]));
}
