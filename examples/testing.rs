//! How to test your own annotated functions: with a clock that the test moves, and a store that fails on demand.
//!
//! `cargo run --example testing`. In your project these would be `#[tokio::test]`s, with
//! `cache-runtime = { version = "..", features = ["test-util"] }` under `[dev-dependencies]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_runtime::test_util::{Faults, ManualClock, Which};
use cache_runtime::{Cache, CacheError, ErrorKind, Operation, cached, invalidates, outcome};

/// Your database. It counts its queries.
#[derive(Clone, Default)]
struct Db(Arc<AtomicU64>);

#[cached(resource = "balance", key(account), ttl = "5m")]
async fn balance(db: &Db, account: u64) -> Result<u64, String> {
    Ok(account * 100 + db.0.fetch_add(1, Ordering::SeqCst))
}

#[invalidates(resource = "balance", key(account))]
async fn deposit(account: u64) -> Result<(), String> {
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), CacheError> {
    a_balance_is_asked_for_every_five_minutes().await?;
    readers_do_not_notice_that_the_store_is_away().await?;
    a_deposit_is_seen_even_if_the_store_was_away().await?;
    a_hit_costs_one_round_trip().await
}

async fn a_balance_is_asked_for_every_five_minutes() -> Result<(), CacheError> {
    let (clock, db) = (ManualClock::new(), Db::default());
    // A cache of its own for each test, so that they run side by side.
    let cache = Cache::builder().clock(&clock).build()?;
    cache
        .scope(async {
            for minute in 0..15 {
                let (_, how) = outcome(balance(&db, 1)).await;
                assert_eq!(how.is_miss(), minute % 5 == 0, "in minute {minute}");
                clock.advance(Duration::from_secs(60));
            }
        })
        .await;
    assert_eq!(db.0.load(Ordering::SeqCst), 3);
    println!("a balance is asked for every five minutes ... ok");
    Ok(())
}

async fn readers_do_not_notice_that_the_store_is_away() -> Result<(), CacheError> {
    let (faults, db) = (Faults::new(), Db::default());
    let cache = Cache::builder().faults(&faults).build()?;
    cache
        .scope(async {
            for kind in [ErrorKind::Unavailable, ErrorKind::OutOfMemory, ErrorKind::ReadOnly] {
                faults.fail(Which::All, kind);
                assert!(balance(&db, 1).await.is_ok(), "{kind:?}");
                assert!(deposit(1).await.is_ok(), "{kind:?}");
            }
        })
        .await;
    println!("readers do not notice that the store is away ... ok");
    Ok(())
}

async fn a_deposit_is_seen_even_if_the_store_was_away() -> Result<(), CacheError> {
    let (faults, db) = (Faults::new(), Db::default());
    let cache = Cache::builder().faults(&faults).build()?;
    cache
        .scope(async {
            assert_eq!(balance(&db, 1).await, Ok(100));
            faults.fail_next(1, Operation::Invalidate, ErrorKind::Unavailable);
            assert!(deposit(1).await.is_ok());
            assert_eq!(balance(&db, 1).await, Ok(101), "not the old one, which is still in the store");
            // It was kept, and is tried again.
            cache.shutdown().await
        })
        .await?;
    assert_eq!(faults.asked(Operation::Invalidate), 2);
    println!("a deposit is seen even if the store was away ... ok");
    Ok(())
}

async fn a_hit_costs_one_round_trip() -> Result<(), CacheError> {
    let (faults, db) = (Faults::new(), Db::default());
    let cache = Cache::builder().faults(&faults).operation_timeout(Duration::from_secs(20)).build()?;
    cache
        .scope(async {
            assert!(balance(&db, 1).await.is_ok());
            faults.reset_counts();
            assert!(balance(&db, 1).await.is_ok());
        })
        .await;
    assert_eq!(faults.asked(Which::All), 1);
    println!("a hit costs one round trip ... ok");
    Ok(())
}
