//! Entries that make room for others.

use cache_runtime::Policy;
use cache_tests::Metrics;

use super::{Cache, DEADLINE, Source, read};

#[tokio::test]
async fn entries_that_make_room_are_counted() {
    let metrics = Metrics::local();
    let builder = Cache::builder().name("small").policy(Policy::new().local(DEADLINE)).local_entries(16);
    let (cache, source) = (builder.build().expect("good settings"), Source::default());
    for id in 0..200 {
        read(&cache, &source, id).await;
    }
    let evicted = metrics.counter("cache_local_evictions_total", &[("cache", "small")]);
    assert!(evicted >= 184, "{evicted}");
    assert_eq!(evicted + cache.stats().local_entries, 200);
}
