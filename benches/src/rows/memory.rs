//! What a held entry takes beside its value.

use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use cache_runtime::{Cache, CacheError};

use super::redis::fill;
use crate::bench::{Bench, patient};
use crate::contenders::moka::moka;
use crate::contenders::ours;
use crate::contenders::quick::quick;
use crate::measure::Samples;
use crate::report::{OURS, Row};
use crate::value::{User, user};

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let entries: u64 = bench.pick(100_000, 20_000);
    // Where it is read from: the embedded store's own bytes would be counted.
    fill(bench, entries, |id| async move {
        ours::tiered(id).await;
    });
    let value = live(|| (0..entries).map(decoded).collect::<Vec<_>>()).0 as f64 / entries as f64
        - size_of::<Arc<User>>() as f64;
    let mut samples = Samples::default();
    let (bytes, held) = metrics::with_local_recorder(&metrics::NoopRecorder, || live_tier(bench, entries))?;
    samples.add(OURS, bytes as f64 / held as f64 - value);
    let room = entries + entries / 5;
    let (bytes, raw) = live(|| {
        let raw = quick::<u64>(room as usize);
        (0..entries).for_each(|id| raw.insert(id, decoded(id)));
        raw
    });
    samples.add("quick_cache", bytes as f64 / raw.len() as f64 - value);
    let (bytes, raw) = live(|| {
        let raw = moka::<u64>(room);
        (0..entries).for_each(|id| raw.insert(id, decoded(id)));
        raw.run_pending_tasks();
        raw
    });
    samples.add("moka", bytes as f64 / raw.entry_count() as f64 - value);
    Ok(vec![
        Row::new("memory of a local entry beyond its value", "bytes", &samples)
            .at_most(120.0)
            .note(format!("{held} entries with room for {room}; the value itself is {value:.0} bytes in an `Arc`"))
            .note("ours includes the text of the key, which the raw caches do not have: theirs is a u64"),
    ])
}

/// As it comes out of a store.
fn decoded(id: u64) -> Arc<User> {
    let text = serde_json::to_vec(&user(id)).unwrap_or_default();
    Arc::new(serde_json::from_slice(&text).expect("a user"))
}

/// What it made, and the bytes that it left allocated.
fn live<T>(make: impl FnOnce() -> T) -> (i64, T) {
    let mut made = None;
    let counted = measure(|| made = Some(make()));
    (counted.bytes_current, made.expect("it ran"))
}

/// Bytes that a tier with so many entries takes, and how many it holds. On a runtime with this thread alone, as allocations
/// are counted by thread.
fn live_tier(bench: &Bench, entries: u64) -> Result<(i64, u64), String> {
    let room = entries + entries / 5;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let read = |cache: &Cache, from: u64, to: u64| {
        runtime.block_on(cache.scope(async {
            for id in from..to {
                ours::tiered(id).await;
            }
        }));
    };
    let builder = patient(&bench.server.url()).name("memory").local_entries(room).local_bytes(4 << 30);
    let (bytes, cache) = live(|| {
        let _inside = runtime.enter();
        let cache = builder.build()?;
        // The server tells of changes from the first call on, but not at once.
        for _ in 0..3 {
            read(&cache, 0, 5);
            runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
        }
        read(&cache, 0, entries);
        Ok(cache)
    });
    let cache = cache.map_err(|error: CacheError| error.to_string())?;
    let held = cache.stats().local_entries;
    if held < entries / 2 {
        return Err(format!("the tier holds {held} of {entries} entries"));
    }
    Ok((bytes, held))
}
