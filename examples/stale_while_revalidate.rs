//! An old value at once, and a new one for the next caller: nobody waits for the source.
//!
//! `cargo run --example stale_while_revalidate`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, cached, outcome};

/// Stands for a slow query. It is cloned into the background, as pools and clients are.
#[derive(Clone, Default)]
struct Feed {
    edition: Arc<AtomicU64>,
}

impl Feed {
    async fn query(&self) -> u64 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.edition.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// Fresh for a minute. For half a minute after that it is served at once, and loaded anew in the background.
#[cached(resource = "front-page", key(user), ttl = "1m", stale_while_revalidate = "30s")]
async fn front_page(feed: &Feed, user: u64) -> u64 {
    feed.query().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(&clock).build()?;
    let feed = Feed::default();
    cache
        .scope(async {
            assert_eq!(show("first read", &feed).await, (1, false));
            assert_eq!(show("within the ttl", &feed).await, (1, false));
            clock.advance(Duration::from_secs(75));
            assert_eq!(show("15 s past the ttl", &feed).await, (1, true));
            // The background load ends.
            while !outcome(front_page(&feed, 7)).await.1.is_hit() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(show("a moment later", &feed).await, (2, false));
            clock.advance(Duration::from_secs(120));
            assert_eq!(show("a minute past the ttl", &feed).await, (3, false));
        })
        .await;
    println!("\nOf five reads two waited for the source: the first one, and the one that came too late.");
    Ok(())
}

async fn show(what: &str, feed: &Feed) -> (u64, bool) {
    let started = Instant::now();
    let (edition, how) = outcome(front_page(feed, 7)).await;
    println!("{what:<22} -> edition {edition} in {:>3} ms, {how}", started.elapsed().as_millis());
    (edition, how.is_stale())
}
