//! A new value before the old one expires, so that nobody meets the expiry: by its age, or by chance.
//!
//! `cargo run --example refresh_ahead`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, cached, outcome};

/// Counts how often it is asked.
#[derive(Clone, Default)]
struct Source(Arc<AtomicU64>);

impl Source {
    async fn query(&self) -> u64 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// After 80 of its 100 seconds, the first caller has a new value loaded in the background.
#[cached(resource = "ahead", key(id), ttl = "100s", refresh_ahead = 0.8)]
async fn ahead(source: &Source, id: u64) -> u64 {
    source.query().await
}

/// Each caller by a chance that grows towards the expiry, and with the time that a load takes: of many processes few load.
#[cached(resource = "by-chance", key(id), ttl = "1s", refresh = "probabilistic")]
async fn by_chance(source: &Source, id: u64) -> u64 {
    source.query().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(&clock).build()?;
    cache
        .scope(async {
            let source = Source::default();
            let (value, how) = outcome(ahead(&source, 7)).await;
            println!("first read         -> value {value}, {how}");
            clock.advance(Duration::from_secs(79));
            let (value, how) = outcome(ahead(&source, 7)).await;
            println!("after 79 seconds   -> value {value}, {how}");
            assert!(how.is_hit() && !how.revalidating);
            clock.advance(Duration::from_secs(1));
            let (value, how) = outcome(ahead(&source, 7)).await;
            println!("after 80 seconds   -> value {value}, {how}");
            assert!(value == 1 && how.is_hit() && how.revalidating);
            while ahead(&source, 7).await == 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            clock.advance(Duration::from_secs(79));
            let (value, how) = outcome(ahead(&source, 7)).await;
            println!("after 159 seconds  -> value {value}, {how}: nobody ever waited again\n");
            assert!(value == 2 && how.is_hit());

            // A value that takes 20 ms and lives for a second, read every 10 ms of its life: at some read close to its end
            // somebody renews it.
            let source = Source::default();
            by_chance(&source, 7).await;
            for read in 1..=99 {
                clock.advance(Duration::from_millis(10));
                let (_, how) = outcome(by_chance(&source, 7)).await;
                if how.revalidating || how.ran_body() {
                    println!("by chance: renewed {} ms before the expiry, {how}", 1_000 - read * 10);
                    return;
                }
            }
            println!("by chance: not renewed this time");
        })
        .await;
    Ok(())
}
