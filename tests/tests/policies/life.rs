//! How long entries live.

use std::time::Duration;

use cache_runtime::{Policy, Refresh, cached};

use super::stale::prefix;
use super::{Failure, Place, Source, how, places, until};

const SECOND: Duration = Duration::from_secs(1);

#[cached(resource = "session", key(id), ttl = "100s", sliding = true)]
async fn session(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[cached(resource = "page", key(id), ttl = "100s", jitter = 0.5)]
async fn page(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[cached(resource = "slow-page", key(id), ttl = "100s", refresh = "probabilistic")]
async fn slow_page(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[tokio::test]
async fn a_hit_prolongs_a_sliding_life() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, session(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:session:1:v1", prefix(&cache));
        for _ in 0..5 {
            place.age(&key, 100 * SECOND, 40 * SECOND);
            assert!(how(&cache, session(&source, 1)).await.1.is_hit());
            cache_is_prolonged(&place, &key).await;
        }
        assert_eq!(source.reads(), 1);
    }
}

async fn cache_is_prolonged(place: &Place, key: &str) {
    let left = |server: &cache_tests::RedisServer| cache_tests::redis_cli(server, ["PTTL", key]).int();
    match place {
        Place::Memory(_) => {}
        Place::Server(server) => until("prolonged", async || left(server) > 90_000).await,
        Place::Cluster(cluster) => {
            until("prolonged", async || left(&cluster.nodes()[cluster.owner(key)]) > 90_000).await;
        }
    }
}

#[tokio::test]
async fn jitter_shortens_lives_by_different_parts_and_never_prolongs_them() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        for id in 0..40 {
            how(&cache, page(&source, id)).await.0.expect("loaded");
        }
        match &place {
            Place::Memory(clock) => {
                clock.advance(50 * SECOND - Duration::from_millis(1));
                let mut hits = 0;
                for id in 0..40 {
                    hits += usize::from(how(&cache, page(&source, id)).await.1.is_hit());
                }
                assert_eq!(hits, 40, "half of the ttl is safe");
                clock.advance(25 * SECOND);
                let mut hits = 0;
                for id in 0..40 {
                    hits += usize::from(how(&cache, page(&source, id)).await.1.is_hit());
                }
                assert!((1..40).contains(&hits), "they expire one after the other: {hits}");
            }
            _ => {
                let lives: Vec<i64> = (0..40)
                    .map(|id| {
                        let key = format!("{}:tenant-global:page:{id}:v1", prefix(&cache));
                        let left = |server| cache_tests::redis_cli(server, ["PTTL", &key]).int();
                        match &place {
                            Place::Server(server) => left(server),
                            Place::Cluster(cluster) => left(&cluster.nodes()[cluster.owner(&key)]),
                            Place::Memory(_) => 0,
                        }
                    })
                    .collect();
                let (least, most) = (lives.iter().min().copied(), lives.iter().max().copied());
                assert!(most <= Some(100_000) && least > Some(45_000), "{lives:?}");
                assert!(least < Some(70_000) && most > Some(80_000), "{lives:?}");
            }
        }
    }
}

#[tokio::test]
async fn probabilistic_refreshes_come_before_the_expiry_of_a_value_that_took_long() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        source.gated(true);
        let read = how(&cache, slow_page(&source, 1));
        let release = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            source.open(1);
        };
        let ((value, _), ()) = tokio::join!(read, release);
        assert_eq!(value, Ok(1));
        source.gated(false);
        let key = format!("{}:tenant-global:slow-page:1:v1", prefix(&cache));
        let (value, did) = how(&cache, slow_page(&source, 1)).await;
        assert!(value == Ok(1) && !did.revalidating, "a hundred seconds are two thousand loads: {did}");
        // Three loads' time before the expiry a call in twenty comes early.
        place.age(&key, 100 * SECOND, Duration::from_millis(if place.is_shared() { 2_000 } else { 150 }));
        if !place.is_shared() {
            let mut early = 0;
            for _ in 0..500 {
                early += usize::from(how(&cache, slow_page(&source, 1)).await.1.revalidating);
                if early > 0 {
                    break;
                }
            }
            assert!(early > 0);
        }
    }
}

#[tokio::test]
async fn policies_come_from_the_attribute_then_the_key_then_the_builder() {
    #[derive(cache_runtime::CacheKey)]
    #[cache(resource = "level", value = usize, ttl = "100s", stale_if_error = "100s")]
    struct Level {
        id: u64,
    }

    #[cached(Level { id })]
    async fn level(source: &Source, id: u64) -> Result<usize, Failure> {
        source.read().await
    }

    #[cached(resource = "plain", key(id), ttl = "100s")]
    async fn plain(source: &Source, id: u64) -> Result<usize, Failure> {
        source.read().await
    }

    for place in places() {
        let policy = Policy::new().stale_if_error(300 * SECOND).refresh(Refresh::Never);
        let cache = place.builder().policy(policy).build().expect("good settings");
        let source = Source::default();
        how(&cache, level(&source, 1)).await.0.expect("loaded");
        how(&cache, plain(&source, 1)).await.0.expect("loaded");
        source.down(true);
        // Half of the life that each one has.
        for (name, lives) in [("level", 200), ("plain", 400)] {
            let key = format!("{}:tenant-global:{name}:1:v1", prefix(&cache));
            if place.is_shared() {
                place.age(&key, lives * SECOND, 50 * SECOND);
            }
        }
        if let Place::Memory(clock) = &place {
            clock.advance(150 * SECOND);
        }
        assert!(how(&cache, level(&source, 1)).await.1.is_stale(), "the key's");
        assert!(how(&cache, plain(&source, 1)).await.1.is_stale(), "the builder's");
        if let Place::Memory(clock) = &place {
            clock.advance(100 * SECOND);
            assert!(!how(&cache, level(&source, 1)).await.1.is_stale(), "the key's window has ended");
            assert!(how(&cache, plain(&source, 1)).await.1.is_stale());
        }
    }
}

#[derive(cache_runtime::CacheKey)]
#[cache(resource = "kept", value = usize, ttl = "100s", stale_if_error = "100s", sliding = true, jitter = 0.5)]
struct Kept(u64);

#[cached(Kept(id))]
async fn kept(source: &Source, id: u64) -> Result<usize, Failure> {
    source.read().await
}

#[tokio::test]
async fn a_direct_read_sees_a_prolonged_life_and_no_stale_value() {
    for place in places() {
        let (cache, source) = (place.cache(), Source::default());
        assert_eq!(how(&cache, kept(&source, 1)).await.0, Ok(1));
        let key = format!("{}:tenant-global:kept:1:v1", prefix(&cache));
        if let Place::Memory(clock) = &place {
            for _ in 0..6 {
                clock.advance(30 * SECOND);
                assert!(how(&cache, kept(&source, 1)).await.1.is_hit());
            }
            assert_eq!(cache.get(&Kept(1)).await.expect("asked"), Some(1), "prolonged beyond its first ttl");
            clock.advance(101 * SECOND);
        } else {
            place.age(&key, 200 * SECOND, 90 * SECOND);
        }
        assert_eq!(cache.get(&Kept(1)).await.expect("asked"), None, "past its ttl");
    }
}

#[tokio::test]
async fn what_is_put_lives_by_the_key_s_jitter() {
    for place in places() {
        let Place::Memory(clock) = &place else { continue };
        let cache = place.cache();
        let entries: Vec<(Kept, usize)> = (0..40).map(|id| (Kept(id), 1)).collect();
        cache.put_many(&entries).await.expect("stored");
        clock.advance(75 * SECOND);
        let keys: Vec<Kept> = (0..40).map(Kept).collect();
        let left = cache.get_many(&keys).await.expect("asked").iter().flatten().count();
        assert!((1..40).contains(&left), "they expire one after the other: {left}");
    }
}
