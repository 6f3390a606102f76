//! What each fault does, to the embedded store.

use std::time::Duration;

use cache_runtime::test_util::{Faults, Which};
use cache_runtime::{BreakerState, Cache, ErrorKind, Operation, Status};
use tokio::time::Instant;

use super::{Source, UserKey, faulty, read, rename, touch};

const DOWN: ErrorKind = ErrorKind::Unavailable;

#[tokio::test]
async fn operations_are_counted() {
    let (cache, faults) = faulty(Cache::builder());
    let source = Source::default();
    cache
        .scope(async {
            read(&source, 1).await;
            read(&source, 1).await;
            touch(1).await.expect("the body succeeded");
            rename(1, "new").await.expect("the body succeeded");
        })
        .await;
    let asked = |operation| faults.asked(operation);
    assert_eq!((asked(Operation::Get), asked(Operation::Put), asked(Operation::Invalidate)), (2, 2, 1));
    assert_eq!(faults.asked(Which::All), 5);
    faults.reset_counts();
    assert_eq!(faults.asked(Which::All), 0);
}

#[tokio::test]
async fn a_failed_read_is_a_miss_whose_fill_is_skipped() {
    let (cache, faults) = faulty(Cache::builder());
    let source = Source::default();
    cache
        .scope(async {
            read(&source, 1).await;
            faults.fail_next(1, Operation::Get, DOWN);
            let (user, how) = read(&source, 1).await;
            assert_eq!((user.name.as_str(), how.status, how.error), ("read 2", Status::Error, Some(DOWN)));
            assert_eq!(faults.asked(Operation::Put), 1, "a store that just failed is not asked again");
            assert_eq!(read(&source, 1).await.0.name, "read 1", "what was stored still is");
        })
        .await;
}

#[tokio::test]
async fn an_operation_that_fails_is_not_done_and_one_whose_reply_is_lost_is() {
    for (lost, left) in [(false, true), (true, false)] {
        let faults = Faults::new();
        let builder = Cache::builder().faults(&faults).breaker_min_calls(u32::MAX);
        let cache = builder.operation_timeout(Duration::from_millis(20)).build().expect("good settings");
        let (key, source) = (UserKey { id: 1 }, Source::default());
        while cache.put(&key, &source.read(1)).await.is_err() {}
        // Of the first try and all later ones.
        if lost {
            faults.lose_replies(Operation::Invalidate);
        } else {
            faults.fail(Operation::Invalidate, ErrorKind::Timeout);
        }
        let error = cache.invalidate(&key).await.expect_err("no answer");
        assert_eq!((error.operation(), error.kind()), (Operation::Invalidate, ErrorKind::Timeout));
        assert_eq!(cache.stats().entries, Some(u64::from(left)), "lost: {lost}");
        assert_eq!(cache.stats().pending_invalidations, 1, "nobody knows that it was done");
    }
}

#[tokio::test]
async fn what_was_not_removed_is_not_served_and_is_removed_when_the_store_is_back() {
    let (cache, faults) = faulty(Cache::builder());
    let source = Source::default();
    cache
        .scope(async {
            read(&source, 1).await;
            faults.fail(Operation::Invalidate, DOWN);
            touch(1).await.expect("the body succeeded");
            let (user, how) = read(&source, 1).await;
            assert_eq!((user.name.as_str(), how.status), ("read 2", Status::Bypass));
            let deadline = Instant::now() + Duration::from_secs(60);
            while faults.asked(Operation::Invalidate) < 3 {
                assert!(
                    Instant::now() < deadline && cache.stats().pending_invalidations == 1,
                    "tries meet the fault too"
                );
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            faults.heal();
            cache.shutdown().await.expect("removed");
            let (user, how) = read(&source, 1).await;
            assert_eq!((user.name.as_str(), how.status), ("read 3", Status::Miss));
        })
        .await;
}

#[tokio::test]
async fn invalidations_of_sets_are_tried_again() {
    let (cache, faults) = faulty(Cache::builder());
    cache.put(&UserKey { id: 1 }, &Source::default().read(1)).await.expect("stored");
    faults.reset_counts();
    faults.fail_next(2, Operation::Invalidate, DOWN);
    assert_eq!(cache.clear().await.expect_err("fails").kind(), DOWN);
    cache.shutdown().await.expect("invalidated");
    assert_eq!(faults.asked(Operation::Invalidate), 3);
    assert_eq!(cache.get(&UserKey { id: 1 }).await.expect("asked"), None);
}

#[tokio::test(start_paused = true)]
async fn a_delay_within_the_timeout_delays_and_one_beyond_it_fails() {
    let faults = Faults::new();
    let builder = Cache::builder().faults(&faults).breaker_min_calls(u32::MAX);
    let cache = builder.operation_timeout(Duration::from_secs(5)).build().expect("good settings");
    let source = Source::default();
    cache
        .scope(async {
            read(&source, 1).await;
            faults.delay(Operation::Get, Duration::from_secs(3));
            let started = Instant::now();
            assert!(read(&source, 1).await.1.is_hit());
            assert!(started.elapsed() >= Duration::from_secs(3));
            faults.delay(Which::All, Duration::from_secs(6));
            let started = Instant::now();
            let (_, how) = read(&source, 1).await;
            assert_eq!((how.status, how.error), (Status::Error, Some(ErrorKind::Timeout)));
            assert!(started.elapsed() < Duration::from_secs(6), "not longer than the timeout");
            faults.delay(Which::All, Duration::ZERO);
            assert!(read(&source, 1).await.1.is_hit());
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_frozen_store_costs_one_timeout_and_a_thawed_one_goes_on() {
    let faults = Faults::new();
    let cache = Cache::builder().faults(&faults).build().expect("good settings");
    let source = Source::default();
    cache
        .scope(async {
            read(&source, 1).await;
            faults.freeze();
            let started = Instant::now();
            let (user, how) = read(&source, 1).await;
            assert_eq!((user.name.as_str(), how.error), ("read 2", Some(ErrorKind::Timeout)));
            let took = started.elapsed();
            assert!((50..60).contains(&took.as_millis()), "one operation timeout: {took:?}");
            let (thawed, (user, how)) = tokio::join!(
                async {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    faults.thaw();
                },
                read(&source, 1)
            );
            assert_eq!((thawed, user.name.as_str(), how.is_hit()), ((), "read 1", true));
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_breaker_opens_on_the_embedded_store_too_and_closes_when_it_is_well() {
    let faults = Faults::new();
    let cache = Cache::builder().faults(&faults).build().expect("good settings");
    let source = Source::default();
    cache
        .scope(async {
            faults.fail(Which::All, DOWN);
            for id in 0..5 {
                read(&source, id).await;
            }
            assert_eq!(cache.health().breaker, BreakerState::Open);
            let asked = faults.asked(Which::All);
            assert_eq!(read(&source, 9).await.1.error, Some(ErrorKind::BreakerOpen));
            assert_eq!(faults.asked(Which::All), asked, "the store is left alone");
            faults.heal();
            tokio::time::sleep(Duration::from_secs(1)).await;
            for id in 0..3 {
                read(&source, id).await;
            }
            assert_eq!(cache.health().breaker, BreakerState::Closed);
        })
        .await;
}

#[tokio::test]
async fn without_faults_the_embedded_store_knows_no_breaker_and_no_timeout() {
    let cache = Cache::builder().operation_timeout(Duration::from_millis(1)).build().expect("good settings");
    let source = Source::default();
    cache.scope(async { while !read(&source, 1).await.1.is_hit() {} }).await;
    assert_eq!(source.reads(), 1);
}
