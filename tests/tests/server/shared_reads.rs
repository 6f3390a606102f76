//! Reads at the same time share commands, and nobody notices.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use cache_runtime::{BreakerState, Cache, ErrorKind, Outcome};
use cache_tests::{Logs, Metrics, Patient as _, RedisServer, redis_cli};
use tokio::task::JoinSet;

use super::{Duration, Source, User, UserKey, patient, read, touch};

fn key(id: u64) -> String {
    format!("cache:tenant-global:user:{id}:v2")
}

fn name(id: u64) -> String {
    format!("user {id} of the server")
}

fn store(server: &RedisServer, id: u64, name: &str) {
    redis_cli(server, ["SET", &key(id), &format!("{{\"id\":{id},\"name\":\"{name}\"}}")]);
}

/// A server with these users, and a cache that knows the stamps: then reads are plain.
async fn users(ids: std::ops::Range<u64>) -> (RedisServer, Cache, Arc<Source>) {
    let server = RedisServer::start();
    let cache = patient(&server);
    let source = filled(&server, &cache, ids).await;
    (server, cache, source)
}

async fn filled(server: &RedisServer, cache: &Cache, ids: std::ops::Range<u64>) -> Arc<Source> {
    ids.for_each(|id| store(server, id, &name(id)));
    let source = Arc::new(Source::default());
    // A load has the clock made, and the read that follows learns it.
    assert!(!cache.scope(read(&source, u64::MAX)).await.1.is_hit());
    assert!(cache.scope(read(&source, u64::MAX)).await.1.is_hit());
    server.reset_stats();
    source
}

/// Reads all of them at once.
async fn all(cache: &Cache, source: &Arc<Source>, ids: std::ops::Range<u64>) -> Vec<(User, Outcome)> {
    let mut callers = JoinSet::new();
    for id in ids {
        let (cache, source) = (cache.clone(), Arc::clone(source));
        callers.spawn(async move {
            let found = cache.scope(read(&source, id)).await;
            assert_eq!(found.0.id, id);
            found
        });
    }
    let read = tokio::time::timeout(Duration::from_secs(15), callers.join_all()).await;
    read.expect("nobody is left waiting")
}

fn assert_all_hits(found: &[(User, Outcome)]) {
    for (user, outcome) in found {
        assert!(outcome.is_hit(), "{}: {outcome}", user.id);
        assert_eq!(user.name, name(user.id));
    }
}

/// So many at once go alone.
const ALONE: u64 = 18;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_reads_are_few_commands() {
    let (server, cache, source) = users(0..256).await;
    assert_all_hits(&all(&cache, &source, 0..256).await);
    let (alone, shared) = (server.command_calls("get"), server.command_calls("mget"));
    assert!(shared > 0 && alone + shared < 128, "256 reads were {alone} GET and {shared} MGET");
}

#[tokio::test]
async fn each_of_them_is_counted() {
    let metrics = Metrics::local();
    let (server, cache, source) = users(0..64).await;
    let timed = || metrics.samples("cache_operation_duration_seconds", &[("operation", "get")]).len();
    let before = timed();
    assert_all_hits(&all(&cache, &source, 0..64).await);
    assert_eq!(timed() - before, 64);
    assert!(server.command_calls("mget") > 0);
}

#[tokio::test]
async fn what_is_not_there_is_nothing() {
    let (server, cache, _) = users(0..32).await;
    let mut callers = JoinSet::new();
    for id in 0..64 {
        let cache = cache.clone();
        callers.spawn(async move { (id, cache.get(&UserKey { id }).await.expect("the server is there")) });
    }
    for (id, found) in callers.join_all().await {
        assert_eq!(found.map(|user| user.name), (id < 32).then(|| name(id)));
    }
    assert!(server.command_calls("mget") > 0);
}

/// How often a key was read that is there.
fn read_keys(server: &RedisServer) -> u64 {
    server.info("stats")["keyspace_hits"].parse().expect("a number")
}

/// Callers of one key, among others: the server reads it once for all that go together.
#[tokio::test]
async fn one_key_is_read_once_for_all_who_ask_for_it() {
    let (server, cache, source) = users(0..64).await;
    let before = read_keys(&server);
    let mut callers = JoinSet::new();
    for nth in 0..256 {
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        // The others come first, so that there are many that read.
        callers.spawn(async move { cache.scope(read(&source, if nth < 32 { nth } else { 60 })).await });
    }
    assert_all_hits(&callers.join_all().await);
    let keys = read_keys(&server) - before;
    assert!(keys < 64, "256 reads of 33 keys read {keys}");
    assert_eq!(cache.stats().waited, 0, "and nobody waited for another one's call");
}

/// What one of them finds to be missing is not read a second time before it is loaded.
#[tokio::test]
async fn what_is_missing_is_read_once() {
    let (server, cache, source) = users(0..32).await;
    let missed = || server.info("stats")["keyspace_misses"].parse::<u64>().expect("a number");
    let before = missed();
    let mut callers = JoinSet::new();
    for id in 0..40 {
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        callers.spawn(async move { cache.scope(read(&source, if id < 32 { id } else { 1_000 + id })).await.1 });
    }
    let found = callers.join_all().await;
    assert_eq!(found.iter().filter(|how| how.stored).count(), 8);
    // Once by the read, once by what puts the lease there; and the guards, which are not there either.
    assert_eq!(missed() - before, 8 * 3);
}

/// What does not decode is replaced, also where many meet such entries at the same time, and concerns nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_among_them_is_replaced() {
    const GOOD: u64 = 4;
    let (server, cache, source) = users(0..64).await;
    for id in GOOD..64 {
        redis_cli(&server, ["SET", &key(id), "garbage"]);
    }
    let before = read_keys(&server);
    for (user, how) in all(&cache, &source, 0..64).await {
        assert_eq!((how.is_hit(), how.ran_body()), (user.id < GOOD, user.id >= GOOD), "{}: {how}", user.id);
    }
    let keys = read_keys(&server) - before;
    assert!(keys < 64 * 8, "each is looked at a few times, not again and again: {keys}");
    assert_eq!(cache.stats().decode_failures, 64 - GOOD);
    assert!(all(&cache, &source, 0..64).await.iter().all(|(_, how)| how.is_hit()));
}

#[tokio::test]
async fn a_few_reads_go_alone() {
    let (server, cache, source) = users(0..ALONE).await;
    for _ in 0..20 {
        assert_all_hits(&all(&cache, &source, 0..ALONE).await);
    }
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (20 * ALONE, 0));
}

/// However the many came to their end: served, or dropped after the connection that they asked on was replaced.
#[tokio::test]
async fn after_many_reads_a_few_go_alone_again() {
    type Reading<'a> = Pin<Box<dyn Future<Output = (User, Outcome)> + 'a>>;
    let (server, cache, source) = users(0..64).await;
    let few_go_alone = async || {
        // Of a new connection the stamps are learned first.
        assert!(cache.scope(read(&source, u64::MAX)).await.1.is_hit());
        server.reset_stats();
        for _ in 0..20 {
            assert_all_hits(&all(&cache, &source, 0..ALONE).await);
        }
        assert_eq!((server.command_calls("get"), server.command_calls("mget")), (20 * ALONE, 0));
    };
    assert_all_hits(&all(&cache, &source, 0..64).await);
    few_go_alone().await;
    let mut reads: Vec<Reading<'_>> =
        (0..64).map(|id| Box::pin(cache.scope(read(&source, id))) as Reading<'_>).collect();
    reads.iter_mut().for_each(|read| begin(read.as_mut()));
    redis_cli(&server, ["CLIENT", "KILL", "TYPE", "normal"]);
    // Who meets the end of the one connection has the next one made.
    let mut pings = 0;
    while cache.ping().await.is_err() {
        pings += 1;
        assert!(pings < 10, "no new connection");
    }
    drop(reads);
    few_go_alone().await;
}

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
    let builder =
        Cache::builder().redis(server.url()).operation_timeout(Duration::from_millis(250)).breaker_min_calls(40);
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
    let cache = Cache::builder().redis(server.url()).operation_timeout(Duration::from_secs(4)).build().expect("good");
    let source = filled(&server, &cache, 0..64).await;
    // From here on somebody watches.
    assert_all_hits(&all(&cache, &source, 0..64).await);
    server.reset_stats();
    server.pause();
    let mut alone: Vec<_> = (0..ALONE).map(|id| Box::pin(cache.scope(read(&source, id)))).collect();
    alone.iter_mut().for_each(|read| begin(read.as_mut()));
    let (begun, held_up) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel();
    let first = tokio::spawn({
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        async move {
            let mut read = Box::pin(cache.scope(read(&source, 20)));
            begin(read.as_mut());
            begun.send(()).expect("it is waited for");
            released.recv().expect("released");
            read.await
        }
    });
    held_up.await.expect("it begins");
    let mut second = Box::pin(cache.scope(read(&source, 21)));
    begin(second.as_mut());
    server.resume();
    let second =
        tokio::time::timeout(Duration::from_secs(15), second).await.expect("sent, although the first holds up");
    release.send(()).expect("it waits");
    let mut found = vec![first.await.expect("no panic"), second];
    for read in alone {
        found.push(read.await);
    }
    assert_all_hits(&found);
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (ALONE, 1), "the two went together");
}

/// Polls it once; it has to wait.
fn begin(read: Pin<&mut (impl Future + ?Sized)>) {
    assert!(read.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
}

/// Of two runtimes with one cache, one ends while a command of its callers is about to be sent.
#[test]
fn a_runtime_that_ends_strands_nobody() {
    let stays = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let (server, cache, source) = stays.block_on(users(0..64));
    server.pause();
    let ends = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    ends.block_on(async {
        type Reading<'a> = Pin<Box<dyn Future<Output = (User, Outcome)> + 'a>>;
        let mut reads: Vec<Reading<'_>> =
            (0..64).map(|id| Box::pin(cache.scope(read(&source, id))) as Reading<'_>).collect();
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

#[tokio::test]
async fn a_server_that_forbids_it_is_asked_for_each() {
    let server = RedisServer::builder().acl_user("single", "on >secret ~* &* +@all -mget").start();
    let logs = Logs::local();
    let cache = Cache::builder().redis(server.url_as("single", "secret")).patient().build().expect("good settings");
    let source = filled(&server, &cache, 0..64).await;
    for _ in 0..3 {
        assert_all_hits(&all(&cache, &source, 0..64).await);
    }
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (3 * 64, 0));
    assert_eq!(logs.matching("share no commands").len(), 1, "{:?}", logs.lines());
}

#[tokio::test]
async fn another_redis_type_among_them_is_a_miss_and_replaced() {
    let (server, cache, source) = users(0..64).await;
    redis_cli(&server, ["DEL", &key(50)]);
    redis_cli(&server, ["RPUSH", &key(50), "a", "b"]);
    for round in 0..2 {
        for (user, outcome) in all(&cache, &source, 0..64).await {
            let of_the_source = user.id == 50;
            assert_eq!(outcome.is_hit(), !of_the_source || round > 0, "{}: {outcome}", user.id);
            assert_eq!(user.name, if of_the_source { "read 2".to_owned() } else { name(user.id) });
        }
    }
    assert!(server.command_calls("mget") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_value_beside_small_ones() {
    let (server, cache, source) = users(0..128).await;
    let large = "x".repeat(1 << 20);
    store(&server, 60, &large);
    for _ in 0..5 {
        for (user, outcome) in all(&cache, &source, 0..128).await {
            assert!(outcome.is_hit(), "{}: {outcome}", user.id);
            assert_eq!(user.name, if user.id == 60 { large.clone() } else { name(user.id) });
        }
    }
}

#[tokio::test]
async fn large_values_go_alone() {
    let (server, cache, source) = users(0..64).await;
    (0..64).for_each(|id| store(&server, id, &"x".repeat(100_000)));
    for id in 0..16 {
        cache.scope(read(&source, id)).await;
    }
    server.reset_stats();
    all(&cache, &source, 0..64).await;
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (64, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invalidation_that_has_returned_is_seen() {
    let (server, cache, source) = users(0..64).await;
    let mut load = JoinSet::new();
    for at in 0..64 {
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        load.spawn(async move {
            for id in at.. {
                cache.scope(read(&source, id % 64)).await;
            }
        });
    }
    for round in 0..300 {
        let id = round % 8;
        let before = source.reads();
        cache.scope(touch(id)).await.expect("a write");
        let (user, _) = cache.scope(read(&source, id)).await;
        let nth: usize = user.name.strip_prefix("read ").expect("loaded anew").parse().expect("a number");
        assert!(nth > before, "{} is from before the {before}. load", user.name);
    }
    assert!(server.command_calls("mget") > 0);
}

/// The server's word of it is here before the answer, and what it was is read after that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stamp_that_has_returned_is_seen() {
    let (server, cache, source) = users(0..64).await;
    let other = patient(&server);
    for round in 0..100u64 {
        other.invalidate_tag("users").await.expect("the server is there");
        let (_, alone) = cache.scope(read(&source, round % 64)).await;
        assert!(!alone.is_hit(), "{alone}");
        all(&cache, &source, 0..64).await;
        other.invalidate_tag("users").await.expect("the server is there");
        for (user, outcome) in all(&cache, &source, 0..64).await {
            assert!(!outcome.is_hit(), "{}: {outcome}", user.id);
        }
    }
}
