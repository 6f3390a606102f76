//! One command for each slot: what works on one server works on many.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cache_tests::{RedisCluster, redis_cli, until};
use tokio::sync::{Notify, Semaphore};

use super::{Source, User, UserKey, cached, invalidates, outcome, patient, read, rename, shared, text, touch};

const MANY: u64 = 300;

/// Holds bodies until they are let through.
struct Gate {
    began: Notify,
    open: Semaphore,
    started: AtomicUsize,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self { began: Notify::new(), open: Semaphore::new(0), started: AtomicUsize::new(0) })
    }

    async fn pass(&self) -> Result<(), String> {
        self.started.fetch_add(1, Ordering::SeqCst);
        self.began.notify_one();
        self.open.acquire().await.map_err(|error| error.to_string())?.forget();
        Ok(())
    }
}

/// Reads the source at its beginning, as a slow query does.
#[cached(UserKey { id })]
async fn slow(source: &Source, gate: &Gate, id: u64) -> Result<User, String> {
    let user = source.read(id);
    gate.pass().await?;
    Ok(user)
}

#[invalidates(UserKey { id }, guard = "30s")]
async fn guarded(gate: &Gate, id: u64) -> Result<(), String> {
    gate.pass().await
}

fn user(id: u64) -> User {
    User { id, name: format!("user {id}") }
}

#[tokio::test]
async fn many_keys_on_all_nodes() {
    let (cluster, prefix) = (shared(), "many");
    let cache = patient(cluster, prefix);
    let owners: BTreeSet<usize> = (0..MANY).map(|id| cluster.owner(&text(prefix, id))).collect();
    assert_eq!(owners.len(), 3, "the keys lie on all nodes");
    let entries: Vec<(UserKey, User)> = (0..MANY).map(|id| (UserKey { id }, user(id))).collect();
    cache.put_many(&entries).await.expect("stored");
    let keys: Vec<UserKey> = (0..MANY + 20).map(|id| UserKey { id }).collect();
    let found = cache.get_many(&keys).await.expect("asked");
    let expected: Vec<Option<User>> = (0..MANY + 20).map(|id| (id < MANY).then(|| user(id))).collect();
    assert_eq!(found, expected);
    assert_eq!(cache.get(&keys[42]).await.expect("asked"), Some(user(42)));
    assert_eq!(cache.invalidate_many(&keys).await.expect("removed"), MANY);
    assert!(cache.get_many(&keys).await.expect("asked").iter().all(Option::is_none));
    assert!(cache.get_many::<UserKey>(&[]).await.expect("asked").is_empty());
    cache.put_many::<UserKey>(&[]).await.expect("nothing to do");
}

#[tokio::test]
async fn hit_miss_invalidate_update() {
    let (cache, source) = (patient(shared(), "annotated"), Source::default());
    cache
        .scope(async {
            for id in 0..40 {
                let (_, miss) = read(&source, id).await;
                assert!(miss.is_miss() && miss.stored, "{id}: {miss}");
                assert!(read(&source, id).await.1.is_hit(), "{id}");
                touch(id).await.expect("the body succeeded");
                assert!(read(&source, id).await.1.is_miss(), "{id}");
                rename(id, "new").await.expect("the body succeeded");
                let (user, hit) = read(&source, id).await;
                assert_eq!((user.name.as_str(), hit.is_hit()), ("new", true), "{id}");
            }
        })
        .await;
    assert_eq!(source.reads(), 80);
    cache.ping().await.expect("the cluster answers");
}

#[tokio::test]
async fn scenario_33_a_value_loaded_before_another_process_invalidated_is_not_kept() {
    let (cluster, prefix) = (shared(), "stale");
    let (one, two, source) = (patient(cluster, prefix), patient(cluster, prefix), Source::default());
    for id in 0..6 {
        let gate = Gate::new();
        let load = one.scope(outcome(slow(&source, &gate, id)));
        let write = async {
            gate.began.notified().await;
            two.scope(touch(id)).await.expect("the body succeeded");
            gate.open.add_permits(1);
        };
        let ((_, how), ()) = tokio::join!(load, write);
        assert!(how.is_miss() && !how.stored, "its own caller gets it, nobody else");
        let key = text(prefix, id);
        assert_eq!(cluster.cli(&key, ["EXISTS", &key]).int(), 0);
        assert!(two.scope(read(&source, id)).await.1.stored);
    }
}

#[tokio::test]
async fn scenario_06_two_processes_that_miss_together_load_once() {
    let cluster = RedisCluster::start();
    let (one, two) = (patient(&cluster, "once"), patient(&cluster, "once"));
    let (source, gate) = (Source::default(), Gate::new());
    let first = one.scope(slow(&source, &gate, 7));
    let second = async {
        gate.began.notified().await;
        let wait = two.scope(outcome(slow(&source, &gate, 7)));
        let open = async {
            // The second has seen the lease, and looks again.
            let before = cluster.command_calls("get");
            until("it looks again", || cluster.command_calls("get") >= before + 3).await;
            gate.open.add_permits(1);
        };
        tokio::join!(wait, open).0
    };
    let (first, (second, how)) = tokio::join!(first, second);
    assert_eq!(first, second);
    assert_eq!((how.is_hit(), source.reads()), (true, 1));
}

#[tokio::test]
async fn nothing_is_filled_while_a_write_is_guarded() {
    let cluster = shared();
    let (one, two) = (patient(cluster, "guarded"), patient(cluster, "guarded"));
    let (source, writer) = (Source::default(), Gate::new());
    one.scope(read(&source, 7)).await;
    let write = one.scope(guarded(&writer, 7));
    let reads = async {
        writer.began.notified().await;
        for _ in 0..2 {
            let (_, how) = two.scope(read(&source, 7)).await;
            assert!(how.ran_body() && !how.stored, "{how}");
        }
        writer.open.add_permits(1);
    };
    tokio::join!(write, reads).0.expect("the body succeeded");
    let (_, how) = two.scope(read(&source, 7)).await;
    assert!(how.is_miss() && how.stored, "the guard is lifted: {how}");
}

/// A version of another program is known from the register alone, which lies in a slot of its own.
#[tokio::test]
async fn a_version_that_another_program_registered_is_removed() {
    let (cluster, prefix) = (shared(), "versions");
    let cache = patient(cluster, prefix);
    let register = format!("{prefix}:versions:user");
    for id in 0..4 {
        let (own, foreign) = (text(prefix, id), format!("{prefix}:tenant-global:user:{id}:v9"));
        cluster.cli(&register, ["ZADD", &register, "99999999999999", "v9"]);
        cluster.cli(&foreign, ["SET", &foreign, "of another program"]);
        cache.scope(read(&Source::default(), id)).await;
        assert_eq!(cluster.cli(&own, ["EXISTS", &own]).int(), 1);
        cache.scope(touch(id)).await.expect("the body succeeded");
        for key in [own, foreign] {
            assert_eq!(cluster.cli(&key, ["EXISTS", &key]).int(), 0, "{key}");
        }
    }
    // And its own version is there for others to find.
    let members = cluster.cli(&register, ["ZRANGE", &register, "0", "-1"]).texts();
    assert_eq!(members, ["v2", "v9"]);
}

/// By the servers' own count of the commands that clients sent.
#[tokio::test]
async fn round_trips_of_an_invalidation_one_script_for_each_slot() {
    let cluster = RedisCluster::start();
    let (cache, source) = (patient(&cluster, "trips"), Source::default());
    let keys: Vec<UserKey> = (0..60).map(|id| UserKey { id }).collect();
    let slots: BTreeSet<usize> = (0..60).map(|id| cluster.slot(&text("trips", id))).collect();
    cache
        .scope(async {
            // The scripts are loaded on all nodes.
            for id in 0..60 {
                read(&source, id).await;
            }
            cache.invalidate_many(&keys).await.expect("the nodes are well");
            let calls = || ["evalsha", "eval", "zrange", "get"].map(|command| cluster.command_calls(command));
            let before = calls();
            cache.invalidate_many(&keys).await.expect("the nodes are well");
            let gone = calls();
            let took: Vec<u64> = gone.iter().zip(before).map(|(after, before)| after - before).collect();
            assert_eq!(took, [slots.len() as u64, 0, 1, 0], "an invalidation of sixty keys");
            assert!(read(&source, 7).await.1.stored);
            let missed = calls();
            // GET, then registering, claiming, filling, which looks at the key.
            assert_eq!((missed[0] - gone[0], missed[3] - gone[3]), (3, 2), "a miss");
            assert!(read(&source, 7).await.1.is_hit());
            let hit = calls();
            assert_eq!((hit[0] - missed[0], hit[3] - missed[3]), (0, 1), "a hit");
        })
        .await;
}

#[tokio::test]
async fn scripts_that_nodes_forgot_are_sent_again() {
    let cluster = RedisCluster::start();
    let (cache, source) = (patient(&cluster, "scripts"), Source::default());
    let keys: Vec<UserKey> = (0..30).map(|id| UserKey { id }).collect();
    for _ in 0..2 {
        for node in cluster.nodes() {
            redis_cli(node, ["SCRIPT", "FLUSH"]);
        }
        let stored = cache.scope(async {
            for id in 0..10 {
                assert!(read(&source, id).await.1.stored, "{id}");
            }
        });
        stored.await;
        assert_eq!(cache.invalidate_many(&keys).await.expect("removed"), 10);
    }
}

#[tokio::test]
async fn slots_that_move_are_followed() {
    let cluster = RedisCluster::start();
    let (cache, source) = (patient(&cluster, "moving"), Source::default());
    cache
        .scope(async {
            read(&source, 1).await;
            touch(7).await.expect("the body succeeded");
            let key = text("moving", 7);
            let (slot, to) = (cluster.slot(&key), (cluster.owner(&key) + 1) % 3);
            cluster.move_slot(slot, to);
            assert!(read(&source, 7).await.1.stored);
            assert!(read(&source, 7).await.1.is_hit());
            assert_eq!(redis_cli(&cluster.nodes()[to], ["EXISTS", &key]).int(), 1);
            assert_eq!(cache.invalidate_many(&[UserKey { id: 1 }, UserKey { id: 7 }]).await.expect("removed"), 2);
        })
        .await;
}
