//! A hundred keys at once.

use std::time::Duration;

use cache_runtime::Cache;

use super::miss;
use crate::bench::Bench;
use crate::calls::step;
use crate::contenders::by_hand::ByHand;
use crate::contenders::ours::UserKey;
use crate::measure::{Samples, contender, interleave};
use crate::report::{OURS, Row};
use crate::value::user;

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let runtime = bench.handle();
    let by_hand = runtime.block_on(ByHand::connect(&bench.server.url()))?;
    let cache = Cache::current();
    let ids: Vec<u64> = (0..100).collect();
    let keys: Vec<UserKey> = ids.iter().map(|id| UserKey { id: *id }).collect();
    let stored: Vec<_> = ids[..90].iter().map(|id| (UserKey { id: *id }, user(*id))).collect();
    runtime.block_on(async {
        cache.put_many(&stored).await.map_err(|error| error.to_string())?;
        for id in &ids[..90] {
            by_hand.user(*id).await;
        }
        let found = cache.get_many(&keys).await.map_err(|error| error.to_string())?;
        let there = found.iter().flatten().count();
        if there == 90 { Ok(()) } else { Err(format!("{there} of 90 values were there")) }
    })?;
    let mut trips = Samples::default();
    trips.add(OURS, miss::count(bench, async |_| cache.get_many(&keys).await.is_ok())?);
    trips.add("by hand, MGET", miss::count(bench, async |_| by_hand.many(&ids).await)?);
    let samples = interleave(
        bench.plan(Duration::from_millis(300)),
        vec![
            contender(OURS, |each| step(runtime, each, async |_| cache.get_many(&keys).await.is_ok())),
            contender("single calls", |each| {
                step(runtime, each, async |_| {
                    for key in &keys {
                        let _ = cache.get(key).await;
                    }
                })
            }),
            contender("by hand, MGET", |each| step(runtime, each, async |_| by_hand.many(&ids).await)),
        ],
    );
    Ok(vec![
        Row::new("get_many of 100 keys, 90 stored, round trips", "round trips", &trips).rounded_at_most(2.0),
        Row::new("get_many of 100 keys, 90 stored", "us", &samples).ratio_at_most("single calls", 0.2),
    ])
}
