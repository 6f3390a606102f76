//! Keys that somebody else wrote, removed by a pattern: bounded, in steps, with progress.
//!
//! `cargo run --example pattern`

use cache_runtime::{Cache, CacheKey};

/// Stands for entries of a service that is no more. In the embedded store there are only keys of our own.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "legacy", value = u64, ttl = "1h", version = 1)]
struct LegacyKey {
    id: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cache = Cache::builder().prefix("shop").build()?;
    let entries: Vec<(LegacyKey, u64)> = (0..2_000).map(|id| (LegacyKey { id }, id)).collect();
    cache.put_many(&entries).await?;
    println!("Stored 2,000 entries, such as {:?}.\n", cache.key_for(&LegacyKey { id: 7 }).unwrap_or_default());

    // The pattern is that of Redis, and of whole keys: the cache's prefix is written out.
    let report = cache.invalidate_pattern("shop:*:legacy:1?:v1").await?;
    println!("legacy:1?  -> {} removed, complete: {}", report.removed, report.complete);
    assert_eq!(report.removed, 10);

    let report = cache
        .invalidate_pattern("shop:*:legacy:*")
        .limit(1_200)
        .on_progress(|so_far| println!("             {} so far", so_far.removed))
        .await?;
    println!("legacy:*   -> {} removed, complete: {}: the limit came first", report.removed, report.complete);
    assert_eq!((report.removed, report.complete), (1_200, false));

    let report = cache.invalidate_pattern("shop:*:legacy:*").await?;
    println!("and again  -> {} removed, complete: {}\n", report.removed, report.complete);
    assert!(report.complete);

    match cache.invalidate_pattern("*").await {
        Ok(report) => println!("{report:?}"),
        Err(error) => println!("A bare `*` is refused:\n  {error}"),
    }
    Ok(())
}
