//! What a call costs while the breaker keeps it from a server that is gone.

use std::time::Duration;

use cache_runtime::{BreakerState, Cache};

use super::local::shuffled;
use crate::bench::{Bench, LOCAL_KEYS};
use crate::calls::turn;
use crate::contenders::ours;
use crate::measure::{contender, interleave};
use crate::place::Place;
use crate::report::{OURS, Row};
use crate::server::Server;
use crate::value::load;

/// A cache whose breaker is open, as its server is gone. It is the one of this process, as it would be in a service.
pub(crate) fn opened(bench: &Bench) -> Result<Cache, String> {
    let runtime = bench.handle();
    let server = Server::start(Place::Apart)?;
    let cache = {
        let _inside = runtime.enter();
        // Open for the whole row: a probe would be the price of something else.
        let hour = Duration::from_secs(3600);
        let builder = Cache::builder().redis(server.url()).name("gone").breaker_min_calls(5).breaker_open_for(hour);
        builder.build().map_err(|error| error.to_string())?
    };
    cache.clone().install().map_err(|error| error.to_string())?;
    runtime.block_on(ours::stored(0));
    drop(server);
    runtime.block_on(async {
        for id in 0..2_000 {
            if cache.health().breaker == BreakerState::Open {
                return Ok(cache.clone());
            }
            ours::stored(id).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err("the breaker does not open".to_owned())
    })
}

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let (runtime, cache) = (bench.handle(), opened(bench)?);
    let ids = shuffled(LOCAL_KEYS);
    let called = |each| runtime.block_on(turn(&ids, each, async |id| ours::stored(*id).await));
    let plain = |each| runtime.block_on(turn(&ids, each, async |id| load(*id).await));
    let each = Duration::from_millis(300);
    let samples = interleave(
        bench.short_rounds(each),
        vec![contender(OURS, |each| called(each) - plain(each)), contender("the body itself", plain)],
    );
    let still = cache.health().breaker == BreakerState::Open;
    let row = Row::new("overhead with the breaker open", "ns", &samples).at_most(1000.0);
    let row = row.note("an annotated call less a call of its body, in the same round");
    Ok(vec![if still { row } else { row.note("the breaker did not stay open") }])
}
