//! Hits of the store.

use std::future::Future;
use std::time::Duration;

use super::local::ran;
use crate::bench::{Bench, KEYS};
use crate::calls::{Load, load};
use crate::contenders::by_hand::ByHand;
use crate::contenders::multi_tier::MultiTier;
use crate::contenders::{cached, cashews, hitbox, member, ours};
use crate::count;
use crate::measure::{contender, interleave, interleave_all};
use crate::report::{OURS, Row};
use crate::value::loads;

const EACH: Duration = Duration::from_millis(300);

/// Calls every key once, from many callers.
pub(crate) fn fill<F, T>(bench: &Bench, keys: u64, call: F)
where
    F: Fn(u64) -> T + Clone + Send + Sync + 'static,
    T: Future + Send,
    T::Output: Send,
{
    const CALLERS: u64 = 64;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let call = call.clone();
            bench.handle().spawn(async move {
                for id in (caller..keys).step_by(CALLERS as usize) {
                    call(id).await;
                }
            })
        })
        .collect();
    for task in tasks {
        bench.handle().block_on(task).expect("a caller does not panic");
    }
}

/// Of so many callers, whose throughput has to be at least this much of the hand-written code's.
pub(crate) fn hits(bench: &Bench, callers: u64, least: f64) -> Result<Vec<Row>, String> {
    let runtime = bench.handle();
    let by_hand = runtime.block_on(ByHand::connect(&bench.server.url()))?;
    let multi_tier = runtime.block_on(MultiTier::in_redis(&bench.server.url()))?;
    let by_hitbox = {
        let _inside = runtime.enter();
        hitbox::in_redis(&bench.server.url())?
    };

    let call_ours = |id| ours::stored(id);
    let call_hand = move |id| {
        let by_hand = by_hand.clone();
        async move { by_hand.user(id).await }
    };
    let call_cached = |id| cached::stored(id);
    let call_hitbox = move |id| {
        let cache = by_hitbox.clone();
        async move { hitbox::user(id).cache(&cache).await }
    };
    let call_tiers = move |id| {
        let tiers = multi_tier.clone();
        async move { tiers.user(id).await }
    };
    fill(bench, KEYS, call_ours);
    fill(bench, KEYS, call_hand.clone());
    fill(bench, KEYS, call_cached);
    fill(bench, KEYS, call_hitbox.clone());
    fill(bench, KEYS, call_tiers.clone());

    let before = loads();
    let all = |load: Load| [load.per_second, load.percentile(0.5), load.percentile(0.99)];
    let [mut samples, p50, p99] = interleave_all(
        bench.many_rounds(EACH),
        vec![
            contender(OURS, |each| all(load(runtime, callers, KEYS, each, call_ours))),
            contender("by hand", |each| all(load(runtime, callers, KEYS, each, call_hand.clone()))),
            contender("cached", |each| all(load(runtime, callers, KEYS, each, call_cached))).seldom(),
            contender("hitbox", |each| all(load(runtime, callers, KEYS, each, call_hitbox.clone()))).seldom(),
            contender("multi-tier-cache", |each| all(load(runtime, callers, KEYS, each, call_tiers.clone()))).seldom(),
        ],
    );
    let told = match cashews::hits(bench, callers) {
        Ok(figure) => {
            samples.add("cashews (Python)", figure);
            "cashews ran once, by itself, in a Python process of its own".to_owned()
        }
        Err(problem) => format!("cashews did not run: {problem}"),
    };
    let row = Row::new(format!("Redis hit, {callers} callers"), "hits/s", &samples)
        .ratio_at_least("by hand", least)
        .note(told);
    let mut rows = vec![ran(if callers == 1 { count::redis(bench, row) } else { row }, loads() - before)];
    for (what, samples) in [("p50", p50), ("p99", p99)] {
        let row = Row::new(format!("Redis hit, {callers} callers, {what}"), "us", &samples);
        rows.push(if what == "p99" && callers == 64 { row.ratio_at_most("by hand", 1.0) } else { row });
    }
    Ok(rows)
}

/// By tenant and UUID.
pub(crate) fn members(bench: &Bench) -> Result<Vec<Row>, String> {
    let runtime = bench.handle();
    let by_hand = runtime.block_on(ByHand::connect(&bench.server.url()))?;
    let call_ours = |id| {
        let (org, id) = member(id);
        ours::stored_member(org, id)
    };
    let call_hand = move |id| {
        let by_hand = by_hand.clone();
        async move { by_hand.member(id).await }
    };
    let call_cached = |id| {
        let (org, id) = member(id);
        cached::stored_member(org, id)
    };
    fill(bench, KEYS, call_ours);
    fill(bench, KEYS, call_hand.clone());
    fill(bench, KEYS, call_cached);
    let before = loads();
    let samples = interleave(
        bench.many_rounds(EACH),
        vec![
            contender(OURS, |each| load(runtime, 64, KEYS, each, call_ours).per_second),
            contender("by hand", |each| load(runtime, 64, KEYS, each, call_hand.clone()).per_second),
            contender("cached", |each| load(runtime, 64, KEYS, each, call_cached).per_second).seldom(),
        ],
    );
    let row = Row::new("Redis hit, 64 callers, UUID key with a tenant", "hits/s", &samples);
    Ok(vec![ran(row.ratio_at_least("by hand", 1.4), loads() - before)])
}
