//! How long callers wait for a slow body: a soft timeout serves an old value, a hard one gives up. The body goes on.
//!
//! `cargo run --example timeouts`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, LoadTimeout, cached, outcome};

/// The error of the functions below. A hard timeout becomes one of them.
#[derive(Debug, PartialEq)]
enum Failed {
    TooSlow,
}

impl From<LoadTimeout> for Failed {
    fn from(_: LoadTimeout) -> Self {
        Self::TooSlow
    }
}

/// Stands for a service that answers as slowly as this program likes.
#[derive(Clone, Default)]
struct Stock {
    takes: Arc<AtomicU64>,
}

/// Who asks waits for 100 ms if there is an old value to serve instead, and for two seconds if there is none.
#[cached(resource = "stock", key(sku), ttl = "1m", stale_if_error = "1h", soft_timeout = "100ms", hard_timeout = "2s")]
async fn stock(service: &Stock, sku: u64) -> Result<u64, Failed> {
    let takes = service.takes.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(takes)).await;
    Ok(sku * 10 + takes)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(&clock).build()?;
    let service = Stock::default();
    cache
        .scope(async {
            let (value, how) = outcome(stock(&service, 7)).await;
            println!("the service is fast                      -> {value:?}, {how}");
            assert_eq!(value, Ok(70));

            clock.advance(Duration::from_secs(61));
            service.takes.store(600, Ordering::SeqCst);
            let (value, how) = outcome(stock(&service, 7)).await;
            println!("slow, with an old value: the soft timeout -> {value:?}, {how}");
            assert!(value == Ok(70) && how.is_stale());

            // The body that was left alone ends, and stores what it found.
            while !outcome(stock(&service, 7)).await.1.is_hit() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let (value, how) = outcome(stock(&service, 7)).await;
            println!("a moment later                           -> {value:?}, {how}");
            assert_eq!(value, Ok(670));

            service.takes.store(60_000, Ordering::SeqCst);
            let (value, how) = outcome(stock(&service, 8)).await;
            println!("stuck, and nothing old: the hard timeout  -> {value:?}, {how}");
            assert_eq!(value, Err(Failed::TooSlow));
        })
        .await;
    Ok(())
}
