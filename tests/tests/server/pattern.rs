//! Removing keys of others by a pattern.

// The matcher of the embedded store, built once more to be compared with the server's.
#[path = "../../../cache-runtime/src/store/glob.rs"]
#[allow(dead_code, unreachable_pub)]
mod glob;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cache_runtime::{ErrorKind, Level, Operation, PatternReport, outcome};
use cache_tests::redis::RawClient;
use cache_tests::{RedisServer, redis_cli};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::glob::Glob;
use super::{Cache, Duration, Source, User, UserKey, builder, cached, patient, read};

/// Writes `{stem}{n}` for many n, with one command each thousand.
fn plant(server: &RedisServer, stem: &str, count: u64) {
    let script = "for n = tonumber(ARGV[2]), tonumber(ARGV[3]) do redis.call('SET', ARGV[1] .. n, 'x') end";
    for from in (0..count).step_by(1_000) {
        let to = (from + 1_000).min(count) - 1;
        redis_cli(server, ["EVAL", script, "0", stem, &from.to_string(), &to.to_string()]);
    }
}

fn size(server: &RedisServer) -> i64 {
    redis_cli(server, ["DBSIZE"]).int()
}

#[tokio::test]
async fn keys_of_others_are_removed_whatever_their_type_and_no_others() {
    let server = RedisServer::start();
    let cache = patient(&server);
    for command in [
        vec!["SET", "user:1", "x"],
        vec!["HSET", "user:2", "field", "x"],
        vec!["RPUSH", "user:3", "x"],
        vec!["SET", "user:\u{e9}", "x"],
        vec!["SET", "users", "x"],
        vec!["SET", "cache:user:1", "x"],
    ] {
        redis_cli(&server, command);
    }
    // A key that is no text.
    redis_cli(&server, [b"SET".as_slice(), b"user:\xff\xfe", b"x"]);
    let report = cache.invalidate_pattern("user:*").await.expect("removed");
    assert_eq!((report.removed, report.complete), (5, true));
    assert!(report.scanned >= 7);
    let mut left = redis_cli(&server, ["KEYS", "*"]).texts();
    left.sort();
    assert_eq!(left, ["cache:user:1", "users"], "the pattern is of whole keys");
    let nothing = cache.invalidate_pattern("user:*").await.expect("asked");
    assert_eq!((nothing.removed, nothing.complete), (0, true));
}

#[tokio::test]
async fn a_hundred_thousand_keys_go_in_steps_and_without_keys() {
    let server = RedisServer::start();
    let cache = patient(&server);
    plant(&server, "legacy:", 100_000);
    plant(&server, "kept:", 5_000);
    server.reset_stats();
    let mut told: Vec<PatternReport> = Vec::new();
    let report = cache.invalidate_pattern("legacy:*").limit(200_000).on_progress(|so_far| told.push(*so_far)).await;
    let report = report.expect("removed");
    assert_eq!((report.removed, report.complete), (100_000, true));
    assert!(report.scanned >= 105_000, "all keys are looked at: {report:?}");
    assert_eq!(size(&server), 5_000);
    assert!(told.len() > 100, "progress after each step: {}", told.len());
    assert!(told.windows(2).all(|two| two[0].removed <= two[1].removed && two[0].scanned < two[1].scanned));
    assert_eq!(server.command_calls("keys"), 0);
    assert!(server.command_calls("scan") > 100 && server.command_calls("unlink") > 100);
    assert_eq!(server.command_calls("del"), 0);
}

#[tokio::test]
async fn the_limit_and_the_deadline_stop_it() {
    let server = RedisServer::start();
    let cache = patient(&server);
    plant(&server, "legacy:", 3_000);
    let report = cache.invalidate_pattern("legacy:*").limit(1_234).await.expect("removed");
    assert_eq!((report.removed, report.complete, size(&server)), (1_234, false, 1_766));
    let report = cache.invalidate_pattern("legacy:*").deadline(Duration::ZERO).await.expect("asked");
    assert_eq!((report.removed, report.complete, size(&server)), (0, false, 1_766));
    let report = cache.invalidate_pattern("legacy:*").await.expect("removed");
    assert_eq!((report.removed, report.complete, size(&server)), (1_766, true, 0));
}

#[tokio::test]
async fn by_default_a_hundred_thousand_keys_are_the_most() {
    let server = RedisServer::start();
    plant(&server, "legacy:", 100_001);
    let report = patient(&server).invalidate_pattern("legacy:*").await.expect("removed");
    assert_eq!((report.removed, report.complete, size(&server)), (100_000, false, 1));
}

#[tokio::test]
async fn what_names_nothing_in_particular_has_to_be_meant() {
    let server = RedisServer::start();
    for cache in [patient(&server), Cache::builder().build().expect("good settings")] {
        cache.put(&UserKey { id: 1 }, &User { id: 1, name: "x".into() }).await.expect("stored");
        for pattern in ["", "*", "**", "?*", "???"] {
            let error = cache.invalidate_pattern(pattern).await.expect_err("refused");
            assert_eq!((error.operation(), error.kind()), (Operation::Sweep, ErrorKind::Pattern), "{pattern:?}");
            assert!(error.to_string().contains("`user:*`"), "says what to write: {error}");
        }
        assert!(cache.invalidate_pattern("").everything().await.is_err(), "empty is never meant");
        assert!(cache.get(&UserKey { id: 1 }).await.expect("asked").is_some());
        let report = cache.invalidate_pattern("*").everything().await.expect("removed");
        assert!(report.removed >= 1 && report.complete);
        assert!(cache.get(&UserKey { id: 1 }).await.expect("asked").is_none());
    }
}

#[tokio::test]
async fn own_entries_are_loaded_anew_and_what_is_known_of_them_stays() {
    let server = RedisServer::start();
    for cache in [patient(&server), Cache::builder().build().expect("good settings")] {
        let source = Source::default();
        cache
            .scope(async {
                read(&source, 1).await;
                let before = redis_cli(&server, ["EXISTS", "cache:versions:user", "cache:stamps"]).int();
                let report = cache.invalidate_pattern("cache:*").await.expect("removed");
                assert_eq!((report.removed, report.complete), (1, true));
                assert_eq!(redis_cli(&server, ["EXISTS", "cache:versions:user", "cache:stamps"]).int(), before);
                assert!(read(&source, 1).await.1.is_miss());
                assert!(read(&source, 1).await.1.is_hit());
            })
            .await;
    }
}

#[cached(UserKey { id }, local = "1h")]
async fn held(source: &Source, id: u64) -> User {
    source.read(id)
}

#[tokio::test]
async fn what_is_held_in_this_process_goes_too() {
    let server = RedisServer::start();
    for cache in [patient(&server), Cache::builder().build().expect("good settings")] {
        let source = Source::default();
        cache
            .scope(async {
                while outcome(held(&source, 1)).await.1.level != Level::Local {}
                cache.invalidate_pattern("cache:*:user:1:*").await.expect("removed");
                assert_ne!(outcome(held(&source, 1)).await.1.level, Level::Local);
                assert_eq!(source.reads(), 2);
            })
            .await;
    }
}

#[cached(UserKey { id })]
async fn loads_while(source: &Source, gate: &tokio::sync::Semaphore, started: &tokio::sync::Notify, id: u64) -> User {
    let user = source.read(id);
    started.notify_one();
    gate.acquire().await.expect("open").forget();
    user
}

#[tokio::test]
async fn what_is_being_loaded_under_a_matched_key_is_not_stored() {
    let server = RedisServer::start();
    for cache in [patient(&server), Cache::builder().build().expect("good settings")] {
        let source = Source::default();
        let (gate, started) = (tokio::sync::Semaphore::new(0), tokio::sync::Notify::new());
        cache
            .scope(async {
                let load = outcome(loads_while(&source, &gate, &started, 7));
                let remove = async {
                    started.notified().await;
                    cache.invalidate_pattern("cache:tenant-global:user:7:*").await.expect("removed");
                    gate.add_permits(1);
                };
                let ((user, how), ()) = tokio::join!(load, remove);
                assert_eq!((user.name.as_str(), how.stored), ("read 1", false));
                assert!(read(&source, 7).await.1.is_miss());
            })
            .await;
    }
}

#[tokio::test]
async fn writers_go_on_meanwhile_and_what_stood_before_is_gone() {
    let server = Arc::new(RedisServer::start());
    let cache = patient(&server);
    plant(&server, "busy:old:", 20_000);
    let done = Arc::new(AtomicBool::new(false));
    let writer = tokio::task::spawn_blocking({
        let (server, done) = (Arc::clone(&server), Arc::clone(&done));
        move || {
            let mut client = RawClient::admin(&server).expect("connected");
            let (mut written, ends) = (0, std::time::Instant::now() + Duration::from_secs(60));
            while !done.load(Ordering::SeqCst) && std::time::Instant::now() < ends {
                client.send(["SET", &format!("busy:new:{written}"), "x"]).expect("stored");
                client.send(["SET", &format!("other:{written}"), "x"]).expect("stored");
                written += 1;
            }
            written
        }
    });
    let report = cache.invalidate_pattern("busy:*").limit(u64::MAX).await;
    done.store(true, Ordering::SeqCst);
    let written: usize = writer.await.expect("no panic");
    let report = report.expect("removed");
    assert!(report.complete && report.removed >= 20_000, "{report:?}");
    assert!(written > 0);
    assert_eq!(redis_cli(&server, ["KEYS", "busy:old:*"]).texts(), Vec::<String>::new());
    assert_eq!(redis_cli(&server, ["KEYS", "other:*"]).texts().len(), written, "others' keys stay");
}

#[tokio::test]
async fn a_store_that_is_away_is_an_error_and_nothing_is_kept_for_later() {
    let server = RedisServer::start();
    let cache = builder(&server).build().expect("good settings");
    server.kill();
    let error = cache.invalidate_pattern("user:*").await.expect_err("away");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(cache.stats().pending_invalidations, 0);
}

#[tokio::test]
async fn the_embedded_store_matches_its_keys_and_stops_at_the_limit() {
    let cache = Cache::builder().build().expect("good settings");
    for id in 0..2_000 {
        cache.put(&UserKey { id }, &User { id, name: "x".into() }).await.expect("stored");
    }
    let mut steps = 0;
    let report = cache.invalidate_pattern("cache:tenant-global:user:1?:v2").on_progress(|_| steps += 1).await;
    assert_eq!(
        report.map(|report| (report.scanned, report.removed, report.complete)).expect("done"),
        (2_000, 10, true)
    );
    assert_eq!(steps, 1);
    let report = cache.invalidate_pattern("*:user:*").limit(700).await.expect("done");
    assert_eq!((report.removed, report.complete, cache.stats().entries), (700, false, Some(1_290)));
    let report = cache.invalidate_pattern("*:user:[^0-8]*").await.expect("done");
    assert!(report.removed > 0 && report.complete);
}

/// Characters that mean something in a pattern, and a few that do not.
fn text(longest: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select("aabbc:-^[]\\*?!".chars().collect::<Vec<_>>()), 1..longest)
        .prop_map(String::from_iter)
}

#[test]
fn the_embedded_matcher_agrees_with_the_server() {
    let server = RedisServer::start();
    let client = std::cell::RefCell::new(RawClient::admin(&server).expect("connected"));
    let keys = proptest::collection::hash_set(text(7), 1..40);
    let mut runner = TestRunner::new(Config { cases: 1_500, failure_persistence: None, ..Config::default() });
    runner
        .run(&(text(9), keys), |(pattern, keys)| {
            let mut client = client.borrow_mut();
            client.send(["FLUSHALL"]).expect("emptied");
            let pairs = keys.iter().flat_map(|key| [key.as_str(), "x"]);
            client.send(["MSET"].into_iter().chain(pairs)).expect("stored");
            let mut theirs = client.send(["KEYS", &pattern]).expect("listed").texts();
            let glob = Glob::new(&pattern);
            let mut ours: Vec<String> = keys.iter().filter(|key| glob.matches(key.as_bytes())).cloned().collect();
            theirs.sort();
            ours.sort();
            prop_assert_eq!(ours, theirs, "pattern {:?}", pattern);
            Ok(())
        })
        .expect("they agree");
}
