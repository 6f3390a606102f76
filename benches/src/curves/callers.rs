//! Redis hits, by callers.

use std::time::Duration;

use super::{Drawn, point};
use crate::bench::{Bench, KEYS};
use crate::calls::load;
use crate::contenders::by_hand::ByHand;
use crate::contenders::ours;
use crate::measure::{Samples, contender, interleave};
use crate::plot::Plot;
use crate::report::{OURS, Row};
use crate::rows::redis::fill;

/// Never slower than by hand, whatever the number of callers; the rest is what two runs of the same code differ by.
const NEVER_SLOWER: f64 = 0.97;

/// Up to so many each goes alone, and there is next to nothing between the two: the worst point is one of these.
const EVEN: u64 = 8;

pub(crate) fn run(bench: &Bench) -> Result<Drawn, String> {
    let runtime = bench.handle();
    let by_hand = runtime.block_on(ByHand::connect(&bench.server.url()))?;
    let call_hand = move |id| {
        let by_hand = by_hand.clone();
        async move { by_hand.user(id).await }
    };
    fill(bench, KEYS, ours::stored);
    fill(bench, KEYS, call_hand.clone());
    let (mut lines, mut worst, mut least) = (Vec::new(), (f64::MAX, 0), Samples::default());
    for callers in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] {
        let each = Duration::from_millis(200);
        let samples = interleave(
            // Where both are nearly as fast, a row of hits has as many.
            if callers <= EVEN { bench.many_rounds(each) } else { bench.short_rounds(each) },
            vec![
                contender(OURS, |each| load(runtime, callers, KEYS, each, ours::stored).per_second),
                contender("by hand", |each| load(runtime, callers, KEYS, each, call_hand.clone()).per_second),
            ],
        );
        point(&mut lines, callers as f64, &samples);
        least.disturbed.mostly |= samples.disturbed.mostly;
        let ratio = samples.ratio(OURS, "by hand").unwrap_or(f64::NAN);
        if ratio.is_nan() || ratio < worst.0 {
            worst = (ratio, callers);
        }
    }
    least.add(OURS, worst.0);
    let row = Row::new("Redis hits, the worst of 1 to 1,024 callers", "x by hand", &least).at_least(NEVER_SLOWER);
    Ok(Drawn {
        plots: vec![Plot { file: "callers.svg", title: "Redis hits by callers", x: "callers", unit: "hits/s", lines }],
        rows: vec![row.note(format!("it is at {} callers", worst.1))],
    })
}
