//! An old value in place of an error: the source fails, and readers do not notice for a while.
//!
//! `cargo run --example stale_if_error`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, cached, outcome};

/// Stands for a service that may be down.
#[derive(Clone, Default)]
struct Rates {
    down: Arc<AtomicBool>,
}

/// Fresh for a minute. For an hour after that it is served where the service fails.
#[cached(resource = "rate", key(currency), ttl = "1m", stale_if_error = "1h")]
async fn rate(rates: &Rates, currency: &str) -> Result<u64, String> {
    if rates.down.load(Ordering::SeqCst) { Err("the service is down".to_owned()) } else { Ok(currency.len() as u64) }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(&clock).build()?;
    let rates = Rates::default();
    cache
        .scope(async {
            let (value, how) = outcome(rate(&rates, "EUR")).await;
            println!("the service is up                    -> {value:?}, {how}");
            rates.down.store(true, Ordering::SeqCst);
            clock.advance(Duration::from_secs(120));
            let (value, how) = outcome(rate(&rates, "EUR")).await;
            println!("down, the value a minute past its ttl -> {value:?}, {how}");
            assert!(value.is_ok() && how.is_stale());
            let (value, how) = outcome(rate(&rates, "USD")).await;
            println!("down, and nothing old to serve        -> {value:?}, {how}");
            assert!(value.is_err());
            clock.advance(Duration::from_secs(3_600));
            let (value, how) = outcome(rate(&rates, "EUR")).await;
            println!("down, an hour later                   -> {value:?}, {how}: too old to be served");
            assert!(value.is_err());
            rates.down.store(false, Ordering::SeqCst);
            let (value, how) = outcome(rate(&rates, "EUR")).await;
            println!("up again                              -> {value:?}, {how}");
            assert!(value.is_ok() && how.ran_body());
        })
        .await;
    Ok(())
}
