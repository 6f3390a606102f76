//! What a held entry takes beside its value.

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{Cache, CacheError};

use super::redis::fill;
use crate::bench::{Bench, patient};
use crate::contenders::moka::moka;
use crate::contenders::ours;
use crate::contenders::quick::quick;
use crate::counted::{Figures, figures, measure, named};
use crate::measure::Samples;
use crate::report::{OURS, Row};
use crate::value::{User, user};

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let counted = figures(bench, "memory")?;
    let mut samples = Samples::default();
    for name in [OURS, "quick_cache", "moka"] {
        samples.add(name, named(&counted, name)?);
    }
    let (held, value) = (named(&counted, HELD)?, named(&counted, VALUE)?);
    let room = room(entries(bench));
    Ok(vec![
        Row::new("memory of a local entry beyond its value", "bytes", &samples)
            .at_most(120.0)
            .note(format!("{held} entries with room for {room}; the value itself is {value:.0} bytes in an `Arc`"))
            .note("ours includes the text of the key, which the raw caches do not have: theirs is a u64"),
    ])
}

const HELD: &str = "held";
const VALUE: &str = "value";

fn entries(bench: &Bench) -> u64 {
    bench.pick(100_000, 20_000)
}

fn room(entries: u64) -> u64 {
    entries + entries / 5
}

/// Bytes of an entry beside its value, of a value, and how many entries ours holds.
pub(crate) fn count(bench: &Bench) -> Result<Figures, String> {
    let entries = entries(bench);
    // Where it is read from: the embedded store's own bytes would be counted.
    fill(bench, entries, |id| async move {
        ours::tiered(&Cache::current(), id).await;
    });
    let values = live(|| (0..entries).map(decoded).collect::<Vec<_>>())?.0;
    let value = values as f64 / entries as f64 - size_of::<Arc<User>>() as f64;
    let (bytes, held) = metrics::with_local_recorder(&metrics::NoopRecorder, || live_tier(bench, entries))?;
    let (raw_bytes, raw) = live(|| {
        let raw = quick::<u64>(room(entries) as usize);
        (0..entries).for_each(|id| raw.insert(id, decoded(id)));
        raw
    })?;
    let (moka_bytes, by_moka) = live(|| {
        let by_moka = moka::<u64>(room(entries));
        (0..entries).for_each(|id| by_moka.insert(id, decoded(id)));
        by_moka.run_pending_tasks();
        by_moka
    })?;
    let beside = |bytes: i64, held: u64| bytes as f64 / held as f64 - value;
    Ok(vec![
        (OURS.to_owned(), beside(bytes, held)),
        ("quick_cache".to_owned(), beside(raw_bytes, raw.len() as u64)),
        ("moka".to_owned(), beside(moka_bytes, by_moka.entry_count())),
        (HELD.to_owned(), held as f64),
        (VALUE.to_owned(), value),
    ])
}

/// As it comes out of a store.
fn decoded(id: u64) -> Arc<User> {
    let text = serde_json::to_vec(&user(id)).unwrap_or_default();
    Arc::new(serde_json::from_slice(&text).expect("a user"))
}

/// What it made, and the bytes that it left allocated.
fn live<T>(make: impl FnOnce() -> T) -> Result<(i64, T), String> {
    let (mut make, mut made) = (Some(make), None);
    let counted = measure(|| made = make.take().map(|make| make()))?;
    Ok((counted.bytes_left, made.ok_or("it did not run")?))
}

/// Bytes that a tier with so many entries takes, and how many it holds. On a runtime with this thread alone, as allocations
/// are counted by thread.
fn live_tier(bench: &Bench, entries: u64) -> Result<(i64, u64), String> {
    let room = room(entries);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let read = |cache: &Cache, from: u64, to: u64| {
        runtime.block_on(async {
            for id in from..to {
                ours::tiered(cache, id).await;
            }
        });
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
    })?;
    let cache = cache.map_err(|error: CacheError| error.to_string())?;
    let held = cache.stats().local_entries;
    if held < entries / 2 {
        return Err(format!("the tier holds {held} of {entries} entries"));
    }
    Ok((bytes, held))
}
