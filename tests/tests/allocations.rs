//! What hits allocate: those of the local tier nothing, and those that share a command next to nothing. And what calls do while the
//! store is away.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_runtime::test_util::{Faults, Which};
use cache_runtime::{BreakerState, Cache, CacheKey, CacheSchema, ErrorKind, Level, Policy, cached, outcome};
use cache_tests::{Patient as _, RedisServer};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, CacheSchema)]
struct User {
    id: u64,
    name: String,
}

/// Whatever a key can have: a tenant, a hash, an option, a version of its own, a suffix, tags.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "user", value = Arc<User>, ttl = "10m", version = "2024-05", suffix = "full", tags("users"))]
struct UserKey<'a> {
    #[cache(tenant)]
    org: u64,
    #[cache(hash)]
    mail: &'a str,
    nth: Option<u32>,
    id: u64,
}

#[cached(UserKey { org, mail, nth, id })]
async fn by_key(org: u64, mail: &str, nth: Option<u32>, id: u64) -> Result<Option<Arc<User>>, String> {
    Ok(Some(Arc::new(User { id, name: format!("{org} {mail} {nth:?}") })))
}

#[cached(resource = "plain", key(id), ttl = "1m", version = auto)]
async fn spelled(id: u64) -> Arc<User> {
    Arc::new(User { id, name: "Ada".into() })
}

#[cached(resource = "plain", key(id), tenant = org, ttl = "1m", version = auto)]
async fn of_tenant(org: &str, id: u64) -> Arc<User> {
    Arc::new(User { id, name: org.to_owned() })
}

#[cached(resource = "nobody", key(id), ttl = "1m", cache_none = "1m")]
async fn nobody(id: u64) -> Option<Arc<User>> {
    let _ = id;
    None
}

/// Polls a future that is ready at once, and counts what that allocates.
fn counted<T>(future: impl Future<Output = T>) -> (T, u64) {
    let mut future = pin!(future);
    let mut polled = Poll::Pending;
    let allocated = allocation_counter::measure(|| {
        polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    });
    let Poll::Ready(value) = polled else { panic!("it waits for something") };
    (value, allocated.count_total)
}

/// The first hits may make what is used from then on.
async fn allocates_nothing<T>(call: impl AsyncFn() -> T) {
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while outcome(call()).await.1.level != Level::Local {
        assert!(std::time::Instant::now() < deadline, "not held");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for _ in 0..3 {
        let ((_, how), allocated) = counted(outcome(call()));
        assert_eq!((how.level, allocated), (Level::Local, 0), "{how}");
        let (_, allocated) = counted(call());
        assert_eq!(allocated, 0);
    }
}

#[tokio::test]
async fn a_hit_of_a_shared_value_allocates_nothing() {
    let server = RedisServer::start();
    let policy = Policy::new().local(Duration::from_secs(60));
    let memory = Cache::builder().policy(policy).build().expect("good settings");
    let remote = Cache::builder().redis(server.url()).policy(policy).patient();
    // A minute without a heartbeat: the runtime is not polled while allocations are counted.
    let remote = remote.local_bound(Duration::from_secs(60)).build().expect("good settings");
    for cache in [memory, remote] {
        cache
            .scope(async {
                let mail = "ada@example.org";
                allocates_nothing(async || by_key(3, mail, Some(7), 9).await).await;
                allocates_nothing(async || by_key(3, mail, None, 9).await).await;
                allocates_nothing(async || spelled(9).await).await;
                allocates_nothing(async || of_tenant("acme", 9).await).await;
                allocates_nothing(async || of_tenant("a name of more than sixteen bytes", 9).await).await;
                allocates_nothing(async || nobody(9).await).await;
            })
            .await;
    }
}

/// That it would be seen.
#[tokio::test]
async fn a_hit_of_the_store_allocates() {
    let cache = Cache::builder().build().expect("good settings");
    cache
        .scope(async {
            spelled(9).await;
            let ((_, how), allocated) = counted(outcome(spelled(9)));
            assert_eq!(how.level, Level::Memory);
            assert!(allocated > 0);
        })
        .await;
}

#[cached(resource = "stored", key(id), ttl = "1m")]
async fn stored(id: u64) -> User {
    User { id, name: "Ada".into() }
}

/// Of many who read at once: the key lies in their list, and the answer comes to a seat in another.
#[tokio::test]
async fn a_read_that_shares_a_command_begins_with_one_allocation() {
    let server = RedisServer::start();
    let cache = Cache::builder().redis(server.url()).patient().build().expect("good settings");
    for _ in 0..8 {
        let reads = (0..64).map(|id| tokio::spawn(cache.scope(stored(id))));
        for read in reads.collect::<Vec<_>>() {
            read.await.expect("it does not panic");
        }
    }
    let begin = |read: std::pin::Pin<&mut dyn Future<Output = User>>| {
        assert!(read.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    };
    let mut reads: Vec<_> = (0..8).map(|id| Box::pin(cache.scope(stored(id)))).collect();
    let allocated = reads.iter_mut().map(|read| allocation_counter::measure(|| begin(read.as_mut())).count_total);
    // Some make room for others.
    assert_eq!(allocated.min(), Some(1), "what the read needs");
    for (id, read) in (0..).zip(reads) {
        assert_eq!(read.await.id, id);
    }
}

/// Leave to run the body. The key is written into a flight that ended.
#[tokio::test]
async fn a_call_that_the_breaker_refuses_makes_one_allocation() {
    let faults = Faults::new();
    faults.fail(Which::All, ErrorKind::Unavailable);
    let builder = Cache::builder().faults(&faults).breaker_open_for(Duration::from_secs(3600));
    let cache = builder.build().expect("good settings");
    let calls = async {
        while cache.health().breaker != BreakerState::Open {
            stored(7).await;
        }
        let ((_, how), _) = counted(outcome(stored(7)));
        assert_eq!(how.error, Some(ErrorKind::BreakerOpen));
        let (_, of_the_body) = counted(async { "Ada".to_owned() });
        assert_eq!(counted(stored(7)).1, of_the_body + 1);
    };
    cache.scope(calls).await;
}
