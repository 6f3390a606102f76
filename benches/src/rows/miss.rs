//! What a miss asks the server.

use std::time::Duration;

use crate::bench::Bench;
use crate::calls::step;
use crate::contenders::by_hand::ByHand;
use crate::contenders::multi_tier::MultiTier;
use crate::contenders::{cached, hitbox, ours};
use crate::measure::{Samples, contender, interleave};
use crate::report::{OURS, Row};

const MISSES: u64 = 100;

/// Out of the way of the keys of other rows.
const FROM: u64 = 5_000_000;

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let (runtime, url) = (bench.handle(), bench.server.url());
    let by_hand = runtime.block_on(ByHand::connect(&url))?;
    let tiers = runtime.block_on(MultiTier::in_redis(&url))?;
    let by_hitbox = {
        let _inside = runtime.enter();
        hitbox::in_redis(&url)?
    };
    let mut trips = Samples::default();
    trips.add(OURS, count(bench, async |id| ours::stored(id).await)?);
    trips.add("by hand", count(bench, async |id| by_hand.user(id).await)?);
    trips.add("cached", count(bench, async |id| cached::stored(id).await)?);
    trips.add("hitbox", count(bench, async |id| hitbox::user(id).cache(&by_hitbox).await)?);
    trips.add("multi-tier-cache", count(bench, async |id| tiers.user(id).await)?);

    // Every call has a key of its own, also those of the rounds before.
    let next = std::cell::Cell::new(FROM + 1_000_000);
    let fresh = |_| next.replace(next.get() + 1);
    let samples = interleave(
        bench.plan(Duration::from_millis(200)),
        vec![
            contender(OURS, |each| step(runtime, each, async |nth| ours::stored(fresh(nth)).await)),
            contender("by hand", |each| step(runtime, each, async |nth| by_hand.user(fresh(nth)).await)),
            contender("cached", |each| step(runtime, each, async |nth| cached::stored(fresh(nth)).await)),
            contender("hitbox", |each| {
                step(runtime, each, async |nth| hitbox::user(fresh(nth)).cache(&by_hitbox).await)
            }),
            contender("multi-tier-cache", |each| step(runtime, each, async |nth| tiers.user(fresh(nth)).await)),
        ],
    );
    Ok(vec![
        Row::new("miss, round trips", "round trips", &trips)
            .rounded_at_most(3.0)
            .note("how often the server read from a socket, over 100 misses one after the other"),
        Row::new("miss, 1 caller", "us", &samples).note("the body takes no time; by hand nothing is leased"),
    ])
}

/// Reads of the server for one call.
pub(crate) fn count<T>(bench: &Bench, call: impl AsyncFn(u64) -> T) -> Result<f64, String> {
    bench.handle().block_on(async {
        // Scripts are loaded, connections made.
        for id in 0..5 {
            call(FROM + id).await;
        }
    });
    let idle = bench.server.reads()?;
    // What it takes to ask.
    let before = bench.server.reads()?;
    bench.handle().block_on(async {
        for id in 5..5 + MISSES {
            call(FROM + id).await;
        }
    });
    let after = bench.server.reads()?;
    Ok(((after - before) - (before - idle)) as f64 / MISSES as f64)
}
