//! Hits, by the size of the value.

use std::sync::Arc;

use quick_cache::sync::Cache as Quick;

use super::{Drawn, plan, point};
use crate::bench::Bench;
use crate::calls::{spin, step};
use crate::contenders::by_hand::ByHand;
use crate::contenders::ours;
use crate::measure::{contender, interleave};
use crate::plot::Plot;
use crate::report::OURS;
use crate::value::Blob;

/// Few, as a megabyte each has to fit into the local tier.
const KEYS: u64 = 20;

pub(crate) fn run(bench: &Bench) -> Result<Drawn, String> {
    let runtime = bench.handle();
    let by_hand = runtime.block_on(ByHand::connect(&bench.server.url()))?;
    let ids: Vec<u64> = (0..KEYS).collect();
    let (mut stored, mut held) = (Vec::new(), Vec::new());
    for size in [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000] {
        let hand =
            async |id: u64| by_hand.through(format!("by-hand:blob:{size}:{id}"), async { Blob::new(size, id) }).await;
        let raw: Quick<u64, Arc<Blob>> = Quick::new(KEYS as usize * 2);
        runtime.block_on(async {
            for _ in 0..3 {
                for id in &ids {
                    ours::blob(size, *id).await;
                    ours::held_blob(size, *id).await;
                    hand(*id).await;
                    raw.insert(*id, Arc::new(Blob::new(size, *id)));
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        let samples = interleave(
            plan(bench, 150),
            vec![
                contender(OURS, |each| step(runtime, each, async |nth| ours::blob(size, nth % KEYS).await)),
                contender("by hand", |each| step(runtime, each, async |nth| hand(nth % KEYS).await)),
            ],
        );
        point(&mut stored, size as f64, &samples);
        let samples = interleave(
            plan(bench, 50),
            vec![
                contender(OURS, |each| spin(runtime, &ids, each, async |id| ours::held_blob(size, *id).await)),
                contender("quick_cache", |each| spin(runtime, &ids, each, async |id| raw.get(id))),
            ],
        );
        point(&mut held, size as f64, &samples);
    }
    let x = "bytes of the value as JSON";
    Ok(vec![
        Plot {
            file: "size-redis.svg",
            title: "Redis hit by size of the value",
            x,
            unit: "us, one caller",
            lines: stored,
        },
        Plot { file: "size-local.svg", title: "Local hit by size of the value", x, unit: "ns", lines: held },
    ]
    .into())
}
