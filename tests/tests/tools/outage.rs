//! Every operation fails in every way: each call returns what its body returns.

use std::time::Duration;

use cache_runtime::test_util::{Faults, Which};
use cache_runtime::{Cache, CacheBuilder, ErrorKind, Operation, cached, outcome, refresh};
use cache_tests::RedisServer;

use super::{Source, User, UserKey, faulty, get_user, read, rename, touch, touch_guarded};

const KINDS: [ErrorKind; 15] = [
    ErrorKind::Config,
    ErrorKind::Unavailable,
    ErrorKind::Timeout,
    ErrorKind::BreakerOpen,
    ErrorKind::Loading,
    ErrorKind::Denied,
    ErrorKind::ReadOnly,
    ErrorKind::OutOfMemory,
    ErrorKind::WrongType,
    ErrorKind::Refused,
    ErrorKind::Decode,
    ErrorKind::Encode,
    ErrorKind::TooLarge,
    ErrorKind::TenantMissing,
    ErrorKind::Load,
];

/// What annotated functions ask a store for.
const OPERATIONS: [Operation; 6] =
    [Operation::Get, Operation::Put, Operation::Claim, Operation::Invalidate, Operation::Guard, Operation::Discard];

/// What direct calls alone ask it for.
const DIRECT: [Operation; 4] = [Operation::GetMany, Operation::PutMany, Operation::Invalidate, Operation::Ping];

/// Another shape under the key of the users: neither decodes the other's entry.
#[cached(resource = "user", key(id), ttl = "10m", version = 2)]
async fn misread(id: u64) -> Result<Vec<u64>, String> {
    Ok(vec![id])
}

/// Calls everything there is, twice, and checks what it returns.
async fn calls(cache: &Cache, id: u64) {
    let source = Source::default();
    cache
        .scope(async {
            for _ in 0..2 {
                assert_eq!(read(&source, id).await.0.id, id);
                assert_eq!(misread(id).await, Ok(vec![id]));
                assert_eq!(read(&source, id).await.0.id, id);
                assert_eq!(refresh(get_user(&source, id)).await.expect("the body's").id, id);
                touch(id).await.expect("the body's");
                touch_guarded(id).await.expect("the body's");
                assert_eq!(rename(id, "new").await.expect("the body's").name, "new");
                let load = || async { Ok::<_, std::io::Error>(source.read(id)) };
                assert_eq!(cache.get_or_load(&UserKey { id }, load).await.expect("the loader's").id, id);
            }
        })
        .await;
}

async fn table(store: &str, builder: impl Fn() -> CacheBuilder) {
    let mut id = 0;
    for kind in KINDS {
        let every = OPERATIONS.into_iter().map(Which::Only).chain([Which::All]);
        for which in every {
            id += 1;
            // An entry that does not decode and cannot be removed is waited for.
            let (cache, faults) = faulty(builder().wait_timeout(Duration::from_millis(20)));
            faults.fail(which, kind);
            calls(&cache, id).await;
            let skipped = store == "embedded" && which == Which::Only(Operation::Claim);
            assert!(faults.asked(which) > 0 || skipped, "{which:?} was asked for: {store}");
            assert!(cache.stats().errors > 0 || skipped, "{which:?} {kind:?} was met: {store}");
        }
    }
}

#[tokio::test]
async fn scenario_20_every_operation_of_the_embedded_store_fails_in_every_way() {
    table("embedded", Cache::builder).await;
}

#[tokio::test]
async fn scenario_20_every_operation_of_a_server_fails_in_every_way() {
    let server = RedisServer::start();
    table("server", || Cache::builder().redis(server.url())).await;
}

#[tokio::test(start_paused = true)]
async fn scenario_20_every_reply_is_lost_or_the_store_stands_still() {
    let lost = |faults: &Faults, which: Which| faults.lose_replies(which);
    let late = |faults: &Faults, which: Which| faults.delay(which, Duration::from_secs(3600));
    let frozen = |faults: &Faults, _: Which| faults.freeze();
    for fault in [lost, late, frozen] {
        for which in OPERATIONS.into_iter().map(Which::Only).chain([Which::All]) {
            let (cache, faults) = faulty(Cache::builder());
            fault(&faults, which);
            calls(&cache, 1).await;
        }
    }
}

#[tokio::test]
async fn scenario_20_direct_calls_say_what_failed() {
    let server = RedisServer::start();
    for builder in [Cache::builder(), Cache::builder().redis(server.url())] {
        let (cache, faults) = faulty(builder);
        for kind in KINDS {
            for operation in DIRECT {
                faults.heal();
                faults.fail(operation, kind);
                let keys = [UserKey { id: 1 }];
                let entries = [(UserKey { id: 1 }, User { id: 1, name: "x".into() })];
                let error = match operation {
                    Operation::GetMany => cache.get_many(&keys).await.map(|_| ()),
                    Operation::PutMany => Ok(()),
                    Operation::Invalidate => cache.clear().await,
                    _ => cache.ping().await,
                };
                let error = match operation {
                    Operation::PutMany => cache.put_many(&[entries[0].clone(), entries[0].clone()]).await,
                    _ => error,
                }
                .expect_err("it fails");
                assert_eq!((error.operation(), error.kind()), (operation, kind));
            }
        }
    }
}

#[cached(UserKey { id })]
async fn last_words(source: &Source, faults: &Faults, id: u64) -> Result<User, String> {
    let user = source.read(id);
    faults.fail(Which::All, ErrorKind::Unavailable);
    Ok(user)
}

#[tokio::test]
async fn scenario_21_the_store_fails_between_load_and_fill() {
    let server = RedisServer::start();
    for builder in [Cache::builder(), Cache::builder().redis(server.url())] {
        let ((cache, faults), source) = (faulty(builder), Source::default());
        cache
            .scope(async {
                let (user, how) = outcome(last_words(&source, &faults, 1)).await;
                assert_eq!(user.expect("the body's").name, "read 1");
                assert_eq!((how.stored, how.error), (false, Some(ErrorKind::Unavailable)));
                assert_eq!(faults.asked(Operation::Put), 1, "the fill was tried");
                faults.heal();
                let (user, how) = read(&source, 1).await;
                assert_eq!((user.name.as_str(), how.is_hit()), ("read 2", false), "it was not stored");
            })
            .await;
    }
}
