//! Reads at the same time share commands, and nobody notices.

mod brief;
mod odd;
mod stranded;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cache_runtime::{Cache, Outcome};
use cache_tests::{Metrics, Patient as _, RedisServer, redis_cli};
use tokio::task::JoinSet;

use super::{Duration, Source, User, UserKey, builder, patient, read, touch};

type Reading<'a> = Pin<Box<dyn Future<Output = (User, Outcome)> + 'a>>;

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
const ALONE: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_reads_are_few_commands() {
    let (server, cache, source) = users(0..256).await;
    assert_all_hits(&all(&cache, &source, 0..256).await);
    let (alone, shared) = (server.command_calls("get"), server.command_calls("mget"));
    assert!(shared > 0 && alone + shared < 128, "256 reads were {alone} GET and {shared} MGET");
}

#[tokio::test]
async fn a_command_is_timed_once_for_all_who_share_it() {
    let metrics = Metrics::local();
    let (server, cache, source) = users(0..64).await;
    let timed = || metrics.samples("cache_operation_duration_seconds", &[("operation", "get")]).len() as u64;
    server.reset_stats();
    let before = timed();
    assert_all_hits(&all(&cache, &source, 0..64).await);
    let (alone, shared) = (server.command_calls("get"), server.command_calls("mget"));
    assert_eq!(timed() - before, alone + shared);
    assert!(shared > 0 && alone + shared < 32, "64 reads were {alone} GET and {shared} MGET");
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

#[tokio::test]
async fn a_few_reads_go_alone() {
    let (server, cache, source) = users(0..ALONE).await;
    for _ in 0..20 {
        assert_all_hits(&all(&cache, &source, 0..ALONE).await);
    }
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (20 * ALONE, 0));
}

/// A few read, until their commands are as many as the many are remembered for.
async fn forget_the_many(server: &RedisServer, cache: &Cache, source: &Arc<Source>) {
    let sent = || server.command_calls("get") + server.command_calls("mget");
    let before = sent();
    while sent() - before < 50 {
        assert_all_hits(&all(cache, source, 0..ALONE / 2).await);
    }
}

/// Parts of three sizes and each alone, 64 commands and 512 reads long, and again and again whichever is best.
#[tokio::test]
async fn several_reads_try_each_way() {
    let (server, cache, source) = users(0..64).await;
    let (mut rounds, mut alone) = (0, 0);
    while alone < 512 || server.command_calls("mget") < 5 * 64 {
        rounds += 1;
        assert!(rounds < 4_000, "{alone} GET and {} MGET", server.command_calls("mget"));
        assert_all_hits(&all(&cache, &source, 0..24).await);
        alone = server.command_calls("get");
    }
}

/// Who was just answered is not counted until it asks again, and then shares as before.
#[tokio::test]
async fn after_many_reads_a_few_share_for_a_while() {
    let (server, cache, source) = users(0..64).await;
    assert_all_hits(&all(&cache, &source, 0..64).await);
    server.reset_stats();
    assert_all_hits(&all(&cache, &source, 0..ALONE).await);
    let (alone, shared) = (server.command_calls("get"), server.command_calls("mget"));
    assert!(shared > 0 && alone + shared <= ALONE / 2, "{ALONE} reads were {alone} GET and {shared} MGET");
}

/// However the many came to their end: served, or dropped, also after the connection that they asked on was replaced.
#[tokio::test]
async fn after_many_reads_a_few_go_alone_again() {
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
    forget_the_many(&server, &cache, &source).await;
    few_go_alone().await;
    let mut given_up = reads(&cache, &source, 0..64);
    given_up.iter_mut().for_each(|read| begin(read.as_mut()));
    drop(given_up);
    forget_the_many(&server, &cache, &source).await;
    few_go_alone().await;
    let mut reads = reads(&cache, &source, 0..64);
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

/// Those who have been answered and did not run since may ask again: a command waits for them, a few times round, and no longer.
#[tokio::test]
async fn a_command_lets_those_run_that_have_been_answered() {
    let server = RedisServer::start();
    // Who sees to it that nobody waits for too long comes in half of this time, which is too late here.
    let cache = builder(&server).patient().operation_timeout(Duration::from_secs(60)).build().expect("good");
    let source = filled(&server, &cache, 0..80).await;
    let mut answered = reads(&cache, &source, 0..64);
    answered.iter_mut().for_each(|read| begin(read.as_mut()));
    // All is sent, and what is asked on a connection is answered in order. Then the tasks of their commands run.
    rounds(20).await;
    cache.ping().await.expect("the server is there");
    rounds(20).await;
    server.reset_stats();
    let reading = |id, later| {
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        tokio::spawn(async move {
            rounds(later).await;
            cache.scope(read(&source, id)).await
        })
    };
    let (first, second) = (reading(70, 0), reading(71, 4));
    let found = tokio::time::timeout(Duration::from_secs(15), async { [first.await, second.await] }).await;
    assert_all_hits(&found.expect("it waits for nobody for long").map(|read| read.expect("no panic")));
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (0, 1), "the two went together");
}

/// So many times round the runtime's queue.
async fn rounds(times: usize) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

/// Polls it once; it has to wait.
fn begin(read: Pin<&mut (impl Future + ?Sized)>) {
    assert!(read.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending());
}

/// Futures of reads, to be polled by hand.
fn reads<'a>(cache: &'a Cache, source: &'a Source, ids: std::ops::Range<u64>) -> Vec<Reading<'a>> {
    ids.map(|id| Box::pin(cache.scope(read(source, id))) as Reading<'a>).collect()
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
