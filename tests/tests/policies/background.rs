//! Values that are renewed while they are served.

use std::time::Duration;

use cache_runtime::cached;

use super::stale::prefix;
use super::{Failure, Source, how, places, until};

const SECOND: Duration = Duration::from_secs(1);

#[cached(resource = "feed", key(id), ttl = "60s", stale_while_revalidate = "30s")]
async fn feed(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[cached(resource = "feed", key(id), ttl = "60s", stale_while_revalidate = "30s", revalidate = "inline")]
async fn inline(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[cached(resource = "feed", key(id), ttl = "100s", refresh_ahead = 0.8)]
async fn ahead(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[tokio::test]
async fn a_stale_value_is_served_at_once_and_renewed_behind() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, feed(&source, 1)).await.0, Ok(1));
        place.age(&format!("{}:tenant-global:feed:1:v1", prefix(&cache)), 90 * SECOND, 20 * SECOND);
        source.gated(true);
        let (value, did) = how(&cache, feed(&source, 1)).await;
        assert_eq!(value, Ok(1));
        assert!(did.is_stale() && did.revalidating, "{did}");
        let (value, did) = how(&cache, feed(&source, 1)).await;
        assert_eq!(value, Ok(1));
        assert!(did.is_stale() && did.revalidating, "while it is renewed: {did}");
        source.gated(false);
        source.open(1);
        until("the new value", async || how(&cache, feed(&source, 1)).await.1.is_hit()).await;
        assert_eq!(how(&cache, feed(&source, 1)).await.0, Ok(2));
        assert_eq!(source.reads(), 2, "one renewal");
    }
}

#[tokio::test]
async fn scenario_15_a_background_refresh_fails_nothing_leaks_and_the_next_one_may_try() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, feed(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:feed:1:v1", prefix(&cache));
        place.age(&key, 90 * SECOND, 20 * SECOND);
        source.down(true);
        assert!(how(&cache, feed(&source, 1)).await.1.is_stale());
        until("no mark stays", async || source.reads() == 2 && !place.exists(&format!("{{{key}}}:renewal"))).await;
        until("nothing in flight", async || cache.stats().in_flight == 0).await;
        source.down(false);
        until("another try", async || how(&cache, feed(&source, 1)).await.1.is_hit()).await;
        assert!(how(&cache, feed(&source, 1)).await.0.is_ok_and(|nth| nth >= 3));
    }
}

#[tokio::test]
async fn scenario_16_near_expiry_one_refreshes_the_others_keep_the_value_and_callers_at_expiry_join() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, ahead(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:feed:1:v1", prefix(&cache));
        assert!(!how(&cache, ahead(&source, 1)).await.1.revalidating, "early");
        place.age(&key, 100 * SECOND, 15 * SECOND);
        source.gated(true);
        for _ in 0..10 {
            let (value, did) = how(&cache, ahead(&source, 1)).await;
            assert_eq!(value, Ok(1));
            assert!(did.is_hit() && did.revalidating, "{did}");
        }
        until("the refresh begins", async || source.reads() == 2).await;
        match &place {
            super::Place::Memory(clock) => clock.advance(20 * SECOND),
            _ => {
                place.age(&key, 15 * SECOND, Duration::from_millis(1));
                until("it expires", async || !place.exists(&key)).await;
            }
        }
        let joined = how(&cache, ahead(&source, 1));
        let release = async {
            tokio::task::yield_now().await;
            source.open(10);
        };
        let ((value, did), ()) = tokio::join!(joined, release);
        match &place {
            // The flight of the refresh, which nothing has voided.
            super::Place::Memory(_) => {
                assert_eq!((value, source.reads()), (Ok(2), 2), "{did}");
            }
            // The value that the refresh would replace is gone, so that what it stores proves nothing: the caller loads.
            _ => assert!(value.is_ok_and(|nth| nth <= 3) && source.reads() <= 3, "{did}"),
        }
    }
}

#[cached(resource = "board", key(id), ttl = "60s", local = "60s", stale_while_revalidate = "30s")]
async fn board(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

/// Also where leave came with the read, as a miss was likely.
#[tokio::test]
async fn who_is_given_leave_while_this_process_renews_waits_for_that() {
    let is_server = |place: &super::Place| matches!(place, super::Place::Server(_));
    let place = places().into_iter().find(is_server).expect("a server");
    let (cache, source) = (place.cache(), Source::default());
    for id in 1..20 {
        assert!(how(&cache, board(&source, id)).await.1.stored);
    }
    let key = format!("{}:tenant-global:board:1:v1", prefix(&cache));
    // Another process's, as this one holds what it had loaded.
    let other = place.same(&prefix(&cache)).build().expect("good settings");
    assert_eq!(how(&other, board(&source, 1)).await.0, Ok(1));
    place.age(&key, 90 * SECOND, 20 * SECOND);
    source.gated(true);
    until("it is stale", async || how(&cache, board(&source, 1)).await.1.is_stale()).await;
    until("it is renewed", async || source.reads() == 20).await;
    place.age(&key, 20 * SECOND, Duration::from_millis(1));
    until("it expires", async || !place.exists(&key)).await;
    let asks = how(&cache, board(&source, 1));
    let looks = async {
        until("leave is given", async || place.exists(&key)).await;
        // Answered on the same connection, later.
        cache.ping().await.expect("it is up");
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(source.reads(), 20, "no second body while one runs");
        source.open(2);
    };
    let ((value, _), ()) = tokio::join!(asks, looks);
    assert!(value.is_ok_and(|nth| nth == 20 || nth == 21));
}

#[tokio::test]
async fn two_processes_renew_once() {
    for place in places().into_iter().filter(super::Place::is_shared) {
        let one = place.cache();
        let two = place.same(&prefix(&one)).build().expect("good settings");
        let source = Source::default();
        assert_eq!(how(&one, feed(&source, 1)).await.0, Ok(1));
        place.age(&format!("{}:tenant-global:feed:1:v1", prefix(&one)), 90 * SECOND, 20 * SECOND);
        source.gated(true);
        assert!(how(&one, feed(&source, 1)).await.1.is_stale());
        until("one renews", async || source.reads() == 2).await;
        assert!(how(&two, feed(&source, 1)).await.1.is_stale());
        two.shutdown().await.expect("nothing is left to do there");
        assert_eq!(source.reads(), 2, "the other one does not");
        source.open(1);
        until("the new value", async || how(&one, feed(&source, 1)).await.1.is_hit()).await;
    }
}

#[tokio::test]
async fn inline_the_caller_that_finds_it_renews_it() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, inline(&source, 1)).await.0, Ok(1));
        place.age(&format!("{}:tenant-global:feed:1:v1", prefix(&cache)), 90 * SECOND, 20 * SECOND);
        source.gated(true);
        let renews = how(&cache, inline(&source, 1));
        let other = async {
            until("the body begins", async || source.reads() == 2).await;
            let (value, did) = how(&cache, inline(&source, 1)).await;
            assert_eq!(value, Ok(1));
            assert!(did.is_stale() && did.revalidating, "{did}");
            source.open(1);
        };
        let ((value, did), ()) = tokio::join!(renews, other);
        assert_eq!(value, Ok(2), "{did}");
        assert!(did.stored, "{did}");
    }
}

#[tokio::test]
async fn background_bodies_are_bounded_and_end_with_the_cache() {
    for place in places() {
        let cache = place
            .builder()
            .background_limit(1)
            .shutdown_timeout(Duration::from_millis(50))
            .build()
            .expect("good settings");
        let source = Source::default();
        for id in [1, 2] {
            how(&cache, feed(&source, id)).await.0.expect("loaded");
            place.age(&format!("{}:tenant-global:feed:{id}:v1", prefix(&cache)), 90 * SECOND, 20 * SECOND);
            if let super::Place::Memory(_) = &place {
                break;
            }
        }
        source.gated(true);
        let before = source.reads();
        assert!(how(&cache, feed(&source, 1)).await.1.is_stale());
        until("one renews", async || source.reads() == before + 1).await;
        if place.is_shared() {
            assert!(how(&cache, feed(&source, 2)).await.1.is_stale());
        }
        cache.shutdown().await.expect_err("a body still runs");
        until("it was dropped", async || cache.stats().in_flight == 0).await;
        assert_eq!(source.reads(), before + 1, "no room for another one");
    }
}

#[tokio::test]
async fn a_value_invalidated_while_it_is_renewed_is_not_put_back() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, feed(&source, 1)).await.0, Ok(1));
        place.age(&format!("{}:tenant-global:feed:1:v1", prefix(&cache)), 90 * SECOND, 20 * SECOND);
        source.gated(true);
        assert!(how(&cache, feed(&source, 1)).await.1.is_stale());
        until("it is renewed", async || source.reads() == 2).await;
        #[cache_runtime::invalidates(resource = "feed", key(id))]
        async fn touch(id: u64) {
            let _ = id;
        }
        cache.scope(touch(1)).await;
        source.gated(false);
        source.open(1);
        let (value, did) = how(&cache, feed(&source, 1)).await;
        assert_eq!(value, Ok(3), "loaded after the invalidation: {did}");
    }
}

#[tokio::test]
async fn an_early_refresh_that_fails_inline_leaves_a_hit() {
    #[cached(resource = "feed", key(id), ttl = "100s", refresh_ahead = 0.8, revalidate = "inline")]
    async fn ahead_inline(source: &Source, id: u64) -> Result<usize, Failure> {
        source.read().await
    }
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, ahead_inline(&source, 1)).await.0, Ok(1));
        place.age(&format!("{}:tenant-global:feed:1:v1", prefix(&cache)), 100 * SECOND, 15 * SECOND);
        source.down(true);
        let (value, did) = how(&cache, ahead_inline(&source, 1)).await;
        assert_eq!((value, source.reads()), (Ok(1), 2));
        assert!(did.is_hit() && !did.revalidating, "{did}");
    }
}
