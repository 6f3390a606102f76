//! Series are registered once with the recorder that stays, and anew with one that a test puts in its place for a while.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cache_runtime::{Cache, cached};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit, with_local_recorder};

/// Counts of requests by result, and how often it was asked for one.
#[derive(Clone, Default)]
struct Counts {
    requests: Arc<Mutex<HashMap<String, Arc<AtomicU64>>>>,
    asked: Arc<AtomicU64>,
}

impl Counts {
    fn of(&self, result: &str) -> u64 {
        self.requests.lock().unwrap().get(result).map_or(0, |count| count.load(Ordering::SeqCst))
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if key.name() != "cache_requests_total" {
            return Counter::noop();
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let result = key.labels().find(|label| label.key() == "result").expect("a result").value().to_owned();
        Counter::from_arc(Arc::clone(self.requests.lock().unwrap().entry(result).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[cached(resource = "square", key(n), ttl = "1m")]
async fn square(n: u64) -> u64 {
    n * n
}

#[test]
fn each_recorder_is_told_what_is_its_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cache = Cache::builder().build().unwrap();
    let calls = |count: u64| {
        runtime.block_on(cache.scope(async {
            for _ in 0..count {
                square(7).await;
            }
        }))
    };

    calls(10);
    // Several in a row may lie at the same place.
    for _ in 0..10 {
        let counts = Counts::default();
        with_local_recorder(&counts, || calls(3));
        assert_eq!(counts.of("hit"), 3);
    }
    let lasting = Counts::default();
    metrics::set_global_recorder(lasting.clone()).expect("the first");
    calls(100);
    assert_eq!(lasting.of("hit"), 100, "one that is installed late");
    let counts = Counts::default();
    with_local_recorder(&counts, || calls(3));
    assert_eq!((counts.of("hit"), lasting.of("hit")), (3, 100));
    let asked = lasting.asked.load(Ordering::SeqCst);
    calls(1_000);
    assert_eq!(lasting.of("hit"), 1_100);
    assert!(lasting.asked.load(Ordering::SeqCst) - asked < 100, "it is asked once, when it is known to stay");
}
