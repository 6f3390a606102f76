//! What a process owes the store, and what it does to its source while the store is away.

use std::sync::atomic::{AtomicUsize, Ordering};

use cache_runtime::{ErrorKind, cached, transaction};
use cache_tests::RedisServer;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use super::{Cache, Duration, Source, builder, get_user, patient, read, rename, touch};

#[tokio::test]
async fn a_shutdown_waits_for_invalidations_that_the_store_did_not_get() {
    let server = RedisServer::start();
    let cache = builder(&server)
        .breaker_min_calls(u32::MAX)
        .shutdown_timeout(Duration::from_secs(60))
        .build()
        .expect("good settings");
    let source = Source::default();
    while !cache.scope(read(&source, 7)).await.1.is_hit() {}
    server.pause();
    cache.scope(touch(7)).await.expect("the body succeeded");
    assert_eq!(cache.stats().pending_invalidations, 1);
    let ends = cache.shutdown();
    let resume = async {
        tokio::task::yield_now().await;
        server.resume();
    };
    tokio::join!(ends, resume).0.expect("the removal landed");
    assert_eq!(cache.stats().pending_invalidations, 0);
    assert_eq!(cache_tests::redis_cli(&server, ["EXISTS", "cache:tenant-global:user:7:v2"]).int(), 0);
}

#[tokio::test]
async fn a_shutdown_that_cannot_settle_says_how_much_is_left() {
    let server = RedisServer::start();
    let cache = builder(&server).shutdown_timeout(Duration::from_millis(20)).build().expect("good settings");
    server.kill();
    for id in 0..3 {
        cache.scope(touch(id)).await.expect("the body succeeded");
    }
    let error = cache.shutdown().await.expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("3 invalidations"), "{error}");
}

#[tokio::test]
async fn too_many_kept_invalidations_become_one_of_everything() {
    let server = RedisServer::start();
    let cache = builder(&server)
        .breaker_min_calls(u32::MAX)
        .max_pending_invalidations(3)
        .shutdown_timeout(Duration::from_secs(60))
        .build()
        .expect("good settings");
    let source = Source::default();
    while !cache.scope(read(&source, 99)).await.1.is_hit() {}
    server.pause();
    for id in 0..5 {
        cache.scope(touch(id)).await.expect("the body succeeded");
    }
    assert!(!cache.scope(read(&source, 99)).await.1.is_hit(), "nothing is read from the store meanwhile");
    server.resume();
    cache.shutdown().await.expect("it landed");
    assert!(!cache.scope(read(&source, 99)).await.1.is_hit(), "everything was invalidated");
}

struct Bodies {
    running: AtomicUsize,
    most: AtomicUsize,
    began: Notify,
    open: Semaphore,
}

#[cached(resource = "heavy", key(id))]
async fn heavy(bodies: &Bodies, id: u64) -> u64 {
    let running = bodies.running.fetch_add(1, Ordering::SeqCst) + 1;
    bodies.most.fetch_max(running, Ordering::SeqCst);
    bodies.began.notify_one();
    bodies.open.acquire().await.expect("open").forget();
    bodies.running.fetch_sub(1, Ordering::SeqCst);
    id
}

async fn most_at_once(cache: Cache) -> usize {
    let bodies = std::sync::Arc::new(Bodies {
        running: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        began: Notify::new(),
        open: Semaphore::new(0),
    });
    let mut calls = JoinSet::new();
    for id in 0..20 {
        let (cache, bodies) = (cache.clone(), std::sync::Arc::clone(&bodies));
        calls.spawn(async move { cache.scope(heavy(&bodies, id)).await });
    }
    let mut ended = 0;
    while ended < 20 {
        // One body ends at a time, once as many run as may.
        bodies.began.notified().await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        bodies.open.add_permits(1);
        calls.join_next().await.expect("one more").expect("no panic");
        ended += 1;
        bodies.began.notify_one();
    }
    bodies.most.load(Ordering::SeqCst)
}

#[tokio::test]
async fn an_outage_runs_no_more_bodies_of_a_resource_at_once_than_allowed() {
    let server = RedisServer::start();
    server.kill();
    let limited =
        builder(&server).fallback_limit(3).wait_timeout(Duration::from_secs(600)).build().expect("good settings");
    assert_eq!(most_at_once(limited).await, 3);
    let unlimited = builder(&server).wait_timeout(Duration::from_secs(600)).build().expect("good settings");
    assert!(most_at_once(unlimited).await > 3, "without a limit all run");
}

#[tokio::test]
async fn a_transaction_invalidates_when_it_is_committed() {
    let server = RedisServer::start();
    for cache in [patient(&server), Cache::builder().build().expect("good settings")] {
        let source = Source::default();
        cache
            .scope(async {
                read(&source, 7).await;
                let (done, invalidations) = transaction(async {
                    touch(7).await?;
                    let inside = get_user(&source, 7).await?;
                    assert_eq!(inside.name, "read 2", "the transaction sees its own state");
                    Ok::<_, String>(())
                })
                .await;
                done.expect("the bodies succeeded");
                let (user, how) = read(&source, 7).await;
                assert_eq!((user.name.as_str(), how.is_hit()), ("read 1", true), "not committed: nothing fired");
                invalidations.commit().await;
                assert!(read(&source, 7).await.1.is_miss());
            })
            .await;
    }
}

#[tokio::test]
async fn a_transaction_that_is_rolled_back_invalidates_nothing() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            read(&source, 7).await;
            let (_, invalidations) = transaction(async {
                touch(7).await?;
                rename(7, "new").await
            })
            .await;
            assert!(!invalidations.is_empty());
            invalidations.discard();
            let (user, how) = read(&source, 7).await;
            assert_eq!((user.name.as_str(), how.is_hit()), ("read 1", true));
        })
        .await;
}
