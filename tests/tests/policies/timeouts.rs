//! `soft_timeout` and `hard_timeout`.

use std::time::Duration;

use cache_runtime::cached;

use super::stale::prefix;
use super::{Failure, Source, how, places, until};

const SECOND: Duration = Duration::from_secs(1);

#[cached(resource = "quote", key(id), ttl = "60s", stale_if_error = "60s", soft_timeout = "50ms")]
async fn quote(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[cached(resource = "quote", key(id), ttl = "60s", hard_timeout = "50ms")]
async fn hurried(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[cached(resource = "quote", key(id), ttl = "60s", hard_timeout = "50ms", revalidate = "inline")]
async fn dropped(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[tokio::test]
async fn scenario_14_a_soft_timeout_with_a_stale_value_serves_it_and_the_load_goes_on() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, quote(&source, 1)).await.0, Ok(1));
        place.age(&format!("{}:tenant-global:quote:1:v1", prefix(&cache)), 120 * SECOND, 30 * SECOND);
        source.gated(true);
        let (value, did) = how(&cache, quote(&source, 1)).await;
        assert_eq!(value, Ok(1), "{did}");
        assert!(did.is_stale() && did.revalidating, "{did}");
        assert_eq!(source.reads(), 2, "the load has begun");
        source.open(1);
        until("the load completes", async || how(&cache, quote(&source, 1)).await.1.is_hit()).await;
        assert_eq!(how(&cache, quote(&source, 1)).await.0, Ok(2));
    }
}

#[tokio::test]
async fn scenario_14_a_soft_timeout_without_a_stale_value_waits() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        source.gated(true);
        let read = how(&cache, quote(&source, 1));
        let release = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            source.open(1);
        };
        let ((value, did), ()) = tokio::join!(read, release);
        assert_eq!(value, Ok(1));
        assert!(did.is_miss() && did.stored, "{did}");
    }
}

#[tokio::test]
async fn a_hard_timeout_without_a_stale_value_is_an_error_and_the_load_goes_on() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        source.gated(true);
        assert_eq!(how(&cache, hurried(&source, 1)).await.0, Err(Failure::Late));
        source.open(1);
        until("the load completes", async || cache.stats().fills == 1).await;
        let (value, did) = how(&cache, hurried(&source, 1)).await;
        assert_eq!(value, Ok(1));
        assert!(did.is_hit(), "{did}");
    }
}

#[tokio::test]
async fn inline_a_hard_timeout_drops_the_body() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        source.gated(true);
        let (value, did) = how(&cache, dropped(&source, 1)).await;
        assert_eq!((value, did.revalidating), (Err(Failure::Late), false));
        until("nothing in flight", async || cache.stats().in_flight == 0).await;
        source.open(1);
        assert_eq!(how(&cache, dropped(&source, 1)).await.0, Ok(2));
    }
}

#[tokio::test]
async fn a_panic_stays_with_the_caller_of_a_body_with_timeouts() {
    #[cached(resource = "quote", key(id), ttl = "60s", hard_timeout = "30s")]
    async fn panics(id: u64) -> Result<usize, Failure> {
        assert!(id == 0, "as asked");
        Ok(0)
    }
    for place in places() {
        let cache = place.cache();
        let of = cache.clone();
        let panicked = tokio::spawn(async move { of.scope(panics(1)).await }).await.expect_err("the body panics");
        assert!(panicked.is_panic());
        until("nothing in flight", async || cache.stats().in_flight == 0).await;
    }
}
