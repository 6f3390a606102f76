//! `stale_if_error`: an old value in place of an error.

use std::time::Duration;

use cache_runtime::{Policy, cached};

use super::{Failure, Source, how, places};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

#[cached(resource = "rate", key(id), ttl = "1m", stale_if_error = "1h")]
async fn rate(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[tokio::test]
async fn scenario_10_the_body_fails_and_a_stale_value_within_its_limit_is_served_and_flagged() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, rate(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:rate:1:v1", prefix(&cache));
        place.age(&key, HOUR + MINUTE, HOUR / 2);
        source.down(true);
        let (value, did) = how(&cache, rate(&source, 1)).await;
        assert_eq!(value, Ok(1), "{did}");
        assert!(did.is_stale() && !did.is_hit() && !did.stored, "{did}");
        assert_eq!((source.reads(), cache.stats().stale), (2, 1), "it was tried");
    }
}

#[tokio::test]
async fn scenario_11_the_body_fails_and_there_is_no_stale_value_the_error_surfaces() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        source.down(true);
        let (value, did) = how(&cache, rate(&source, 1)).await;
        assert_eq!(value, Err(Failure::Down));
        assert!(did.is_miss(), "{did}");
    }
}

#[tokio::test]
async fn scenario_12_after_serving_stale_the_next_attempt_is_throttled() {
    for place in places() {
        // On a server the throttle goes by this process's clock, which is not moved there: a short one is waited out.
        let cache = place.builder().stale_throttle(Duration::from_millis(300)).build().expect("good settings");
        let source = Source::default();
        assert_eq!(how(&cache, rate(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:rate:1:v1", prefix(&cache));
        place.age(&key, HOUR + MINUTE, HOUR / 2);
        source.down(true);
        assert!(how(&cache, rate(&source, 1)).await.1.is_stale());
        let tried = source.reads();
        let (value, did) = how(&cache, rate(&source, 1)).await;
        if source.reads() == tried {
            assert_eq!(value, Ok(1));
            assert!(did.is_stale(), "{did}");
        } else {
            assert!(place.is_shared(), "a moved clock stands still");
        }
        source.down(false);
        if let super::Place::Memory(clock) = &place {
            assert!(how(&cache, rate(&source, 1)).await.1.is_stale(), "the source is back, and the throttle holds");
            clock.advance(Duration::from_millis(300));
        }
        super::until("another attempt", async || how(&cache, rate(&source, 1)).await.1.is_miss()).await;
        assert!(how(&cache, rate(&source, 1)).await.1.is_hit());
    }
}

#[tokio::test]
async fn scenario_13_stale_past_its_limit_the_error_surfaces() {
    for place in places() {
        // Kept for longer than this reader serves it.
        let long = Policy::new().stale_while_revalidate(HOUR * 2).jitter(0.0);
        let cache = place.builder().policy(long).build().expect("good settings");
        let source = Source::default();
        #[cached(resource = "rate", key(id), ttl = "1m", stale_if_error = "1h", stale_while_revalidate = "0s")]
        async fn short(source: &Source, id: u64) -> Result<usize, Failure> {
            source.read().await
        }
        #[cached(resource = "rate", key(id), ttl = "1m", stale_if_error = "2h", stale_while_revalidate = "0s")]
        async fn kept(source: &Source, id: u64) -> Result<usize, Failure> {
            source.read().await
        }
        assert_eq!(how(&cache, kept(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:rate:1:v1", prefix(&cache));
        place.age(&key, HOUR * 2 + MINUTE, HOUR / 2);
        source.down(true);
        let (value, did) = how(&cache, short(&source, 1)).await;
        assert_eq!(value, Err(Failure::Down), "{did}");
    }
}

#[tokio::test]
async fn an_invalidation_leaves_nothing_to_serve_in_place_of_an_error() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, rate(&source, 1)).await.0, Ok(1));
        #[cache_runtime::invalidates(resource = "rate", key(id))]
        async fn touch(id: u64) {
            let _ = id;
        }
        cache.scope(touch(1)).await;
        source.down(true);
        assert_eq!(how(&cache, rate(&source, 1)).await.0, Err(Failure::Down));
    }
}

/// What its cache writes before each key.
pub(crate) fn prefix(cache: &cache_runtime::Cache) -> String {
    use cache_runtime::CacheKey;

    #[derive(CacheKey)]
    #[cache(resource = "probe", value = u8, ttl = "1m")]
    struct Probe(u8);

    let text = cache.key_for(&Probe(0)).expect("no tenant needed");
    text.split_once(':').expect("a prefix").0.to_owned()
}
