//! Most hits in a service: of an `Arc`, near to the thread, in a program that never made a scope. They go a way of their own, and
//! what ends a hit elsewhere ends it there. All in one test, as a scope is remembered for the whole process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cache_runtime::test_util::{Faults, ManualClock};
use cache_runtime::{Cache, CacheKey, ErrorKind, Operation, bypass, cached, invalidates, transaction};
use cache_tests::{Patient as _, RedisServer, redis_cli};

/// Says how often it was read.
type Name = Arc<String>;

#[derive(Default)]
struct Source(AtomicUsize);

impl Source {
    fn read(&self) -> Name {
        Arc::new(format!("read {}", self.0.fetch_add(1, Ordering::SeqCst) + 1))
    }
}

#[cached(resource = "name", key(id), cache = cache, ttl = "1h", local = "10m", tags("names"))]
async fn name(cache: &Cache, source: &Source, id: u64) -> Name {
    source.read()
}

#[invalidates(resource = "name", key(id), cache = cache)]
async fn touch(cache: &Cache, id: u64) {}

#[invalidates(tag("names"), cache = cache)]
async fn touch_all(cache: &Cache) {}

#[cached(resource = "name", key(id), cache = cache, ttl = "1h", local = "0s", tags("names"))]
async fn not_held(cache: &Cache, source: &Source, id: u64) -> Name {
    source.read()
}

#[cached(resource = "name", key(id), cache = cache, ttl = "1h", local = "10m", tags("names"))]
async fn length(cache: &Cache, source: &Source, id: u64) -> Arc<usize> {
    Arc::new(source.read().len())
}

#[cached(resource = "fresh", key(id), cache = cache, ttl = "1h", local = "10m", bypass = *fresh)]
async fn perhaps_fresh(cache: &Cache, source: &Source, id: u64, fresh: &bool) -> Name {
    source.read()
}

#[cached(resource = "suffixed", key(id), suffix = format!("{part}"), cache = cache, ttl = "1h", local = "10m")]
async fn suffixed(cache: &Cache, source: &Source, id: u64, part: &str) -> Name {
    source.read()
}

#[cached(resource = "full", key(id), cache = cache, ttl = "1h", local = "10m")]
async fn plain(cache: &Cache, source: &Source, id: u64) -> Name {
    source.read()
}

#[cached(resource = "full", key(id), suffix = "full", cache = cache, ttl = "1h", local = "10m")]
async fn full(cache: &Cache, source: &Source, id: u64) -> Name {
    source.read()
}

#[cached(resource = "full", key(id), suffix = "brief", cache = cache, ttl = "1h", local = "10m")]
async fn brief(cache: &Cache, source: &Source, id: u64) -> Name {
    source.read()
}

#[cached(resource = "of-tenant", key(id), tenant = org, cache = cache, ttl = "1h", local = "10m")]
async fn of_tenant(cache: &Cache, source: &Source, org: Option<&str>, id: u64) -> Name {
    source.read()
}

#[cached(resource = "nobody", key(id), cache = cache, ttl = "1h", cache_none = "1h", local = "10m")]
async fn nobody(cache: &Cache, source: &Source, id: u64) -> Option<Name> {
    source.read();
    None
}

/// The read that is refused.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

fn is_refused(name: &str) -> bool {
    name == format!("read {}", REFUSED.load(Ordering::SeqCst))
}

#[derive(CacheKey)]
#[cache(resource = "picky", value = Name, ttl = "1h", local = "10m", validate = |_: &PickyKey, name: &Name| !is_refused(name))]
struct PickyKey {
    id: u64,
}

#[cached(PickyKey { id }, cache = cache)]
async fn picky(cache: &Cache, source: &Source, id: u64) -> Name {
    source.read()
}

#[cached(resource = "installed", key(id), ttl = "1h", local = "10m")]
async fn installed(source: &Source, id: u64) -> Name {
    source.read()
}

fn cache() -> Cache {
    Cache::builder().build().expect("good settings")
}

/// Calls until the value is held and near, and a few times more.
async fn settled<T: PartialEq + std::fmt::Debug>(call: impl AsyncFn() -> T) -> T {
    let first = call().await;
    for _ in 0..4 {
        assert_eq!(call().await, first);
    }
    first
}

/// Calls until what was held is served no more.
async fn let_go(why: &str, call: impl AsyncFn() -> Name, held: &Name) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while call().await == *held {
        assert!(Instant::now() < deadline, "{why}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_shared_hit_ends_as_any_other() {
    invalidated().await;
    told_by_a_server().await;
    expired().await;
    of_its_own_key().await;
    refused().await;
    while_an_invalidation_waits().await;
    of_its_own_cache().await;
    within_scopes().await;
}

/// By its key, by a tag, by clearing everything; and hits are counted until then.
async fn invalidated() {
    let (cache, source) = (cache(), Source::default());
    let call = async || name(&cache, &source, 7).await;
    let mut last = settled(call).await;
    let shared = [call().await, call().await];
    assert!(Arc::ptr_eq(&shared[0], &shared[1]), "a thread has one copy");
    assert_eq!((cache.stats().hits, source.0.load(Ordering::SeqCst)), (6, 1));
    for how in ["key", "tag", "clear"] {
        match how {
            "key" => touch(&cache, 7).await,
            "tag" => cache.invalidate_tag("names").await.expect("the store is this process"),
            _ => cache.clear().await.expect("the store is this process"),
        }
        let next = settled(call).await;
        assert_ne!(next, last, "{how}");
        last = next;
    }
    assert_eq!(source.0.load(Ordering::SeqCst), 4);
}

/// What another process does, and that the server is gone.
async fn told_by_a_server() {
    let server = RedisServer::start();
    let build = || Cache::builder().redis(server.url()).patient().build().expect("good settings");
    let (one, two, source) = (build(), build(), Source::default());
    let call = async || name(&one, &source, 7).await;
    let first = settled(call).await;
    assert_eq!(one.stats().local_entries, 1, "it is held");
    touch(&two, 7).await;
    let_go("it is told", call, &first).await;
    let second = settled(call).await;
    redis_cli(&server, ["FLUSHALL"]);
    let_go("all is gone", call, &second).await;
    let third = settled(call).await;
    server.stop();
    let_go("nobody tells", call, &third).await;
}

async fn expired() {
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(clock.clone()).build().expect("good settings");
    let source = Source::default();
    let call = async || name(&cache, &source, 7).await;
    let first = settled(call).await;
    clock.advance(Duration::from_secs(3_599));
    assert_eq!(settled(call).await, first, "the store has it");
    clock.advance(Duration::from_secs(2));
    assert_ne!(settled(call).await, first);
}

/// Suffixes, tenants, and that there is no value.
async fn of_its_own_key() {
    let (cache, source) = (cache(), Source::default());
    let mut all = Vec::new();
    for part in ["a", "b"] {
        all.push(settled(async || suffixed(&cache, &source, 7, part).await).await);
    }
    all.push(settled(async || plain(&cache, &source, 7).await).await);
    all.push(settled(async || full(&cache, &source, 7).await).await);
    all.push(settled(async || brief(&cache, &source, 7).await).await);
    for org in ["a", "b"] {
        all.push(settled(async || of_tenant(&cache, &source, Some(org), 7).await).await);
    }
    for id in [7, 8] {
        all.push(settled(async || name(&cache, &source, id).await).await);
    }
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
    assert_ne!(
        of_tenant(&cache, &source, None, 7).await,
        of_tenant(&cache, &source, None, 7).await,
        "without a tenant"
    );
    let before = source.0.load(Ordering::SeqCst);
    assert_eq!(settled(async || nobody(&cache, &source, 7).await).await, None);
    assert_eq!(source.0.load(Ordering::SeqCst), before + 1);
}

/// By the call, by its key, by its type, and by who says that nothing is held.
async fn refused() {
    let (cache, source) = (cache(), Source::default());
    let first = settled(async || perhaps_fresh(&cache, &source, 7, &false).await).await;
    assert_ne!(perhaps_fresh(&cache, &source, 7, &true).await, first);
    assert_eq!(settled(async || perhaps_fresh(&cache, &source, 7, &false).await).await, first);

    let (others, source) = (self::cache(), Source::default());
    let call = async || picky(&others, &source, 7).await;
    assert_eq!(settled(call).await.as_str(), "read 1");
    REFUSED.store(1, Ordering::SeqCst);
    assert_eq!(settled(call).await.as_str(), "read 2");

    let held = settled(async || name(&cache, &source, 9).await).await;
    let local = cache.stats().local;
    assert_eq!((not_held(&cache, &source, 9).await, cache.stats().local), (held, local), "it asks the store");
    let hits = cache.stats().hits;
    let length = async || length(&cache, &source, 9).await;
    assert_eq!((*length().await, cache.stats().hits), (6, hits), "a value of another type is none, and no hit");
    assert_eq!(*settled(length).await, 6);
}

async fn of_its_own_cache() {
    let source = Source::default();
    let (one, two) = (cache(), cache());
    let firsts = [&one, &two].map(async |cache| settled(async || name(cache, &source, 7).await).await);
    let [first, second] = firsts;
    assert_ne!(first.await, second.await);
    cache().install().expect("nobody else does");
    let ambient = settled(async || installed(&source, 7).await).await;
    assert_eq!((ambient.as_str(), Cache::current().stats().hits), ("read 3", 4));
    let scoped = one.scope(async { settled(async || installed(&source, 7).await).await }).await;
    assert_eq!(scoped.as_str(), "read 4");
    assert_eq!(settled(async || installed(&source, 7).await).await, ambient);
}

async fn while_an_invalidation_waits() {
    let (faults, source) = (Faults::new(), Source::default());
    let cache = Cache::builder().faults(&faults).build().expect("good settings");
    let call = async || name(&cache, &source, 7).await;
    for what in ["key", "tag"] {
        let first = settled(call).await;
        faults.fail(Operation::Invalidate, ErrorKind::Unavailable);
        if what == "key" {
            touch(&cache, 7).await
        } else {
            touch_all(&cache).await
        }
        let (second, third) = (call().await, call().await);
        assert!(first != second && second != third, "{what}: nothing is held meanwhile");
        faults.heal();
        cache.shutdown().await.expect("what waits is done");
    }
}

/// The last ones, as a program that made a scope looks for one at each call.
async fn within_scopes() {
    let (cache, source) = (cache(), Source::default());
    let call = async || name(&cache, &source, 7).await;
    let first = settled(call).await;
    assert_ne!(bypass(call()).await, first);
    let (inside, invalidations) = transaction(async {
        touch(&cache, 7).await;
        call().await
    })
    .await;
    assert_ne!(inside, first, "the transaction sees its own state");
    assert_eq!(call().await, first, "nothing is committed");
    invalidations.commit().await;
    assert_ne!(call().await, first);
}
