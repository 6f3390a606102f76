//! Redis hits, by callers.

use super::{plan, point};
use crate::bench::{Bench, KEYS};
use crate::calls::load;
use crate::contenders::by_hand::ByHand;
use crate::contenders::ours;
use crate::measure::{contender, interleave};
use crate::plot::Plot;
use crate::report::OURS;
use crate::rows::redis::fill;

pub(crate) fn run(bench: &Bench) -> Result<Vec<Plot>, String> {
    let runtime = bench.handle();
    let by_hand = runtime.block_on(ByHand::connect(&bench.server.url()))?;
    let call_hand = move |id| {
        let by_hand = by_hand.clone();
        async move { by_hand.user(id).await }
    };
    fill(bench, KEYS, ours::stored);
    fill(bench, KEYS, call_hand.clone());
    let mut lines = Vec::new();
    for callers in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] {
        let samples = interleave(
            plan(bench, 200),
            vec![
                contender(OURS, |each| load(runtime, callers, KEYS, each, ours::stored).per_second),
                contender("by hand", |each| load(runtime, callers, KEYS, each, call_hand.clone()).per_second),
            ],
        );
        point(&mut lines, callers as f64, &samples);
    }
    Ok(vec![Plot { file: "callers.svg", title: "Redis hits by callers", x: "callers", unit: "hits/s", lines }])
}
