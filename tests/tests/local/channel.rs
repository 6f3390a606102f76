//! The connection that tells of changes, cut and frozen.

use std::time::{Duration, Instant};

use cache_runtime::Level;
use cache_tests::versions::Program;
use cache_tests::{Metrics, Patient as _, RawClient, RedisServer, redis_cli};

use super::{BOUND, Cache, DEADLINE, SEVEN, Source, builder, read, tier, touch, until_held, until_seen};

/// A cache that does not wait for a server that is silent.
fn quick(server: &RedisServer) -> Cache {
    builder(server).patient().operation_timeout(Duration::from_millis(300)).build().expect("good settings")
}

/// Reads until nothing is served from the tier any more, which must be so for calls that begin later than the bound after
/// `since`.
async fn until_silent(cache: &Cache, source: &Source, since: Instant) {
    loop {
        let began = Instant::now();
        if read(cache, source, 7).await.1.level != Level::Local {
            return;
        }
        assert!(began <= since + BOUND, "served {:?} after the last sign of life", began - since);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn scenario_30_a_frozen_server_is_not_believed_for_longer_than_the_bound() {
    let server = RedisServer::start();
    let (cache, source) = (quick(&server), Source::default());
    let old = until_held(&cache, &source, 7).await;
    let mut client = RawClient::admin(&server).expect("the server answers");
    client.set_timeout(DEADLINE).expect("a socket");
    server.pause();
    until_silent(&cache, &source, Instant::now()).await;
    // A change that the server learns of when it goes on.
    let removes = std::thread::spawn(move || client.send(["DEL", SEVEN]));
    server.resume();
    removes.join().expect("no panic").expect("removed");
    until_seen(&cache, &source, 7, &old, Instant::now()).await;
    let name = until_held(&cache, &source, 7).await;
    assert_ne!(name, old, "nothing stale comes back");
}

#[tokio::test]
async fn scenario_30_a_cut_connection_ends_what_was_read_on_it() {
    let server = RedisServer::start();
    let (a, b, source) = (tier(&server), tier(&server), Source::default());
    for _ in 0..5 {
        let old = until_held(&b, &source, 7).await;
        redis_cli(&server, ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        // Not heard by anybody; the first try may meet the cut itself.
        redis_cli(&server, ["DEL", SEVEN]);
        until_seen(&b, &source, 7, &old, Instant::now()).await;
        a.scope(touch(7)).await.expect("the body succeeded");
    }
}

#[tokio::test]
async fn scenario_30_a_server_that_restarts_ends_what_was_read_from_it() {
    let server = RedisServer::start();
    let (cache, source) = (quick(&server), Source::default());
    let old = until_held(&cache, &source, 7).await;
    server.kill();
    until_silent(&cache, &source, Instant::now()).await;
    server.restart();
    let since = Instant::now();
    until_seen(&cache, &source, 7, &old, since).await;
    assert_ne!(until_held(&cache, &source, 7).await, old);
}

/// It sleeps for longer than the bound, and what changed meanwhile waits for it in its connection.
#[tokio::test]
async fn scenario_30_a_process_that_was_stopped_serves_nothing_old() {
    let server = RedisServer::start();
    let (a, source) = (tier(&server), Source::default());
    let mut program = Program::start(env!("CARGO_BIN_EXE_local_reader"), &server.url());
    for _ in 0..3 {
        let (old, _) = read(&a, &source, 7).await;
        while program.ask("read 7") != format!("{} local", old.name) {}
        program.pause();
        a.scope(touch(7)).await.expect("the body succeeded");
        tokio::time::sleep(BOUND).await;
        program.resume();
        let answer = program.ask("read 7");
        assert!(!answer.starts_with(&format!("{} ", old.name)), "stale: {answer}");
        a.scope(touch(7)).await.expect("the body succeeded");
    }
}

#[tokio::test]
async fn entries_are_served_for_longer_than_the_bound_while_the_server_answers() {
    let metrics = Metrics::local();
    let server = RedisServer::start();
    let cache = builder(&server).name("beats").local_bound(Duration::from_millis(200)).build().expect("good settings");
    let source = Source::default();
    until_held(&cache, &source, 7).await;
    let gauge = || metrics.gauge("cache_local_coherent", &[("cache", "beats")]);
    assert_eq!(gauge(), Some(1.0));
    let calls = server.command_calls("get");
    let since = Instant::now();
    let (mut local, mut all) = (0, 0);
    while since.elapsed() < Duration::from_secs(2) {
        local += u32::from(read(&cache, &source, 7).await.1.level == Level::Local);
        all += 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // A busy machine may be late with a heartbeat now and then.
    assert!(local * 10 > all * 8, "{local} of {all} served here; {calls} reads before");
    assert!(server.command_calls("ping") >= 3, "{}", server.command_calls("ping"));
    server.kill();
    let deadline = Instant::now() + DEADLINE;
    while gauge() != Some(0.0) {
        assert!(Instant::now() < deadline, "{:?}", gauge());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn heartbeats_end_with_the_cache() {
    let server = RedisServer::start();
    let cache = builder(&server).local_bound(Duration::from_millis(50)).build().expect("good settings");
    until_held(&cache, &Source::default(), 7).await;
    drop(cache);
    let deadline = Instant::now() + DEADLINE;
    while server.info("clients")["connected_clients"] != "1" {
        assert!(Instant::now() < deadline, "the connection stays");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
