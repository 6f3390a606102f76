//! Hits, by the number of tags that an entry has.

use std::sync::Arc;
use std::time::Duration;

use super::{Drawn, plan, point};
use crate::bench::Bench;
use crate::calls::{spin, step};
use crate::contenders::ours;
use crate::measure::{Plan, Samples, contender, interleave};
use crate::plot::{Line, Plot};
use crate::report::OURS;
use crate::rows::local::{settle, shuffled};
use crate::value::User;

const KEYS: u64 = 100;

pub(crate) fn run(bench: &Bench) -> Result<Drawn, String> {
    let mut lines = (Vec::new(), Vec::new());
    both(bench, &mut lines, 0, async |id| ours::stored(id).await, async |id| ours::held(*id).await);
    both(bench, &mut lines, 1, async |id| ours::tags_1(id).await, async |id| ours::held_tags_1(*id).await);
    both(bench, &mut lines, 2, async |id| ours::tags_2(id).await, async |id| ours::held_tags_2(*id).await);
    both(bench, &mut lines, 4, async |id| ours::tags_4(id).await, async |id| ours::held_tags_4(*id).await);
    both(bench, &mut lines, 8, async |id| ours::tags_8(id).await, async |id| ours::held_tags_8(*id).await);
    both(bench, &mut lines, 16, async |id| ours::tags_16(id).await, async |id| ours::held_tags_16(*id).await);
    let x = "tags of an entry";
    Ok(vec![
        Plot { file: "tags-redis.svg", title: "Redis hit by tags", x, unit: "us, one caller", lines: lines.0 },
        Plot { file: "tags-local.svg", title: "Local hit by tags", x, unit: "ns", lines: lines.1 },
    ]
    .into())
}

fn both(
    bench: &Bench,
    lines: &mut (Vec<Line>, Vec<Line>),
    tags: u32,
    stored: impl AsyncFn(u64) -> User,
    held: impl AsyncFn(&u64) -> Arc<User>,
) {
    let (runtime, ids) = (bench.handle(), shuffled(KEYS));
    runtime.block_on(async {
        for id in 0..KEYS {
            stored(id).await;
        }
        settle(&ids, &held).await;
    });
    let of = |plan: Plan, run: &dyn Fn(Duration) -> f64| -> Samples { interleave(plan, vec![contender(OURS, run)]) };
    let x = f64::from(tags);
    let samples = of(plan(bench, 200), &|each| step(runtime, each, async |nth| stored(nth % KEYS).await));
    point(&mut lines.0, x, &samples);
    let samples = of(plan(bench, 100), &|each| spin(runtime, &ids, each, &held));
    point(&mut lines.1, x, &samples);
}
