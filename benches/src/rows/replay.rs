//! Real traces through two tiers.

use std::future::Future;
use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::bench::{Bench, checkout, patient};
use crate::contenders::by_hand::ByHand;
use crate::contenders::moka::Glue;
use crate::contenders::multi_tier::MultiTier;
use crate::contenders::{hitbox, ours};
use crate::measure::Samples;
use crate::report::{OURS, Row};
use crate::rounds::undisturbed;
use crate::value::loads;

const CALLERS: usize = 64;

/// Room in the first tier of each.
const ENTRIES: u64 = 10_000;

/// Those that have two tiers.
const FAST: [&str; 3] = [OURS, "moka + by hand", "multi-tier-cache"];

/// Take part in fewer rounds, and once where a trace is long: one that takes as long as all others, and one without tiers.
const SELDOM: [&str; 2] = [SLOW, BARE];
const SLOW: &str = "hitbox";
const BARE: &str = "by hand, no tier";
const LONG: usize = 200_000;

/// No further round of the others begins after so long: a slow machine has fewer.
const ENOUGH: Duration = Duration::from_secs(40);

pub(crate) fn web07(bench: &Bench) -> Result<Vec<Row>, String> {
    Ok(vec![replay(bench, "replay of web07", &web()?, bench.pick(11, 1))?])
}

pub(crate) fn orm_busy(bench: &Bench) -> Result<Vec<Row>, String> {
    Ok(vec![match busy(bench.pick(500_000, 100_000))? {
        Some(ids) => replay(bench, "replay of orm-busy", &ids, bench.pick(3, 1))?,
        None => Row::new("replay of orm-busy", "requests/s", &Samples::default())
            .note("not run: there is no shared/data beside the checkout"),
    }])
}

/// So many requests of orm-busy. `None` where the traces are not beside the checkout.
pub(crate) fn busy(count: u64) -> Result<Option<Arc<[u64]>>, String> {
    let failed = |error| format!("orm-busy.trace.xz: {error}");
    let file = match std::fs::File::open(checkout().join("../shared/data/orm-busy.trace.xz")) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    xz2::read::XzDecoder::new(file).take(count * 4).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(ids(&bytes)))
}

pub(crate) fn web() -> Result<Arc<[u64]>, String> {
    let web = std::fs::read(checkout().join("examples/storefront/data/web07.trace"));
    web.map(|bytes| ids(&bytes)).map_err(|error| format!("web07.trace: {error}"))
}

/// Ids are big-endian numbers of 32 bits.
fn ids(bytes: &[u8]) -> Arc<[u64]> {
    let (ids, _) = bytes.as_chunks::<4>();
    ids.iter().map(|id| u64::from(u32::from_be_bytes(*id))).collect()
}

fn replay(bench: &Bench, name: &str, ids: &Arc<[u64]>, rounds: usize) -> Result<Row, String> {
    let of = |turns: &[&'static str]| {
        turns.iter().map(|turn| Ok((*turn, once(bench, turn, ids)?))).collect::<Result<Vec<_>, String>>()
    };
    let (mut found, disturbed) = undisturbed(rounds, ENOUGH, |round| {
        let mut turns = FAST;
        turns.rotate_left(round % FAST.len());
        of(&turns)
    });
    found.extend((0..if ids.len() > LONG { 1 } else { 3 }).map(|_| of(&SELDOM)));
    let (mut samples, mut bodies) = (Samples::of_rounds(disturbed), Samples::default());
    for round in found {
        for (turn, (rate, ran)) in round? {
            samples.add(turn, rate);
            bodies.add(turn, ran);
        }
    }
    let mut row = Row::new(format!("{name}, {} requests, 64 callers", ids.len()), "requests/s", &samples);
    for peer in ["moka + by hand", "multi-tier-cache", SLOW] {
        row = row.ratio_at_least(peer, 1.0);
    }
    let told: Vec<String> =
        bodies.names().filter_map(|name| Some(format!("{name} {:.0}", bodies.of(name)?.median))).collect();
    Ok(row
        .note(format!(
            "bodies run: {}; a body takes no time, so that a miss costs what the cache adds",
            told.join(", ")
        ))
        .note("10,000 entries in the first tier; cashews and `cached` do not have two tiers in this process"))
}

/// One contender, with nothing in either tier: requests a second, and bodies run.
pub(crate) fn once(bench: &Bench, name: &str, ids: &Arc<[u64]>) -> Result<(f64, f64), String> {
    let (runtime, url) = (bench.handle(), bench.server.url());
    bench.server.flush()?;
    let _inside = runtime.enter();
    Ok(match name {
        OURS => {
            let cache = patient(&url).name("replay").local_entries(ENTRIES).build();
            let cache = cache.map_err(|error| error.to_string())?;
            runtime
                .block_on(cache.ping())
                .or_else(|_| runtime.block_on(cache.ping()))
                .map_err(|error| error.to_string())?;
            drive(bench, ids, move |id| {
                let cache = cache.clone();
                async move { ours::tiered(&cache, id).await }
            })
        }
        "moka + by hand" => {
            let glue = Glue::new(ENTRIES, runtime.block_on(ByHand::connect(&url))?);
            drive(bench, ids, move |id| {
                let glue = glue.clone();
                async move { glue.user(id).await }
            })
        }
        "multi-tier-cache" => {
            let tiers = runtime.block_on(MultiTier::tiered(&url, ENTRIES))?;
            drive(bench, ids, move |id| {
                let tiers = tiers.clone();
                async move { tiers.user(id).await }
            })
        }
        SLOW => drive(bench, ids, hitbox::tiered(&url, ENTRIES)?),
        BARE => {
            let by_hand = runtime.block_on(ByHand::connect(&url))?;
            drive(bench, ids, move |id| {
                let by_hand = by_hand.clone();
                async move { by_hand.user(id).await }
            })
        }
        _ => {
            return Err(format!("no contender is called {name}; there are {}, {}", FAST.join(", "), SELDOM.join(", ")));
        }
    })
}

/// Requests a second, and bodies run.
fn drive<F, T>(bench: &Bench, ids: &Arc<[u64]>, call: F) -> (f64, f64)
where
    F: Fn(u64) -> T + Clone + Send + Sync + 'static,
    T: Future + Send,
    T::Output: Send,
{
    let (next, before, start) = (Arc::new(AtomicUsize::new(0)), loads(), Instant::now());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (next, ids, call) = (Arc::clone(&next), Arc::clone(ids), call.clone());
            bench.handle().spawn(async move {
                while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                    std::hint::black_box(call(*id).await);
                }
            })
        })
        .collect();
    for caller in callers {
        bench.handle().block_on(caller).expect("a caller does not panic");
    }
    (ids.len() as f64 / start.elapsed().as_secs_f64(), (loads() - before) as f64)
}
