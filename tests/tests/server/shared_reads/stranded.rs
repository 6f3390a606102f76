//! Whatever becomes of callers, tasks and runtimes, nobody is left waiting.

use std::task::Poll;

use cache_runtime::{BreakerState, ErrorKind};

use super::*;

/// At any moment of a read, which is before, in and after the wait for the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_are_dropped_strand_nobody() {
    let (_server, cache, source) = users(0..64).await;
    for round in 0..200u64 {
        let mut dropped = Vec::new();
        for id in 0..64 {
            let (cache, source) = (cache.clone(), Arc::clone(&source));
            dropped.push(tokio::spawn(async move { cache.scope(read(&source, id)).await }));
        }
        for _ in 0..round % 7 {
            tokio::task::yield_now().await;
        }
        let rest = all(&cache, &source, 0..64);
        let drop_them = async {
            for (nth, caller) in dropped.iter().enumerate() {
                if !(nth as u64 + round).is_multiple_of(3) {
                    caller.abort();
                }
                if nth % 16 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        };
        let (rest, ()) = tokio::join!(rest, drop_them);
        // Not all are hits: who takes the place of one that was dropped while it read loads.
        assert_eq!(rest.len(), 64);
        for caller in dropped {
            match tokio::time::timeout(Duration::from_secs(15), caller).await.expect("nobody is left waiting") {
                Ok(_) => {}
                Err(error) => assert!(error.is_cancelled()),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_nothing_is_given_up_by_all() {
    let server = RedisServer::start();
    // More than there are commands: the breaker counts callers.
    let builder = builder(&server).patient().operation_timeout(Duration::from_millis(250)).breaker_min_calls(40);
    let cache = builder.build().expect("good");
    let source = filled(&server, &cache, 0..64).await;
    server.pause();
    for (user, outcome) in all(&cache, &source, 0..64).await {
        assert_eq!(outcome.error, Some(ErrorKind::Timeout), "{}: {outcome}", user.id);
        assert!(user.name.starts_with("read "), "{}", user.name);
    }
    assert_eq!(cache.health().breaker, BreakerState::Open);
}

/// A task does not return, and with it waits the one that was to send what several callers ask for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_held_up_strands_nobody_on_another() {
    let server = RedisServer::start();
    let cache = builder(&server).patient().operation_timeout(Duration::from_secs(4)).build().expect("good");
    let source = filled(&server, &cache, 0..64).await;
    // From here on somebody watches.
    assert_all_hits(&all(&cache, &source, 0..64).await);
    forget_the_many(&server, &cache, &source).await;
    server.reset_stats();
    server.pause();
    let mut alone: Vec<_> = (0..ALONE).map(|id| Box::pin(cache.scope(read(&source, id)))).collect();
    alone.iter_mut().for_each(|read| begin(read.as_mut()));
    let (begun, held_up) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel();
    let held = tokio::spawn({
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        async move {
            let mut read = Box::pin(async move { cache.scope(read(&source, 20)).await });
            begin(read.as_mut());
            assert!(begun.send(read).is_ok(), "it is waited for");
            released.recv().expect("released");
        }
    });
    let read = held_up.await.expect("it begins");
    server.resume();
    let read = tokio::time::timeout(Duration::from_secs(15), read).await;
    release.send(()).expect("it waits");
    held.await.expect("no panic");
    let mut found = vec![read.expect("sent, although the one that was to send it is held up")];
    for read in alone {
        found.push(read.await);
    }
    assert_all_hits(&found);
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (ALONE + 1, 0));
}

/// Of two runtimes with one cache, one ends while a command of its callers is about to be sent.
#[test]
fn a_runtime_that_ends_strands_nobody() {
    let stays = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let (server, cache, source) = stays.block_on(users(0..64));
    server.pause();
    let ends = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    ends.block_on(async {
        let mut reads = reads(&cache, &source, 0..64);
        std::future::poll_fn(|cx| {
            reads.iter_mut().for_each(|read| assert!(read.as_mut().poll(cx).is_pending()));
            Poll::Ready(())
        })
        .await;
    });
    drop(ends);
    server.resume();
    assert_all_hits(&stays.block_on(all(&cache, &source, 0..64)));
}
