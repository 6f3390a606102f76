//! Leave to fill that comes when its caller is gone, or has given the server up: it is given back, whichever way it was asked for,
//! and nobody has to wait for it to run out.

use std::sync::Arc;

use cache_runtime::test_util::Faults;
use cache_runtime::{Cache, ErrorKind, Operation, Status};
use cache_tests::{Patient as _, RedisServer, redis_cli, until};
use tokio::task::JoinSet;

use super::leases::{Gate, two_meet};
use super::shared_misses::{expecting, key};
use super::{Duration, Source, builder, kind, read, touch};

/// Leases of this one do not run out in a test's time.
fn lasting(server: &RedisServer) -> Cache {
    let builder = builder(server).patient().lease_ttl(Duration::from_secs(300));
    builder.build().expect("good settings")
}

/// Has the cache know the stamps, and the scripts; and, if that is likely, expect the next miss.
async fn warmed(cache: &Cache, likely: bool) -> Arc<Source> {
    let source = Arc::new(Source::default());
    for _ in 0..2 {
        cache.scope(read(&source, 999)).await;
    }
    if likely {
        expecting(cache, &source).await;
    }
    source
}

/// Another process is given leave for each, and stores what it loads.
async fn nobody_waits(server: &RedisServer, source: &Source, ids: std::ops::Range<u64>) {
    let other = lasting(server);
    for id in ids {
        let (_, how) = other.scope(read(source, id)).await;
        assert!(how.stored, "{id}: {how}");
        redis_cli(server, ["DEL", &key(id)]);
    }
}

/// Whoever is gone when leave is given has it given back, whichever way it was asked for: nobody has to wait for it to run out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leave_that_nobody_takes_is_given_back() {
    let server = RedisServer::start();
    for (likely, count) in [(false, 1), (true, 1), (false, 32), (true, 32)] {
        let cache = lasting(&server);
        let source = warmed(&cache, likely).await;
        drop_all(&server, &cache, &source, 0..count, 1).await;
        nobody_waits(&server, &source, 0..count).await;
    }
}

/// Also where it is asked for again, as a server that lost its scripts has them, after the caller has given it back.
#[tokio::test]
async fn leave_that_is_given_after_it_was_given_back_is_given_back_again() {
    let server = RedisServer::start();
    for likely in [false, true] {
        let cache = lasting(&server);
        let source = warmed(&cache, likely).await;
        redis_cli(&server, ["SCRIPT", "FLUSH"]);
        // The server learns the script that gives back again, and no other one.
        server.reset_stats();
        drop_all(&server, &cache, &source, 0..1, 1).await;
        until("leave is given back", || server.command_calls("script|load") > 0).await;
        drop_all(&server, &cache, &source, 0..32, 32 * 64).await;
        nobody_waits(&server, &source, 0..32).await;
    }
}

/// Has callers ask for leave, and drops them before it is given, once the server has so many bytes of what they ask.
async fn drop_all(server: &RedisServer, cache: &Cache, source: &Arc<Source>, ids: std::ops::Range<u64>, bytes: usize) {
    // Scripts are held up, reads are not.
    redis_cli(server, ["CLIENT", "PAUSE", "100000", "WRITE"]);
    let mut callers = JoinSet::new();
    for id in ids {
        let (cache, source) = (cache.clone(), Arc::clone(source));
        callers.spawn(async move { cache.scope(read(&source, id)).await });
    }
    until("they ask", || held_up(server) > 0 && unanswered(server) >= bytes).await;
    callers.shutdown().await;
    redis_cli(server, ["CLIENT", "UNPAUSE"]);
}

/// On how many connections a command waits for the server to go on.
fn held_up(server: &RedisServer) -> i64 {
    server.info("clients").get("blocked_clients").map_or(0, |blocked| blocked.parse().expect("a number"))
}

/// How many bytes the server has received and not answered, on the connection with the most: of the command that is blocked,
/// and of those behind it.
fn unanswered(server: &RedisServer) -> usize {
    let clients = redis_cli(server, ["CLIENT", "LIST"]);
    let bytes =
        |field: &str| field.strip_prefix("qbuf=").or_else(|| field.strip_prefix("argv-mem="))?.parse::<usize>().ok();
    clients.text().lines().map(|client| client.split(' ').filter_map(bytes).sum()).max().unwrap_or(0)
}

/// Nor has anybody to wait for leave that came when its caller had given the server up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leave_that_comes_too_late_is_given_back() {
    let server = RedisServer::start();
    for likely in [false, true] {
        // Long enough for a busy machine to give the lease back in, once the server goes on.
        let hasty =
            builder(&server).patient().operation_timeout(Duration::from_secs(5)).lease_ttl(Duration::from_secs(300));
        let cache = hasty.build().expect("good settings");
        let source = warmed(&cache, likely).await;
        redis_cli(&server, ["CLIENT", "PAUSE", "100000", "WRITE"]);
        let (_, how) = cache.scope(read(&source, 7)).await;
        assert_eq!((how.stored, kind(how)), (false, "timeout"), "{how}");
        // On a connection of its own, behind what asks for leave on the one given up: once it goes on, the server may run first what
        // it has not held up.
        until("leave is given back", || held_up(&server) == 2).await;
        redis_cli(&server, ["CLIENT", "UNPAUSE"]);
        nobody_waits(&server, &source, 7..8).await;
    }
}

/// What is not stored has its lease given back, which shows whether anything came in between: nothing did, so whoever came
/// while it was loaded is handed it.
#[tokio::test]
async fn a_value_that_is_not_stored_is_handed_to_those_who_wait_for_it() {
    let server = RedisServer::start();
    let cache = builder(&server).patient().max_value_bytes(8).build().expect("good settings");
    let names = two_meet(&cache, &Source::default(), &Gate::new(), async {}).await;
    assert_eq!(names, ["read 1", "read 1"]);
    assert_eq!(redis_cli(&server, ["EXISTS", &key(7)]).int(), 0);
}

/// Leave that comes while an invalidation cannot be made is not used, also where it came with the read.
#[tokio::test]
async fn leave_is_not_used_while_an_invalidation_waits_for_the_store() {
    let server = RedisServer::start();
    for likely in [false, true] {
        let faults = Faults::new();
        let cache = builder(&server).patient().faults(&faults).build().expect("good settings");
        let source = warmed(&cache, likely).await;
        faults.freeze();
        faults.fail(Operation::Invalidate, ErrorKind::Unavailable);
        let asks = cache.scope(read(&source, 7));
        let invalidates = async {
            let done = cache.scope(touch(7));
            // Both are under way; the invalidation fails before the server has answered.
            let thaws = async { faults.thaw() };
            tokio::join!(done, thaws).0
        };
        let ((_, how), _) = tokio::join!(asks, invalidates);
        assert_eq!((how.status, how.stored), (Status::Bypass, false), "{likely} {how}");
        assert_eq!(cache.stats().pending_invalidations, 1, "{likely}");
        faults.heal();
        redis_cli(&server, ["DEL", &key(7)]);
    }
}
