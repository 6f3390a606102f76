//! Hits of the store are counted by each thread for itself: a recorder that stays is told of them a little later, and of all.

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::test_util::{Faults, Which};
use cache_runtime::{BreakerState, Cache, ErrorKind};
use cache_tests::users::{Source, read};
use cache_tests::{Metrics, Patient as _, RedisServer, until};
use tokio::task::JoinSet;

const CALLERS: u64 = 8;
const EACH: u64 = 250;

async fn many(cache: &Cache, source: &Arc<Source>) {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (cache, source) = (cache.clone(), Arc::clone(source));
        callers.spawn(async move {
            for _ in 0..EACH {
                assert!(cache.scope(read(&source, 7)).await.1.is_hit());
            }
        });
    }
    callers.join_all().await;
}

/// Installs a recorder for the whole process, so this is the only test here.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_hit_of_the_store_is_told_a_little_later() {
    let (server, metrics) = (RedisServer::start(), Metrics::global());
    let build = |name| Cache::builder().redis(server.url()).patient().name(name).build().expect("good settings");
    let told = |cache, level| {
        let labels = [("cache", cache), ("resource", "user"), ("level", level), ("result", "hit")];
        metrics.counter("cache_requests_total", &labels)
    };
    // Those that waited for another one's read are told at once.
    let all = |cache| told(cache, "redis") + told(cache, "flight");

    let (one, source) = (build("one"), Arc::new(Source::default()));
    one.scope(read(&source, 7)).await;
    many(&one, &source).await;
    assert_eq!(one.stats().hits, CALLERS * EACH, "here they are seen at once");
    until("they are told", || all("one") == CALLERS * EACH).await;
    assert!(told("one", "redis") > 0);

    let two = build("two");
    many(&two, &source).await;
    two.shutdown().await.expect("the server is there");
    assert_eq!(all("two"), CALLERS * EACH, "before the end of a process");

    let three = build("three");
    many(&three, &source).await;
    drop(three);
    until("what is dropped tells", || all("three") == CALLERS * EACH).await;

    refused(&metrics).await;
}

/// What the breaker keeps from the store counts in three series.
async fn refused(metrics: &Metrics) {
    let faults = Faults::new();
    faults.fail(Which::All, ErrorKind::Unavailable);
    let builder = Cache::builder().name("four").faults(&faults).breaker_open_for(Duration::from_secs(3600));
    let (cache, source) = (builder.build().expect("good settings"), Arc::new(Source::default()));
    while cache.health().breaker != BreakerState::Open {
        cache.scope(read(&source, 7)).await;
    }
    let counts = || {
        let user =
            |metric, result| metrics.counter(metric, &[("cache", "four"), ("resource", "user"), ("result", result)]);
        let errors = metrics.counter("cache_errors_total", &[("cache", "four"), ("kind", "breaker_open")]);
        [user("cache_requests_total", "error"), user("cache_fills_total", "failed"), errors]
    };
    cache.shutdown().await.expect("nothing is left");
    let before = counts();
    for id in 0..EACH {
        cache.scope(read(&source, id)).await;
    }
    until("they are told", || counts().iter().zip(before).all(|(count, before)| count - before == EACH)).await;
}
