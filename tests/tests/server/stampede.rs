//! Many callers, one key: on a server and in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cache_runtime::{Cache, cached};
use cache_tests::{Patient as _, RedisServer, until};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use super::{Duration, User, UserKey, builder, patient};

/// A source whose reads wait until they are let through.
struct Gate {
    started: AtomicUsize,
    arrived: Notify,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self { started: AtomicUsize::new(0), arrived: Notify::new(), open: Semaphore::new(0) })
    }

    async fn pass(&self) -> usize {
        let nth = self.started.fetch_add(1, Ordering::SeqCst) + 1;
        self.arrived.notify_one();
        self.open.acquire().await.expect("open").forget();
        nth
    }

    fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }
}

#[cached(UserKey { id })]
async fn gated(gate: &Gate, id: u64) -> Result<User, String> {
    let nth = gate.pass().await;
    if nth == 1 && id == 13 {
        return Err("the first fails".into());
    }
    assert!(!(nth == 1 && id == 14), "the first panics");
    Ok(User { id, name: format!("read {nth}") })
}

fn spawn(
    callers: &mut JoinSet<Result<User, String>>,
    cache: &Cache,
    gate: &Arc<Gate>,
    id: u64,
) -> tokio::task::AbortHandle {
    let (cache, gate) = (cache.clone(), Arc::clone(gate));
    callers.spawn(async move { cache.scope(gated(&gate, id)).await })
}

/// Waits until this many callers wait for another one's load.
async fn waiting(cache: &Cache, callers: usize) {
    until("they wait", || cache.stats().waited >= callers).await;
}

/// A wait far longer than any test takes: what is tested is the hand-over, not the deadline.
fn memory() -> Cache {
    Cache::builder().wait_timeout(Duration::from_secs(600)).build().expect("good settings")
}

async fn one_load_for(cache: Cache, count: usize) {
    let gate = Gate::new();
    let mut callers = JoinSet::new();
    for _ in 0..count {
        spawn(&mut callers, &cache, &gate, 1);
    }
    waiting(&cache, count - 1).await;
    gate.open.add_permits(count);
    while let Some(user) = callers.join_next().await {
        assert_eq!(user.expect("no panic"), Ok(User { id: 1, name: "read 1".into() }));
    }
    assert_eq!(gate.started(), 1, "{count} callers, one load");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scenario_01_ten_to_ten_thousand_callers_make_one_load() {
    for count in [10, 100, 1_000, 10_000] {
        one_load_for(memory(), count).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scenario_01_on_a_server_too() {
    let server = RedisServer::start();
    // A thousand first reads on one new connection are slow on a busy machine, which would open the breaker: whoever came while a
    // body ran that may not fill loads for itself then.
    let cache = builder(&server).patient().wait_timeout(Duration::from_secs(600)).build().expect("good settings");
    one_load_for(cache, 1_000).await;
}

#[tokio::test]
async fn scenario_02_macro_and_direct_calls_share_one_load() {
    let (cache, gate) = (memory(), Gate::new());
    let mut callers = JoinSet::new();
    spawn(&mut callers, &cache, &gate, 1);
    gate.arrived.notified().await;
    for _ in 0..10 {
        spawn(&mut callers, &cache, &gate, 1);
        let (cache, gate) = (cache.clone(), Arc::clone(&gate));
        callers.spawn(async move {
            let load = || async {
                gate.pass().await;
                Err::<User, String>("never asked".into())
            };
            cache.get_or_load(&UserKey { id: 1 }, load).await.map_err(|error| error.to_string())
        });
    }
    waiting(&cache, 20).await;
    let seen = cache.get_many(&[UserKey { id: 1 }, UserKey { id: 2 }]).await.expect("memory");
    assert_eq!(seen, [None, None], "a plain read starts no load and waits for none");
    gate.open.add_permits(100);
    while let Some(user) = callers.join_next().await {
        assert_eq!(user.expect("no panic"), Ok(User { id: 1, name: "read 1".into() }));
    }
    assert_eq!(gate.started(), 1);
}

#[tokio::test]
async fn scenario_03_a_leader_that_errs_hands_over_at_once() {
    let (cache, gate) = (memory(), Gate::new());
    let mut callers = JoinSet::new();
    for _ in 0..5 {
        spawn(&mut callers, &cache, &gate, 13);
    }
    waiting(&cache, 4).await;
    gate.open.add_permits(5);
    let mut results = Vec::new();
    while let Some(user) = callers.join_next().await {
        results.push(user.expect("no panic"));
    }
    assert_eq!(results.iter().filter(|user| user.is_err()).count(), 1, "the error goes to its own caller");
    assert_eq!(gate.started(), 2, "the next one loads, for all that are left");
}

#[tokio::test]
async fn scenario_04_a_leader_that_panics_hangs_nobody() {
    let (cache, gate) = (memory(), Gate::new());
    let mut callers = JoinSet::new();
    for _ in 0..5 {
        spawn(&mut callers, &cache, &gate, 14);
    }
    waiting(&cache, 4).await;
    gate.open.add_permits(5);
    let (mut panics, mut users) = (0, 0);
    while let Some(user) = callers.join_next().await {
        match user {
            Err(error) if error.is_panic() => panics += 1,
            user => {
                assert_eq!(user.expect("joined").expect("loaded").name, "read 2");
                users += 1;
            }
        }
    }
    assert_eq!((panics, users, gate.started()), (1, 4, 2));
}

#[tokio::test]
async fn scenario_05_a_cancelled_leader_hands_over_and_only_one_loads() {
    let (cache, gate) = (memory(), Gate::new());
    let mut callers = JoinSet::new();
    let leader = spawn(&mut callers, &cache, &gate, 1);
    gate.arrived.notified().await;
    for _ in 0..1_000 {
        spawn(&mut callers, &cache, &gate, 1);
    }
    waiting(&cache, 1_000).await;
    leader.abort();
    gate.arrived.notified().await;
    assert_eq!(gate.started(), 2, "one takes over, not a thousand");
    gate.open.add_permits(10);
    let mut served = 0;
    while let Some(user) = callers.join_next().await {
        match user {
            Err(error) => assert!(error.is_cancelled()),
            Ok(user) => {
                assert_eq!(user.expect("loaded").name, "read 2");
                served += 1;
            }
        }
    }
    assert_eq!((served, gate.started()), (1_000, 2));
}

#[tokio::test]
async fn nobody_waits_past_the_deadline() {
    let cache = Cache::builder().wait_timeout(Duration::from_millis(20)).build().expect("good settings");
    let gate = Gate::new();
    let mut callers = JoinSet::new();
    spawn(&mut callers, &cache, &gate, 1);
    gate.arrived.notified().await;
    spawn(&mut callers, &cache, &gate, 1);
    // The second runs its own body while the first is still stuck in its own.
    gate.arrived.notified().await;
    assert_eq!(gate.started(), 2);
    gate.open.add_permits(2);
    while let Some(user) = callers.join_next().await {
        user.expect("no panic").expect("loaded");
    }
}

#[tokio::test]
async fn scenario_09_concurrent_misses_ask_the_store_once() {
    let server = RedisServer::start();
    let (cache, gate) = (patient(&server), Gate::new());
    cache.ping().await.expect("connected");
    server.reset_stats();
    let mut callers = JoinSet::new();
    for _ in 0..200 {
        spawn(&mut callers, &cache, &gate, 1);
    }
    waiting(&cache, 199).await;
    gate.open.add_permits(200);
    while let Some(user) = callers.join_next().await {
        user.expect("no panic").expect("loaded");
    }
    let stats = server.command_stats();
    // One GET, and one look in the script that fills; a SET in that and in the one that asks for leave.
    assert_eq!((stats.get("get"), stats.get("set")), (Some(&2), Some(&2)), "{stats:?}");
}
