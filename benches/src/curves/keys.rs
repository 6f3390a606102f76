//! Local hits, by the number of keys that are held.

use std::sync::Arc;

use cache_runtime::Cache;

use super::{Drawn, plan, point};
use crate::bench::Bench;
use crate::calls::{spin, turn};
use crate::contenders::moka::moka;
use crate::contenders::ours;
use crate::contenders::quick::quick;
use crate::measure::{contender, interleave};
use crate::plot::Plot;
use crate::report::OURS;
use crate::rows::local::shuffled;
use crate::value::user;

pub(crate) fn run(bench: &Bench) -> Result<Drawn, String> {
    let runtime = bench.handle();
    let mut lines = Vec::new();
    for keys in [1_000, 10_000, 100_000, 1_000_000] {
        let ids = shuffled(keys);
        let room = keys + keys / 5;
        // The embedded store behind it, as a million round trips would say nothing more.
        let builder = Cache::builder().name("keys").memory_entries(room).memory_bytes(8 << 30);
        let cache = builder.local_entries(room).local_bytes(8 << 30).build().map_err(|error| error.to_string())?;
        let (raw, by_moka) = (quick::<u64>(room as usize), moka::<u64>(room));
        for id in &ids {
            let value = Arc::new(user(*id));
            raw.insert(*id, Arc::clone(&value));
            by_moka.insert(*id, value);
        }
        by_moka.run_pending_tasks();
        runtime.block_on(cache.scope(async {
            for id in &ids {
                ours::held(*id).await;
            }
        }));
        let held = cache.stats().local_entries;
        if held < keys * 9 / 10 {
            return Err(format!("the local tier holds {held} of {keys} keys"));
        }
        let samples = interleave(
            plan(bench, 300),
            vec![
                contender(OURS, |each| {
                    runtime.block_on(cache.scope(turn(&ids, each, async |id| ours::held(*id).await)))
                }),
                contender("quick_cache", |each| spin(runtime, &ids, each, async |id| raw.get(id))),
                contender("moka", |each| spin(runtime, &ids, each, async |id| by_moka.get(id))),
            ],
        );
        point(&mut lines, keys as f64, &samples);
    }
    Ok(vec![Plot { file: "keys.svg", title: "Local hit by keys held", x: "keys", unit: "ns", lines }].into())
}
