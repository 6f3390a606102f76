//! Decoded values in this process, in front of the store: a hit there asks nobody and decodes nothing.
//!
//! `cargo run --example local_tier`

use std::time::Duration;

use cache_runtime::test_util::{Faults, ManualClock};
use cache_runtime::{Cache, Level, Operation, cached, invalidates, outcome};

/// Lives for an hour in the store, and is held in this process for ten seconds at a time.
#[cached(resource = "settings", key(tenant), ttl = "1h", local = "10s")]
async fn settings(tenant: u64) -> Vec<String> {
    vec![format!("theme of tenant {tenant}")]
}

/// Takes the value out of the store and out of this process.
#[invalidates(resource = "settings", key(tenant))]
async fn change(tenant: u64) -> Result<(), String> {
    println!("change({tenant}) runs");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `Faults` inject none here: they count what the store is asked for.
    let (clock, asked) = (ManualClock::new(), Faults::new());
    let cache = Cache::builder().clock(&clock).faults(&asked).operation_timeout(Duration::from_secs(20)).build()?;
    cache
        .scope(async {
            let (_, how) = outcome(settings(7)).await;
            println!("first read                -> {how}");
            while outcome(settings(7)).await.1.level != Level::Local {}
            asked.reset_counts();
            for _ in 0..1_000 {
                assert_eq!(outcome(settings(7)).await.1.level, Level::Local);
            }
            println!("a thousand reads          -> the store was asked {} times", asked.asked(Operation::Get));
            assert_eq!(asked.asked(Operation::Get), 0);

            clock.advance(Duration::from_secs(11));
            let (_, how) = outcome(settings(7)).await;
            println!("eleven seconds later      -> {how}");
            assert!(how.is_hit() && how.level == Level::Memory);

            change(7).await?;
            let (_, how) = outcome(settings(7)).await;
            println!("read after the change     -> {how}");
            assert!(how.is_miss());
            Ok::<(), String>(())
        })
        .await?;
    Ok(())
}
