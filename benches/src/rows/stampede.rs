//! Ten thousand callers want one key that is nowhere.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::bench::Bench;
use crate::contenders::by_hand::ByHand;
use crate::contenders::moka::Glue;
use crate::contenders::multi_tier::MultiTier;
use crate::contenders::{cached, ours};
use crate::measure::Samples;
use crate::report::{OURS, Row};
use crate::value::{User, load, loads};

const CALLERS: u64 = 10_000;
const BODY: Duration = Duration::from_millis(200);

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let (runtime, url) = (bench.handle(), bench.server.url());
    let by_hand = runtime.block_on(ByHand::connect(&url))?;
    let glue = Glue::new(10_000, by_hand.clone());
    let tiers = runtime.block_on(MultiTier::in_redis(&url))?;
    let (mut times, mut bodies) = (Samples::default(), Samples::default());
    // The first round is not kept: it grows what is grown once.
    for round in 0..=bench.pick(5, 2) {
        let mut keep = |name, (time, count)| {
            if round > 0 {
                times.add(name, time);
                bodies.add(name, count);
            }
        };
        keep(OURS, all(bench, || ours::slow(round, BODY)));
        keep("moka + by hand", {
            let glue = glue.clone();
            all(bench, move || {
                let glue = glue.clone();
                async move { glue.slow(round, BODY).await }
            })
        });
        keep("multi-tier-cache", {
            let tiers = tiers.clone();
            all(bench, move || {
                let tiers = tiers.clone();
                async move { tiers.slow(round, BODY).await }
            })
        });
        keep("cached", all(bench, || cached::slow(round, BODY)));
        keep("by hand", {
            let by_hand = by_hand.clone();
            all(bench, move || {
                let by_hand = by_hand.clone();
                async move { by_hand.through(format!("by-hand:slow:{round}"), slow(round)).await }
            })
        });
    }
    let most = BODY.as_secs_f64() * 1000.0 * 1.2 + 20.0;
    Ok(vec![
        Row::new("10,000 callers miss one key, bodies", "bodies", &bodies).at_most(1.0),
        Row::new("10,000 callers miss one key, time", "ms", &times)
            .at_most(most)
            .note("the body takes 200 ms; hitbox is left out, as its default runs every body, like `by hand`"),
    ])
}

/// Milliseconds until all have what an annotated function gives.
pub(crate) fn ours(bench: &Bench, id: u64) -> f64 {
    all(bench, || ours::slow(id, BODY)).0
}

async fn slow(id: u64) -> User {
    tokio::time::sleep(BODY).await;
    load(id).await
}

/// Milliseconds until all have the value, and how many bodies ran.
fn all<F, T>(bench: &Bench, call: F) -> (f64, f64)
where
    F: Fn() -> T,
    T: Future + Send + 'static,
    T::Output: Send,
{
    let (before, start) = (loads(), Instant::now());
    // Closed by the last of them, whatever becomes of it. One task after the other would have this thread woken by each.
    let (running, mut ended) = mpsc::channel::<()>(1);
    let served = Arc::new(AtomicU64::new(0));
    for _ in 0..CALLERS {
        let (call, running, served) = (call(), running.clone(), Arc::clone(&served));
        bench.handle().spawn(async move {
            drop(call.await);
            served.fetch_add(1, Ordering::Relaxed);
            drop(running);
        });
    }
    drop(running);
    bench.handle().block_on(ended.recv());
    assert_eq!(served.load(Ordering::Relaxed), CALLERS, "a caller panicked");
    (start.elapsed().as_secs_f64() * 1000.0, (loads() - before) as f64)
}
