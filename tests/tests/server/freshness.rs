//! What is invalidated is not served again.

use std::time::Instant;

use cache_runtime::{Status, bypass, outcome, refresh};
use cache_tests::{RedisServer, redis_cli};

use super::{
    Cache, Duration, Source, User, UserKey, builder, cached, get_user, invalidates, patient, read, rename, touch,
};

#[tokio::test]
async fn an_invalidation_is_seen_by_the_next_read() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            assert!(read(&source, 7).await.1.is_miss());
            assert!(read(&source, 7).await.1.is_hit());
            touch(7).await.expect("the body succeeded");
            let (user, outcome) = read(&source, 7).await;
            assert!(outcome.is_miss());
            assert_eq!(user.name, "read 2");
        })
        .await;
}

#[tokio::test]
async fn an_update_is_stored_and_seen() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            read(&source, 7).await;
            rename(7, "new").await.expect("the body succeeded");
            let (user, outcome) = read(&source, 7).await;
            assert_eq!((user.name.as_str(), outcome.is_hit()), ("new", true));
        })
        .await;
}

#[invalidates(UserKey { id })]
async fn fails(id: u64) -> Result<(), String> {
    Err(format!("no {id}"))
}

#[tokio::test]
async fn a_write_that_fails_removes_nothing() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            read(&source, 7).await;
            fails(7).await.expect_err("it fails");
            assert!(read(&source, 7).await.1.is_hit());
        })
        .await;
}

#[cached(UserKey { id })]
async fn loads_while(source: &Source, gate: &tokio::sync::Semaphore, started: &tokio::sync::Notify, id: u64) -> User {
    let user = source.read(id);
    started.notify_one();
    gate.acquire().await.expect("open").forget();
    user
}

/// In this process; across processes it takes leases.
#[tokio::test]
async fn a_value_loaded_before_an_invalidation_is_not_kept() {
    let server = RedisServer::start();
    for cache in [patient(&server), Cache::builder().build().expect("good settings")] {
        let source = Source::default();
        let (gate, started) = (tokio::sync::Semaphore::new(0), tokio::sync::Notify::new());
        cache
            .scope(async {
                let load = loads_while(&source, &gate, &started, 7);
                let write = async {
                    started.notified().await;
                    touch(7).await.expect("the body succeeded");
                    let during = get_user(&source, 7).await.expect("loads");
                    assert_eq!(during.name, "read 2", "not joined to the load that began before");
                    gate.add_permits(1);
                };
                let (old, ()) = tokio::join!(load, write);
                assert_eq!(old.name, "read 1", "its own caller gets what it loaded");
                let (user, outcome) = read(&source, 7).await;
                assert_eq!((user.name.as_str(), outcome.is_hit()), ("read 2", true));
            })
            .await;
    }
}

#[tokio::test]
async fn scenario_39_an_invalidation_that_could_not_reach_the_store_is_made_good() {
    let server = RedisServer::start();
    let cache = builder(&server).breaker_min_calls(u32::MAX).build().expect("good settings");
    let source = Source::default();
    cache
        .scope(async {
            while !read(&source, 7).await.1.is_hit() {}
            let reads = source.reads();
            server.pause();
            touch(7).await.expect("the body succeeded");
            assert_eq!(cache.stats().pending_invalidations, 1);
            assert_eq!(redis_state(&server), "frozen");
            server.resume();
            let (user, _) = read(&source, 7).await;
            assert_eq!(user.name, format!("read {}", reads + 1), "the old value is there and is not served");
            let deadline = Instant::now() + Duration::from_secs(60);
            while cache.stats().pending_invalidations > 0 {
                assert!(Instant::now() < deadline, "the removal lands when the store is back");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let stored = redis_cli(&server, ["GET", "cache:tenant-global:user:7:v2"]);
            assert!(!format!("{stored:?}").contains(&format!("read {reads}\"")), "the old value is gone: {stored:?}");
        })
        .await;
}

fn redis_state(server: &RedisServer) -> &'static str {
    let mut client = cache_tests::RawClient::anonymous(server).expect("the kernel accepts");
    client.set_timeout(Duration::from_millis(50)).expect("a timeout");
    if client.send(["PING"]).is_err() { "frozen" } else { "answering" }
}

#[invalidates(UserKey { id })]
async fn commits_then_returns(id: u64, committed: &tokio::sync::Notify) {
    committed.notify_one();
}

#[tokio::test]
async fn scenario_40_a_caller_cancelled_after_the_commit_invalidates_all_the_same() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache.scope(read(&source, 7)).await;
    let committed = tokio::sync::Notify::new();
    {
        let call = std::pin::pin!(cache.scope(commits_then_returns(7, &committed)));
        // One poll: the body ends, the removal is on its way. Then the caller goes away.
        tokio::select! { biased; () = call => panic!("the removal takes a round trip"), () = std::future::ready(()) => {} }
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while redis_cli(&server, ["EXISTS", "cache:tenant-global:user:7:v2"]).int() == 1 {
        assert!(Instant::now() < deadline, "removed though nobody waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[invalidates(UserKey { id })]
async fn stuck_after_commit(id: u64) {
    assert_ne!(id, 0);
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_body_dropped_half_way_may_have_committed() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache.scope(read(&source, 7)).await;
    {
        let call = std::pin::pin!(cache.scope(stuck_after_commit(7)));
        tokio::select! { biased; () = call => unreachable!(), () = std::future::ready(()) => {} }
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    while redis_cli(&server, ["EXISTS", "cache:tenant-global:user:7:v2"]).int() == 1 {
        assert!(Instant::now() < deadline, "removed, to be on the safe side");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn bypass_and_refresh_do_what_they_say() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            read(&source, 7).await;
            let (user, left_out) = outcome(bypass(get_user(&source, 7))).await;
            assert_eq!((user.expect("loads").name.as_str(), left_out.status), ("read 2", Status::Bypass));
            assert_eq!(read(&source, 7).await.0.name, "read 1", "a bypass stores nothing");
            let (user, anew) = outcome(refresh(get_user(&source, 7))).await;
            assert_eq!((user.expect("loads").name.as_str(), anew.status), ("read 3", Status::Refresh));
            assert_eq!(read(&source, 7).await.0.name, "read 3", "a refresh does");
        })
        .await;
}
