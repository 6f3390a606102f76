//! Lives of different lengths, so that not everything expires at once; and lives that begin anew with each hit.
//!
//! `cargo run --example jitter_and_sliding`

use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, cached, outcome};

const PAGES: u64 = 200;

/// Each entry lives between 50 and 100 seconds.
#[cached(resource = "page", key(id), ttl = "100s", jitter = 0.5)]
async fn page(id: u64) -> u64 {
    id
}

/// A session lives for 100 seconds after it was last read.
#[cached(resource = "session", key(id), ttl = "100s", sliding = true)]
async fn session(id: u64) -> u64 {
    id
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{PAGES} pages are filled together, with a ttl of 100 s and a jitter of one half:");
    let mut alive = Vec::new();
    for seconds in [49, 60, 70, 80, 90, 100] {
        // A fresh cache for each look, as reading what has expired fills it again.
        let clock = ManualClock::new();
        let cache = Cache::builder().clock(&clock).build()?;
        let hits = cache
            .scope(async {
                for id in 0..PAGES {
                    page(id).await;
                }
                clock.advance(Duration::from_secs(seconds));
                let mut hits = 0;
                for id in 0..PAGES {
                    hits += u64::from(outcome(page(id)).await.1.is_hit());
                }
                hits
            })
            .await;
        println!("  after {seconds:>3} s {hits:>3} of them are still there");
        alive.push(hits);
    }
    assert_eq!((alive.first(), alive.last()), (Some(&PAGES), Some(&0)));
    assert!(alive[1] > alive[4], "they go one after another");

    println!("\na session with a ttl of 100 s, sliding:");
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(&clock).build()?;
    cache
        .scope(async {
            session(7).await;
            for _ in 0..5 {
                clock.advance(Duration::from_secs(60));
                let (_, how) = outcome(session(7)).await;
                println!("  read after another 60 s  -> {how}");
                assert!(how.is_hit());
            }
            clock.advance(Duration::from_secs(100));
            let (_, how) = outcome(session(7)).await;
            println!("  not read for 100 s       -> {how}");
            assert!(how.is_miss());
        })
        .await;
    Ok(())
}
