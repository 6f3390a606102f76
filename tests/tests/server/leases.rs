//! Fills under a lease: what was loaded before an invalidation is kept nowhere, and one process loads at a time.
//!
//! Two caches stand for two processes: they share the server and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cache_runtime::{Status, outcome, refresh};
use cache_tests::{Patient as _, RedisServer, redis_cli, until};
use tokio::sync::{Notify, Semaphore};

use super::{Cache, Duration, Source, User, UserKey, builder, cached, patient, read, touch};

const KEY: &str = "cache:tenant-global:user:7:v2";

/// Holds bodies until they are let through.
pub(crate) struct Gate {
    /// How many bodies have begun.
    pub(crate) started: AtomicUsize,
    began: Notify,
    open: Semaphore,
}

impl Gate {
    /// A closed one.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { started: AtomicUsize::new(0), began: Notify::new(), open: Semaphore::new(0) })
    }

    /// Returns when a body has begun.
    pub(crate) async fn begun(&self) {
        self.began.notified().await;
    }

    /// Lets so many bodies through.
    pub(crate) fn open(&self, bodies: usize) {
        self.open.add_permits(bodies);
    }
}

/// Reads the source at its beginning, as a slow query does.
#[cached(UserKey { id })]
pub(crate) async fn slow(source: &Source, gate: &Gate, id: u64) -> Result<User, String> {
    let user = source.read(id);
    gate.started.fetch_add(1, Ordering::SeqCst);
    gate.began.notify_one();
    gate.open.acquire().await.map_err(|error| error.to_string())?.forget();
    if user.name == "read 1" && id == 13 { Err("the first fails".into()) } else { Ok(user) }
}

fn stored(server: &RedisServer) -> String {
    format!("{:?}", redis_cli(server, ["GET", KEY]))
}

#[tokio::test]
async fn scenario_33_a_value_loaded_before_another_process_invalidated_is_not_kept() {
    let server = RedisServer::start();
    let (one, two, source, gate) = (patient(&server), patient(&server), Source::default(), Gate::new());
    let load = one.scope(outcome(slow(&source, &gate, 7)));
    let write = async {
        gate.begun().await;
        two.scope(touch(7)).await.expect("the body succeeded");
        gate.open(1);
    };
    let ((old, how), ()) = tokio::join!(load, write);
    assert_eq!(
        (old.expect("loads").name.as_str(), how.stored),
        ("read 1", false),
        "its own caller gets it, nobody else"
    );
    assert_eq!(redis_cli(&server, ["EXISTS", KEY]).int(), 0, "{}", stored(&server));
    let (user, how) = two.scope(read(&source, 7)).await;
    assert_eq!((user.name.as_str(), how.is_miss(), how.stored), ("read 2", true, true));
}

#[tokio::test]
async fn scenario_34_a_value_loaded_before_its_tag_resource_or_everything_was_invalidated_is_not_kept() {
    let server = RedisServer::start();
    let (one, two) = (patient(&server), patient(&server));
    for set in ["tag", "resource", "all"] {
        let (source, gate) = (Source::default(), Gate::new());
        let load = one.scope(outcome(slow(&source, &gate, 7)));
        let write = async {
            gate.begun().await;
            let done = match set {
                "tag" => two.invalidate_tag("users").await,
                "resource" => two.invalidate_resource::<UserKey>().await,
                _ => two.clear().await,
            };
            done.expect("the server is well");
            gate.open(1);
        };
        let ((_, how), ()) = tokio::join!(load, write);
        assert!(!how.stored, "{set}");
        assert_eq!(redis_cli(&server, ["EXISTS", KEY]).int(), 0, "{set}");
    }
}

/// The server answers reads and refuses scripts.
#[tokio::test]
async fn scenario_08_where_no_lease_can_be_had_the_call_still_runs() {
    let server = RedisServer::builder().acl_user("reader", "on >secret ~* +@all -evalsha -eval").start();
    let url = server.url_as("reader", "secret");
    let cache = Cache::builder().redis(url).patient().build().expect("good settings");
    let source = Source::default();
    for nth in 1..3 {
        let (user, how) = cache.scope(read(&source, 7)).await;
        assert_eq!((user.name, how.stored, super::kind(how)), (format!("read {nth}"), false, "denied"));
    }
}

#[tokio::test]
async fn scenario_42_a_foreign_delete_during_a_load_rejects_its_fill() {
    let server = RedisServer::start();
    let (cache, source, gate) = (patient(&server), Source::default(), Gate::new());
    let load = cache.scope(outcome(slow(&source, &gate, 7)));
    let delete = async {
        gate.begun().await;
        assert_eq!(redis_cli(&server, ["DEL", KEY]).int(), 1, "the lease stands in the place of the value");
        gate.open(1);
    };
    let ((_, how), ()) = tokio::join!(load, delete);
    assert!(how.is_miss() && !how.stored);
    assert_eq!(redis_cli(&server, ["EXISTS", KEY]).int(), 0);
}

#[tokio::test]
async fn scenario_42_a_foreign_write_during_a_load_is_not_overwritten() {
    let server = RedisServer::start();
    let (cache, source, gate) = (patient(&server), Source::default(), Gate::new());
    let load = cache.scope(slow(&source, &gate, 7));
    let write = async {
        gate.begun().await;
        redis_cli(&server, ["SET", KEY, r#"{"id":7,"name":"foreign"}"#]);
        gate.open(1);
    };
    tokio::join!(load, write).0.expect("loads");
    assert_eq!(cache.scope(read(&source, 7)).await.0.name, "foreign");
}

#[tokio::test]
async fn scenario_42_the_late_fill_of_an_expired_lease_is_rejected() {
    let server = RedisServer::start();
    let (one, two) = (patient(&server), patient(&server));
    let (source, late, next) = (Source::default(), Gate::new(), Gate::new());
    let load = one.scope(outcome(slow(&source, &late, 7)));
    let meanwhile = async {
        late.begun().await;
        // The lease runs out; another process takes one, and a writer comes and goes.
        redis_cli(&server, ["DEL", KEY]);
        let other = two.scope(slow(&source, &next, 7));
        let release = async {
            next.begun().await;
            late.open(1);
        };
        tokio::join!(other, release)
    };
    let first = async {
        let done = load.await;
        // Only now the second fills.
        next.open(1);
        done
    };
    let ((old, how), (new, ())) = tokio::join!(first, meanwhile);
    assert_eq!((old.expect("loads").name.as_str(), how.stored), ("read 1", false));
    assert_eq!(new.expect("loads").name, "read 2");
    assert_eq!(one.scope(read(&source, 7)).await.0.name, "read 2", "the lease of the second was not touched");
}

#[tokio::test]
async fn scenario_06_two_processes_that_miss_together_load_once() {
    let server = RedisServer::start();
    let (one, two, source, gate) = (patient(&server), patient(&server), Source::default(), Gate::new());
    let first = one.scope(slow(&source, &gate, 7));
    let second = async {
        gate.begun().await;
        let wait = two.scope(outcome(slow(&source, &gate, 7)));
        let open = async {
            // The second has seen the lease, and looks again.
            let gets = || server.command_calls("get");
            let before = gets();
            until("it looks again", || gets() >= before + 3).await;
            gate.open(1);
        };
        tokio::join!(wait, open).0
    };
    let (first, (second, how)) = tokio::join!(first, second);
    assert_eq!(first, second);
    assert_eq!((how.is_hit(), source.reads()), (true, 1));
}

#[tokio::test]
async fn a_process_that_waited_to_its_deadline_loads_for_itself() {
    let server = RedisServer::start();
    let (one, source, gate) = (patient(&server), Source::default(), Gate::new());
    let two = builder(&server).patient().wait_timeout(Duration::from_millis(30)).build().expect("good settings");
    let first = one.scope(slow(&source, &gate, 7));
    let second = async {
        gate.begun().await;
        let done = two.scope(outcome(super::get_user(&source, 7))).await;
        gate.open(1);
        done
    };
    let (first, (second, how)) = tokio::join!(first, second);
    assert_eq!((first.expect("loads").name.as_str(), second.expect("loads").name.as_str()), ("read 1", "read 2"));
    assert!(how.ran_body() && !how.stored, "{how}");
}

#[tokio::test]
async fn scenario_07_a_lease_whose_holder_died_runs_out_and_another_loads() {
    let server = RedisServer::start();
    let (one, two) = (patient(&server), patient(&server));
    let (source, never) = (Source::default(), Gate::new());
    // A process that is killed drops nothing: its lease stays.
    let mut dead = Box::pin(one.scope(slow(&source, &never, 7)));
    tokio::select! { biased; _ = &mut dead => unreachable!("closed"), () = never.begun() => {} }
    std::mem::forget(dead);
    redis_cli(&server, ["PEXPIRE", KEY, "100"]);
    let (user, how) = two.scope(read(&source, 7)).await;
    assert_eq!((user.name.as_str(), how.is_miss(), how.stored), ("read 2", true, true));
}

#[tokio::test]
async fn a_load_that_fails_gives_its_lease_back() {
    let server = RedisServer::start();
    let (cache, source, gate) = (patient(&server), Source::default(), Gate::new());
    gate.open(1);
    cache.scope(slow(&source, &gate, 13)).await.expect_err("the first fails");
    while redis_cli(&server, ["EXISTS", "cache:tenant-global:user:13:v2"]).int() == 1 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_long_load_keeps_its_lease() {
    let server = RedisServer::start();
    let cache = builder(&server).patient().lease_ttl(Duration::from_millis(600)).build().expect("good settings");
    let (source, gate) = (Source::default(), Gate::new());
    let load = cache.scope(outcome(slow(&source, &gate, 7)));
    let wait = async {
        gate.begun().await;
        // So long that it is the renewal that shortens it, however late it comes.
        redis_cli(&server, ["PEXPIRE", KEY, "1000000"]);
        while redis_cli(&server, ["PTTL", KEY]).int() > 600 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        redis_cli(&server, ["PERSIST", KEY]);
        gate.open(1);
    };
    let ((_, how), ()) = tokio::join!(load, wait);
    assert!(how.stored, "{how}");
}

/// What one call costs, by the server's own count of the commands that clients sent.
#[tokio::test]
async fn round_trips_hit_1_miss_3_invalidation_1() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache
        .scope(async {
            // The scripts are loaded, the register is made.
            read(&source, 1).await;
            touch(1).await.expect("the body succeeded");
            // The stamps are made by the first load, and known from the next read on.
            read(&source, 1).await;
            let counts = || (server.command_calls("get"), server.command_calls("evalsha"), server.command_calls("set"));
            let stamps = || server.command_calls("zmscore");
            let asked = stamps();
            let before = counts();
            assert!(read(&source, 7).await.1.stored);
            let missed = counts();
            // GET; SET, which asks for leave; and a script that fills: it looks at the key, and sets it.
            let all = (missed.0 - before.0, missed.1 - before.1, missed.2 - before.2);
            assert_eq!(all, (1 + 1, 1, 1 + 1), "a miss");
            assert!(read(&source, 7).await.1.is_hit());
            let hit = counts();
            assert_eq!((hit.0 - missed.0, hit.1 - missed.1), (1, 0), "a hit");
            assert_eq!(stamps(), asked, "the server tells of changed stamps, and is not asked for them");
            let keys: Vec<UserKey> = (0..100).map(|id| UserKey { id }).collect();
            cache.invalidate_many(&keys).await.expect("the server is well");
            let gone = counts();
            let all = (gone.0 - hit.0, gone.1 - hit.1, gone.2 - hit.2);
            assert_eq!(all, (0, 1, 0), "an invalidation of a hundred keys");
            assert_eq!(server.command_calls("eval"), 0);
        })
        .await;
}

/// One caller loads; a second one comes after `meanwhile`, and waits for it. What each of them is given.
pub(crate) async fn two_meet(
    cache: &Cache,
    source: &Source,
    gate: &Gate,
    meanwhile: impl Future<Output = ()>,
) -> [String; 2] {
    let first = cache.scope(slow(source, gate, 7));
    let second = async {
        gate.begun().await;
        meanwhile.await;
        let open = async {
            until("it waits", || cache.stats().waited > 0).await;
            gate.open(2);
        };
        tokio::join!(cache.scope(slow(source, gate, 7)), open).0
    };
    let (first, second) = tokio::join!(first, second);
    [first, second].map(|user| user.expect("loads").name)
}

/// A call that begins after another process's invalidation has returned does not get what was loaded before.
#[tokio::test]
async fn a_late_caller_is_not_served_by_a_load_that_an_invalidation_overtook() {
    let server = RedisServer::start();
    let (one, two, source, gate) = (patient(&server), patient(&server), Source::default(), Gate::new());
    let touch = async { two.scope(touch(7)).await.expect("the body succeeded") };
    let names = two_meet(&one, &source, &gate, touch).await;
    assert_eq!(names, ["read 1", "read 2"], "the second joined the flight of `read 1`, and is not served by it");
}

#[tokio::test]
async fn a_refresh_keeps_the_old_value_until_it_has_the_new_one() {
    let server = RedisServer::start();
    let (cache, source, gate) = (patient(&server), Source::default(), Gate::new());
    cache.scope(read(&source, 7)).await;
    let load = cache.scope(outcome(refresh(slow(&source, &gate, 7))));
    let meanwhile = async {
        gate.begun().await;
        let other = patient(&server);
        assert_eq!(other.scope(read(&source, 7)).await.0.name, "read 1");
        gate.open(1);
    };
    let ((_, how), ()) = tokio::join!(load, meanwhile);
    assert_eq!((how.status, how.stored), (Status::Refresh, true));
    assert_eq!(cache.scope(read(&source, 7)).await.0.name, "read 2");
}

#[tokio::test]
async fn a_refresh_that_an_invalidation_overtook_is_not_stored() {
    let server = RedisServer::start();
    let (one, two, source, gate) = (patient(&server), patient(&server), Source::default(), Gate::new());
    one.scope(read(&source, 7)).await;
    let load = one.scope(outcome(refresh(slow(&source, &gate, 7))));
    let write = async {
        gate.begun().await;
        two.scope(touch(7)).await.expect("the body succeeded");
        gate.open(1);
    };
    let ((_, how), ()) = tokio::join!(load, write);
    assert!(!how.stored);
    assert_eq!(two.scope(read(&source, 7)).await.0.name, "read 3");
}

#[tokio::test]
async fn a_flush_during_a_load_rejects_its_fill() {
    let server = RedisServer::start();
    let (cache, source, gate): (Cache, _, _) = (patient(&server), Source::default(), Gate::new());
    let load = cache.scope(outcome(slow(&source, &gate, 7)));
    let flush = async {
        gate.begun().await;
        redis_cli(&server, ["FLUSHALL"]);
        gate.open(1);
    };
    let ((_, how), ()) = tokio::join!(load, flush);
    assert!(!how.stored);
    assert_eq!(redis_cli(&server, ["EXISTS", KEY]).int(), 0);
}

/// Lives for as many hours as its number says, which nobody knows before it is loaded.
#[cached(resource = "lasting", key(id), ttl = |user| Duration::from_secs(3600 * user.id))]
async fn lasting(source: &Source, id: u64) -> User {
    source.read(id)
}

/// The claim registers for an entry of the usual life; the fill has to see to the rest.
#[tokio::test]
async fn a_version_is_registered_for_longer_than_what_is_filled() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    for hours in [1, 3, 50, 2] {
        let (_, how) = cache.scope(cache_runtime::outcome(lasting(&source, hours))).await;
        assert!(how.stored, "{how}");
        let register = "cache:versions:lasting";
        let versions = redis_cli(&server, ["ZRANGE", register, "0", "-1"]).texts();
        let until: f64 = redis_cli(&server, ["ZSCORE", register, &versions[0]]).text().parse().expect("a score");
        let gone = redis_cli(&server, ["PEXPIRETIME", &format!("cache:tenant-global:lasting:{hours}:{}", versions[0])]);
        assert!(gone.int() > 0 && until >= gone.int() as f64, "{hours} hours: {until} beside {gone:?}");
    }
}
