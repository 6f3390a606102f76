//! Misses at the same time share the commands that ask for leave to fill, and those that fill; and a read that is likely to find
//! nothing asks for leave at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use cache_runtime::{Cache, ErrorKind, Outcome, cached, outcome};
use cache_tests::{Logs, Patient as _, RedisServer, redis_cli, until};
use tokio::task::{JoinHandle, JoinSet};

use super::leases::{Gate, slow};
use super::{Duration, Source, User, builder, kind, patient, read, touch};

pub(crate) fn key(id: u64) -> String {
    format!("cache:tenant-global:user:{id}:v2")
}

/// A cache that has missed so often that it expects nothing else.
pub(crate) async fn expecting(cache: &Cache, source: &Source) {
    for id in 1_000..1_020 {
        cache.scope(read(source, id)).await;
    }
}

/// A cache that knows the stamps, and the scripts.
pub(crate) async fn warm(server: &RedisServer) -> (Cache, Arc<Source>) {
    let (cache, source) = (patient(server), Arc::new(Source::default()));
    for _ in 0..2 {
        cache.scope(read(&source, 999)).await;
    }
    server.reset_stats();
    (cache, source)
}

/// Calls for all of them at once, and has all bodies begin before one ends.
pub(crate) async fn load(
    cache: &Cache,
    source: &Arc<Source>,
    gate: &Arc<Gate>,
    ids: std::ops::Range<u64>,
) -> Vec<JoinHandle<(User, Outcome)>> {
    let (before, count) = (gate.started.load(Ordering::SeqCst), usize::try_from(ids.end - ids.start).expect("few"));
    let callers = ids
        .map(|id| {
            let (cache, source, gate) = (cache.clone(), Arc::clone(source), Arc::clone(gate));
            tokio::spawn(async move {
                let (user, how) = cache.scope(outcome(slow(&source, &gate, id))).await;
                (user.expect("the body does not fail"), how)
            })
        })
        .collect();
    until("all load", || gate.started.load(Ordering::SeqCst) >= before + count).await;
    callers
}

pub(crate) async fn land(gate: &Gate, callers: Vec<JoinHandle<(User, Outcome)>>) -> Vec<(User, Outcome)> {
    gate.open(callers.len());
    let mut found = Vec::new();
    for caller in callers {
        let landed = tokio::time::timeout(Duration::from_secs(60), caller).await.expect("nobody is left waiting");
        found.push(landed.expect("no panic"));
    }
    found
}

#[tokio::test]
async fn many_misses_are_few_commands() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    for round in 0..3u64 {
        server.reset_stats();
        let gate = Gate::new();
        let callers = load(&cache, &source, &gate, round * 128..round * 128 + 128).await;
        for (user, how) in land(&gate, callers).await {
            assert!(how.is_miss() && how.stored, "{}: {how}", user.id);
        }
        let scripts = server.command_calls("evalsha");
        assert!(scripts < 64, "128 misses, which are one each alone at least, ran {scripts} scripts");
    }
    assert_eq!(source.reads(), 1 + 3 * 128);
}

/// A version is registered by whatever asks for leave, so that other programs' invalidations find its entries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_is_registered_by_all_that_ask_for_leave() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    let registers = || redis_cli(&server, ["KEYS", "*versions*"]).texts();
    assert_eq!(registers().len(), 1);
    let lost = || {
        let register = registers().pop().expect("there is one");
        redis_cli(&server, ["DEL", &register]);
        register
    };
    expecting(&cache, &source).await;
    lost();
    cache.scope(read(&source, 7)).await;
    assert_eq!(registers().len(), 1, "a read that asks for leave");
    lost();
    let gate = Gate::new();
    let callers = load(&cache, &source, &gate, 20..84).await;
    assert_eq!(registers().len(), 1, "several of them");
    land(&gate, callers).await;
}

/// One of them is deleted by a stranger while its body runs, one is overtaken by an invalidation.
#[tokio::test]
async fn a_fill_that_is_overtaken_fails_alone() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    let other = patient(&server);
    let gate = Gate::new();
    let callers = load(&cache, &source, &gate, 0..64).await;
    assert_eq!(redis_cli(&server, ["DEL", &key(20)]).int(), 1, "a lease stands there");
    other.scope(touch(40)).await.expect("the body succeeds");
    server.reset_stats();
    for (user, how) in land(&gate, callers).await {
        assert_eq!(how.stored, user.id != 20 && user.id != 40, "{}: {how}", user.id);
    }
    assert!(server.command_calls("evalsha") < 48, "they went together");
    for id in [20, 40] {
        assert_eq!(redis_cli(&server, ["EXISTS", &key(id)]).int(), 0);
    }
}

/// While an entry is guarded nothing is filled; the others are not concerned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guard_concerns_one_of_them() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    let later = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() + 100_000;
    for id in [20, 120] {
        redis_cli(&server, ["ZADD", &format!("{{{}}}:guard", key(id)), &later.to_string(), "token"]);
    }
    for ids in [0..64, 100..164] {
        let gate = Gate::new();
        let (guarded, callers) = (key(ids.start + 20), load(&cache, &source, &gate, ids).await);
        assert_eq!(redis_cli(&server, ["EXISTS", &guarded]).int(), 0, "no lease that others would wait for");
        for (user, how) in land(&gate, callers).await {
            assert_eq!(how.stored, user.id % 100 != 20, "{}: {how}", user.id);
        }
        // Now the next ones are expected to miss.
        expecting(&cache, &source).await;
        server.reset_stats();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_redis_type_among_them_is_replaced() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    for ids in [0..64, 100..164] {
        redis_cli(&server, ["RPUSH", &key(ids.start + 20), "a", "b"]);
        let gate = Gate::new();
        let callers = load(&cache, &source, &gate, ids).await;
        for (user, how) in land(&gate, callers).await {
            assert!(how.stored, "{}: {how}", user.id);
        }
        expecting(&cache, &source).await;
    }
}

/// What stands in a guard's place and is none: of claims, and then of reads that ask for leave.
#[tokio::test]
async fn a_guard_that_is_none_concerns_its_entry() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    for (none, ids) in [(20, 0..64), (120, 100..164)] {
        redis_cli(&server, ["SET", &format!("{{{}}}:guard", key(none)), "a text"]);
        server.reset_stats();
        let gate = Gate::new();
        let callers = load(&cache, &source, &gate, ids).await;
        for (user, how) in land(&gate, callers).await {
            let expected = if user.id == none { (false, "wrong_type") } else { (true, "none") };
            assert_eq!((how.stored, kind(how)), expected, "{}: {how}", user.id);
        }
        assert!(server.command_calls("evalsha") < 64, "alone they are one each at least");
    }
}

#[cached(resource = "team", key(id), ttl = "10m")]
async fn team(id: u64) -> String {
    format!("team {id}")
}

/// It fails the script as a whole. The others ask once more, and later ones share commands again.
#[tokio::test]
async fn a_register_that_is_none_concerns_its_resource() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    let register = "cache:versions:user";
    assert_eq!(redis_cli(&server, ["TYPE", register]).text(), "zset");
    for likely in [false, true] {
        if likely {
            redis_cli(&server, ["DEL", register]);
            expecting(&cache, &source).await;
        }
        redis_cli(&server, ["SET", register, "a text"]);
        let ids = if likely { 100..164 } else { 0..64 };
        let mut callers = JoinSet::new();
        for id in ids.clone() {
            let (one, two, source) = (cache.clone(), cache.clone(), Arc::clone(&source));
            callers.spawn(async move { (true, one.scope(read(&source, id)).await.1) });
            callers.spawn(async move { (false, two.scope(outcome(team(id))).await.1) });
        }
        for (of_user, how) in callers.join_all().await {
            let expected = if of_user { (false, "wrong_type") } else { (true, "none") };
            assert_eq!((how.stored, kind(how)), expected, "{how}");
        }
        for id in ids {
            assert_eq!(redis_cli(&server, ["EXISTS", &key(id)]).int(), 0, "{id}: no lease that others would wait for");
        }
    }
    redis_cli(&server, ["DEL", register]);
    shares(&server, &cache, &source, 200).await;
}

/// 64 misses share scripts: alone they are one each at least.
async fn shares(server: &RedisServer, cache: &Cache, source: &Arc<Source>, first: u64) {
    server.reset_stats();
    let gate = Gate::new();
    let callers = load(cache, source, &gate, first..first + 64).await;
    assert!(land(&gate, callers).await.iter().all(|(_, how)| how.stored));
    let scripts = server.command_calls("evalsha");
    assert!(scripts < 64, "64 misses ran {scripts} scripts");
}

/// A replica takes no writes; what is there is served.
#[tokio::test]
async fn who_meets_a_replica_is_served_what_is_there() {
    let primary = RedisServer::start();
    let replica = RedisServer::builder().replica_of(&primary).start();
    let (writer, source) = warm(&primary).await;
    writer.scope(read(&source, 7)).await;
    until("the replica has it", || redis_cli(&replica, ["EXISTS", &key(7)]).int() == 1).await;
    let reader = patient(&replica);
    // So often that the next read is one that asks for leave.
    for id in 0..11 {
        let (_, how) = reader.scope(read(&source, 1_000 + id)).await;
        assert_eq!((how.stored, kind(how)), (false, "read_only"), "{how}");
    }
    let (_, how) = reader.scope(read(&source, 7)).await;
    assert!(how.is_hit(), "{how}");
}

/// A server that is full refuses each of them; what is there is served. Once it has room they share commands again.
#[tokio::test]
async fn a_full_server_refuses_them_and_serves_what_it_has() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    cache.scope(read(&source, 7)).await;
    expecting(&cache, &source).await;
    redis_cli(&server, ["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    redis_cli(&server, ["CONFIG", "SET", "maxmemory", "1"]);
    let (_, how) = cache.scope(read(&source, 7)).await;
    assert!(how.is_hit(), "{how}");
    let gate = Gate::new();
    let callers = load(&cache, &source, &gate, 20..84).await;
    for (user, how) in land(&gate, callers).await {
        assert!(!how.stored, "{}: {how}", user.id);
        assert_eq!(kind(how), "out_of_memory", "{}", user.id);
    }
    redis_cli(&server, ["CONFIG", "SET", "maxmemory", "0"]);
    shares(&server, &cache, &source, 2_000).await;
}

/// Who may not run scripts has nothing stored, and reads what others stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_run_scripts_is_served_what_is_there() {
    let server = RedisServer::builder().acl_user("reader", "on >secret ~* &* +@all -evalsha -eval").start();
    let logs = Logs::local();
    let (writer, source) = warm(&server).await;
    let url = server.url_as("reader", "secret");
    let reader = Cache::builder().redis(url).patient().build().expect("good");
    for id in 0..64 {
        writer.scope(read(&source, id)).await;
    }
    expecting(&reader, &source).await;
    for id in 0..3 {
        let (_, how) = reader.scope(read(&source, id)).await;
        assert!(how.is_hit(), "{id}: {how}");
    }
    let mut callers = JoinSet::new();
    for id in 2_000..2_064 {
        let (reader, source) = (reader.clone(), Arc::clone(&source));
        callers.spawn(async move { reader.scope(read(&source, id)).await });
    }
    for (_, how) in callers.join_all().await {
        assert_eq!((how.stored, kind(how)), (false, "denied"), "{how}");
    }
    assert!(logs.matching("share no commands").len() <= 2, "{:?}", logs.lines());
}

/// Fills that the server does not answer are given up by all, who have their values.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_nothing_to_fills_is_given_up_by_all() {
    let server = RedisServer::start();
    let cache =
        builder(&server).patient().operation_timeout(Duration::from_millis(500)).build().expect("good settings");
    let source = Arc::new(Source::default());
    for _ in 0..2 {
        cache.scope(read(&source, 999)).await;
    }
    let gate = Gate::new();
    let callers = load(&cache, &source, &gate, 0..64).await;
    server.pause();
    for (user, how) in land(&gate, callers).await {
        assert!(!how.stored, "{}: {how}", user.id);
        assert!(matches!(how.error, Some(ErrorKind::Timeout | ErrorKind::BreakerOpen)), "{}: {how}", user.id);
    }
    server.resume();
}
