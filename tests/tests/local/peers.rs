//! Writes of other caches, in this process and in others.

use std::time::Instant;

use cache_runtime::Level;
use cache_tests::versions::Program;
use cache_tests::{Metrics, RedisServer, redis_cli};

use super::{Cache, SEVEN, Source, builder, read, rename, tier, touch, until_held, until_seen};

#[tokio::test]
async fn a_value_is_held_after_its_load_and_after_a_read() {
    let server = RedisServer::start();
    for cache in [tier(&server), Cache::builder().policy(policy()).build().expect("good settings")] {
        let source = Source::default();
        // The first use of an empty server makes the stamps of tags, which ends what was loaded before that is heard of.
        until_held(&cache, &source, 1).await;
        let before = cache.stats();
        assert!(read(&cache, &source, 7).await.1.stored);
        let (user, how) = read(&cache, &source, 7).await;
        assert_eq!((user.id, how.is_hit(), how.level), (7, true, Level::Local));
        let after = cache.stats();
        let more = (after.local - before.local, after.hits - before.hits, after.local_entries - before.local_entries);
        assert_eq!(more, (1, 1, 1));
    }
    let (other, source) = (tier(&server), Source::default());
    assert_eq!(read(&other, &source, 7).await.1.level, Level::Redis);
    assert_eq!(read(&other, &source, 7).await.1.level, Level::Local);
    server.reset_stats();
    read(&other, &source, 7).await;
    assert_eq!(server.command_calls("get"), 0, "the server was not asked");
    assert_eq!(source.reads(), 0);
}

fn policy() -> cache_runtime::Policy {
    cache_runtime::Policy::new().local(super::DEADLINE)
}

#[tokio::test]
async fn nothing_is_held_without_a_policy() {
    let server = RedisServer::start();
    let cache = builder(&server).policy(cache_runtime::Policy::new()).build().expect("good settings");
    let source = Source::default();
    for _ in 0..3 {
        assert_ne!(read(&cache, &source, 7).await.1.level, Level::Local);
    }
    assert_eq!(cache.stats().local_entries, 0);
}

#[tokio::test]
async fn scenario_27_a_write_elsewhere_is_seen_within_the_bound() {
    let server = RedisServer::start();
    let (a, b, source) = (tier(&server), tier(&server), Source::default());
    for _ in 0..20 {
        let old = until_held(&b, &source, 7).await;
        a.scope(touch(7)).await.expect("the body succeeded");
        until_seen(&b, &source, 7, &old, Instant::now()).await;
    }
    let old = until_held(&b, &source, 7).await;
    a.scope(rename(7, "new")).await.expect("the body succeeded");
    assert_eq!(until_seen(&b, &source, 7, &old, Instant::now()).await, "new");
}

#[tokio::test]
async fn scenario_27_another_process_sees_it_too() {
    let server = RedisServer::start();
    let (a, source) = (tier(&server), Source::default());
    let mut program = Program::start(env!("CARGO_BIN_EXE_local_reader"), &server.url());
    for _ in 0..5 {
        let (old, _) = read(&a, &source, 7).await;
        while program.ask("read 7") != format!("{} local", old.name) {}
        a.scope(touch(7)).await.expect("the body succeeded");
        let since = Instant::now();
        while program.ask("read 7").starts_with(&format!("{} ", old.name)) {
            assert!(since.elapsed() < super::DEADLINE, "the old value is served for ever");
        }
        // And the other way round.
        let old = until_held(&a, &source, 7).await;
        program.ask("touch 7");
        until_seen(&a, &source, 7, &old, Instant::now()).await;
        a.scope(touch(7)).await.expect("the body succeeded");
    }
}

#[tokio::test]
async fn scenario_29_nobody_acts_on_its_own_messages() {
    let metrics = Metrics::local();
    let server = RedisServer::start();
    let (a, source) = (builder(&server).name("a").build().expect("good settings"), Source::default());
    let told = || metrics.counter("cache_local_voids_total", &[("cache", "a"), ("reason", "told")]);
    for _ in 0..10 {
        until_held(&a, &source, 7).await;
        a.scope(rename(7, "mine")).await.expect("the body succeeded");
        until_held(&a, &source, 7).await;
        a.scope(touch(7)).await.expect("the body succeeded");
    }
    // An answer on the same connection: what was to be told has been.
    a.ping().await.expect("the server answers");
    assert_eq!(told(), 0);
    assert!(metrics.counter("cache_local_voids_total", &[("cache", "a"), ("reason", "own")]) > 0);
    until_held(&a, &source, 7).await;
    redis_cli(&server, ["DEL", SEVEN]);
    a.ping().await.expect("the server answers");
    assert_eq!(told(), 1, "others' are heard");
}

#[tokio::test]
async fn a_fill_elsewhere_voids_nothing_and_asks_nobody() {
    let metrics = Metrics::local();
    let server = RedisServer::start();
    let source = Source::default();
    let caches: Vec<Cache> =
        (0..5).map(|n| builder(&server).name(format!("c{n}")).build().expect("good settings")).collect();
    for cache in &caches {
        until_held(cache, &source, 7).await;
    }
    for cache in &caches {
        assert_eq!(read(cache, &source, 7).await.1.level, Level::Local);
        cache.ping().await.expect("the server answers");
    }
    assert_eq!(metrics.counter("cache_local_voids_total", &[("reason", "told")]), 0);
    assert_eq!(source.reads(), 1);
}

#[tokio::test]
async fn sweeps_are_seen() {
    let server = RedisServer::start();
    let (a, b, source) = (tier(&server), tier(&server), Source::default());
    let sweeps = (0..3).flat_map(|nth| [&a, &b].map(|cache| (nth, cache)));
    for ((nth, cache), known) in sweeps.flat_map(|sweep| [false, true].map(|known| (sweep, known))) {
        let old = until_held(cache, &source, 7).await;
        sweep(&a, nth).await;
        if known {
            // The server has told of it before the first answer, and its stamps are known with one of the next ones: not only as
            // long as they are read anew, when nothing is served.
            for _ in 0..5 {
                cache.ping().await.expect("the server answers");
            }
            let (user, how) = read(cache, &source, 7).await;
            assert_ne!(user.name, old, "{nth} {how}");
        }
        until_seen(cache, &source, 7, &old, Instant::now()).await;
    }
}

async fn sweep(cache: &Cache, nth: usize) {
    match nth {
        0 => cache.clear().await.expect("done"),
        1 => cache.invalidate_tag("users").await.expect("done"),
        _ => cache.invalidate_resource::<super::UserKey>().await.expect("done"),
    };
}

#[derive(cache_runtime::CacheKey)]
#[cache(resource = "direct", value = u64, ttl = "10m", local = "60s")]
struct Direct(u64);

#[tokio::test]
async fn a_loader_s_value_is_held_and_served_without_the_store() {
    let server = RedisServer::start();
    let cache = tier(&server);
    let deadline = std::time::Instant::now() + super::DEADLINE;
    while cache.stats().local == 0 {
        let value = cache.get_or_load(&Direct(7), || async { Ok::<_, std::io::Error>(7) }).await.expect("loads");
        assert_eq!(value, 7);
        assert!(std::time::Instant::now() < deadline, "it is not held");
    }
    cache.invalidate(&Direct(7)).await.expect("removed");
    let value = cache.get_or_load(&Direct(7), || async { Ok::<_, std::io::Error>(8) }).await.expect("loads");
    assert_eq!(value, 8, "what is invalidated is not held");
}
