//! What the moved clock shows.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, Status, cached, outcome};
use cache_tests::{Patient as _, RedisServer};

use super::{Source, UserKey, clocked, read, touch_guarded};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

#[cached(resource = "tools-kept", key(id), ttl = ttl)]
async fn kept(source: &Source, id: u64, ttl: Duration) -> String {
    source.read(id).name
}

async fn status(source: &Source, id: u64, ttl: Duration) -> Status {
    outcome(kept(source, id, ttl)).await.1.status
}

#[tokio::test]
async fn scenario_17_zero_and_tiny_ttls() {
    let (cache, clock) = clocked();
    let source = Source::default();
    cache
        .scope(async {
            for _ in 0..2 {
                let (_, how) = outcome(kept(&source, 0, Duration::ZERO)).await;
                assert_eq!((how.status, how.stored), (Status::Miss, false), "zero: not stored");
            }
            let ms = Duration::from_millis(1);
            assert_eq!(status(&source, 1, ms).await, Status::Miss);
            assert_eq!(status(&source, 1, ms).await, Status::Hit, "the clock stands still");
            clock.advance(ms);
            assert_eq!(status(&source, 1, ms).await, Status::Miss, "a millisecond later it is over");
            let value = kept(&source, 2, Duration::from_nanos(1)).await;
            assert_eq!(value, "read 5", "below the resolution: the value is returned all the same");
        })
        .await;
}

#[tokio::test]
async fn scenario_17_huge_and_overflowing_ttls() {
    let (cache, clock) = clocked();
    let source = Source::default();
    let huge = [YEAR * 1000, Duration::from_millis(u64::MAX), Duration::from_secs(u64::MAX), Duration::MAX];
    cache
        .scope(async {
            for (id, ttl) in (0..).zip(huge) {
                assert_eq!(status(&source, id, ttl).await, Status::Miss);
            }
            clock.advance(YEAR * 999);
            for (id, ttl) in (0..).zip(huge) {
                assert_eq!(status(&source, id, ttl).await, Status::Hit, "{ttl:?}");
            }
            clock.advance(YEAR * 2);
            assert_eq!(status(&source, 0, huge[0]).await, Status::Miss, "a thousand years do end");
            assert_eq!(status(&source, 3, huge[3]).await, Status::Hit);
        })
        .await;
}

#[tokio::test]
async fn scenario_17_a_server_takes_every_ttl() {
    let server = RedisServer::start();
    let builder = Cache::builder().redis(server.url()).patient();
    let (cache, source) = (builder.build().expect("good settings"), Source::default());
    let ttls = [Duration::from_nanos(1), YEAR * 1000, Duration::from_secs(u64::MAX), Duration::MAX];
    cache
        .scope(async {
            for (id, ttl) in (0..).zip(ttls) {
                let (_, how) = outcome(kept(&source, id, ttl)).await;
                assert_eq!((how.error, how.stored), (None, true), "{ttl:?}");
            }
            assert_eq!(status(&source, 3, Duration::MAX).await, Status::Hit);
        })
        .await;
}

#[cached(resource = "tools-maybe", key(id), ttl = "1h", cache_none = "5s")]
async fn find(rows: &Mutex<Vec<u64>>, source: &Source, id: u64) -> Result<Option<String>, String> {
    let name = source.read(id).name;
    Ok(rows.lock().expect("no panic").contains(&id).then_some(name))
}

#[tokio::test]
async fn scenario_18_none_is_served_to_its_own_ttl_and_then_the_row_is_found() {
    let (cache, clock) = clocked();
    let (rows, source) = (Mutex::default(), Source::default());
    cache
        .scope(async {
            assert_eq!(find(&rows, &source, 7).await, Ok(None));
            rows.lock().expect("no panic").push(7);
            clock.advance(Duration::from_millis(4_999));
            let (found, how) = outcome(find(&rows, &source, 7)).await;
            assert_eq!((found, how.status, source.reads()), (Ok(None), Status::Hit, 1), "nobody asks again yet");
            clock.advance(Duration::from_millis(1));
            let (found, how) = outcome(find(&rows, &source, 7)).await;
            assert_eq!((found, how.status), (Ok(Some("read 2".into())), Status::Miss));
            clock.advance(Duration::from_secs(3_599));
            assert_eq!(outcome(find(&rows, &source, 7)).await.1.status, Status::Hit, "the row has the longer ttl");
        })
        .await;
}

#[cached(resource = "tools-token", key(client), ttl = |token| Duration::from_secs(token.1), cache_if = |token| token.1 > 10)]
async fn token(source: &Source, client: u64, lasts: u64) -> (String, u64) {
    (source.read(client).name, lasts)
}

#[tokio::test]
async fn scenario_19_a_body_declines_to_be_cached_and_chooses_its_ttl_by_the_value() {
    let (cache, clock) = clocked();
    let source = Source::default();
    cache
        .scope(async {
            for _ in 0..2 {
                let (_, how) = outcome(token(&source, 1, 10)).await;
                assert_eq!((how.status, how.stored), (Status::Miss, false), "too short to be worth it");
            }
            assert!(outcome(token(&source, 2, 60)).await.1.stored);
            assert!(outcome(token(&source, 3, 600)).await.1.stored);
            clock.advance(Duration::from_secs(59));
            assert_eq!(outcome(token(&source, 2, 60)).await.1.status, Status::Hit);
            clock.advance(Duration::from_secs(1));
            assert_eq!(outcome(token(&source, 2, 60)).await.1.status, Status::Miss, "its own 60 seconds");
            assert_eq!(outcome(token(&source, 3, 600)).await.1.status, Status::Hit, "its own 600 seconds");
        })
        .await;
}

#[tokio::test]
async fn direct_entries_go_by_the_clock_and_caches_may_share_it() {
    let clock = ManualClock::new();
    let caches = [(), ()].map(|()| Cache::builder().clock(clock.clone()).build().expect("good settings"));
    for cache in &caches {
        cache.put(&UserKey { id: 1 }, &Source::default().read(1)).await.expect("stored");
    }
    clock.advance(Duration::from_secs(599));
    for cache in &caches {
        assert!(cache.get(&UserKey { id: 1 }).await.expect("asked").is_some());
    }
    clock.advance(Duration::from_secs(1));
    for cache in &caches {
        assert!(cache.get(&UserKey { id: 1 }).await.expect("asked").is_none());
    }
    assert_eq!(clock.now().duration_since(ManualClock::new().now()).expect("later"), Duration::from_secs(600));
    assert!(clock.now() > SystemTime::UNIX_EPOCH);
}

/// The fence outlasts the write; only the clock ends it.
#[tokio::test]
async fn fences_go_by_the_clock() {
    let clock = ManualClock::new();
    let builder = Cache::builder().clock(&clock).fence(Duration::from_secs(30));
    let (cache, source) = (builder.build().expect("good settings"), Source::default());
    cache
        .scope(async {
            touch_guarded(1).await.expect("the body succeeded");
            assert!(!read(&source, 1).await.1.stored, "fenced");
            clock.advance(Duration::from_secs(30));
            assert!(read(&source, 1).await.1.stored);
        })
        .await;
}
