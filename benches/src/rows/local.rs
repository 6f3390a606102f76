//! Hits of the local tier.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use uuid::Uuid;

use crate::bench::{Bench, LOCAL_KEYS};
use crate::calls::{allocations, spin};
use crate::contenders::moka::moka;
use crate::contenders::quick::quick;
use crate::contenders::{cached, hitbox, member, ours};
use crate::count;
use crate::counted::{Figures, figures, named};
use crate::measure::{Contender, contender, interleave};
use crate::place::everywhere;
use crate::report::{OURS, Row};
use crate::value::{User, loads, user};

const EACH: Duration = Duration::from_millis(100);

/// How often one thread and two take turns in a round.
const TURNS: u32 = 4;

/// Ours, by a UUID and a tenant.
const MEMBER: &str = "ours, member";

/// Room in each cache.
const ENTRIES: u64 = 10_000;

/// The keys in an order that no prefetcher knows; the same for all.
pub(crate) fn shuffled(keys: u64) -> Vec<u64> {
    let mut keys: Vec<u64> = (0..keys).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut keys);
    keys
}

/// Asks until the local tier holds all keys, so that none of them is read from the server.
pub(crate) async fn settle<K>(keys: &[K], call: impl AsyncFn(&K) -> Arc<User>) {
    for _ in 0..3 {
        for key in keys {
            call(key).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) fn run(bench: &Bench) -> Result<Vec<Row>, String> {
    let runtime = bench.handle();
    let ids = shuffled(LOCAL_KEYS);
    let members: Vec<(u64, Uuid)> = ids.iter().map(|id| member(*id)).collect();
    let (raw, by_moka, by_hitbox) = (quick::<u64>(ENTRIES as usize), moka::<u64>(ENTRIES), hitbox::in_memory(ENTRIES));
    let (raw_members, moka_members) = (quick::<(u64, Uuid)>(ENTRIES as usize), moka::<(u64, Uuid)>(ENTRIES));
    for (id, member) in ids.iter().zip(&members) {
        raw.insert(*id, Arc::new(user(*id)));
        by_moka.insert(*id, Arc::new(user(*id)));
        raw_members.insert(*member, Arc::new(user(*id)));
        moka_members.insert(*member, Arc::new(user(*id)));
    }
    runtime.block_on(async {
        settle(&ids, async |id| ours::held(*id).await).await;
        settle(&ids, async |id| cached::held(*id).await).await;
        settle(&members, async |(org, id)| ours::held_member(*org, *id).await).await;
        settle(&members, async |(org, id)| cached::held_member(*org, *id).await).await;
        for id in &ids {
            hitbox::user(*id).cache(&by_hitbox).await;
        }
    });
    let before = loads();
    let by_id = interleave(
        bench.many_rounds(EACH),
        vec![
            contender(OURS, |each| spin(runtime, &ids, each, async |id| ours::held(*id).await)),
            contender("quick_cache", |each| spin(runtime, &ids, each, async |id| raw.get(id))),
            contender("moka", |each| spin(runtime, &ids, each, async |id| by_moka.get(id))).seldom(),
            contender("cached", |each| spin(runtime, &ids, each, async |id| cached::held(*id).await)).seldom(),
            contender("hitbox", |each| spin(runtime, &ids, each, async |id| hitbox::user(*id).cache(&by_hitbox).await))
                .seldom(),
            contender("no recorder", |each| {
                metrics::with_local_recorder(&metrics::NoopRecorder, || {
                    spin(runtime, &ids, each, async |id| ours::held(*id).await)
                })
            })
            .seldom(),
        ],
    );
    let by_member = interleave(
        bench.many_rounds(EACH),
        vec![
            contender(OURS, |each| spin(runtime, &members, each, async |(org, id)| ours::held_member(*org, *id).await)),
            contender("quick_cache", |each| spin(runtime, &members, each, async |key| raw_members.get(key))),
            contender("moka", |each| spin(runtime, &members, each, async |key| moka_members.get(key))).seldom(),
            contender("cached", |each| {
                spin(runtime, &members, each, async |(org, id)| cached::held_member(*org, *id).await)
            })
            .seldom(),
        ],
    );
    let bodies = loads() - before;
    let counted = figures(bench, "local")?;
    let allocated = [OURS, "quick_cache", "moka", "cached", "hitbox"].map(|name| Ok((name, named(&counted, name)?)));
    let allocated = allocated.into_iter().collect::<Result<Vec<_>, String>>()?;
    let of_member = named(&counted, MEMBER)?;
    let mut row = Row::new("local hit, u64 key", "ns", &by_id)
        .ratio_at_most("quick_cache", 2.0)
        .ratio_at_most("cached", 1.0)
        .must("0 allocations", allocated[0].1, allocated[0].1 == 0.0)
        .note("`no recorder` is ours without a recorder of metrics; with it, Prometheus' own exporter counts every hit")
        .note("hitbox keeps values as JSON in moka and decodes each");
    row.allocations = allocated;
    let row = count::local(bench, row);
    let member = Row::new("local hit, UUID key with a tenant", "ns", &by_member)
        .ratio_at_most("quick_cache", 2.0)
        .ratio_at_most("cached", 1.0)
        .must("0 allocations", of_member, of_member == 0.0);
    Ok(vec![ran(row, bodies), ran(member, bodies)])
}

/// The allocations of a hit.
pub(crate) fn count(bench: &Bench) -> Result<Figures, String> {
    let runtime = bench.handle();
    let (org, id) = member(7);
    let (raw, by_moka, by_hitbox) = (quick::<u64>(ENTRIES as usize), moka::<u64>(ENTRIES), hitbox::in_memory(ENTRIES));
    raw.insert(7, Arc::new(user(7)));
    by_moka.insert(7, Arc::new(user(7)));
    runtime.block_on(async {
        settle(&[7], async |id| ours::held(*id).await).await;
        settle(&[7], async |id| cached::held(*id).await).await;
        settle(&[id], async |id| ours::held_member(org, *id).await).await;
        hitbox::user(7).cache(&by_hitbox).await;
    });
    let all = [
        (OURS, allocations(runtime, async || ours::held(7).await)),
        (MEMBER, allocations(runtime, async || ours::held_member(org, id).await)),
        ("quick_cache", allocations(runtime, async || raw.get(&7))),
        ("moka", allocations(runtime, async || by_moka.get(&7))),
        ("cached", allocations(runtime, async || cached::held(7).await)),
        ("hitbox", allocations(runtime, async || hitbox::user(7).cache(&by_hitbox).await)),
    ];
    all.into_iter().map(|(name, count)| Ok((name.to_owned(), count?))).collect()
}

/// Says so where hits turned out to be misses.
pub(crate) fn ran(row: Row, bodies: u64) -> Row {
    if bodies == 0 { row } else { row.note(format!("{bodies} bodies ran while hits were measured")) }
}

/// How much more two threads get done than one.
pub(crate) fn threads(bench: &Bench) -> Result<Vec<Row>, String> {
    let runtime = bench.handle();
    let ids = shuffled(LOCAL_KEYS);
    let raw = quick::<u64>(ENTRIES as usize);
    let by_moka = moka::<u64>(ENTRIES);
    for id in &ids {
        raw.insert(*id, Arc::new(user(*id)));
        by_moka.insert(*id, Arc::new(user(*id)));
    }
    runtime.block_on(async {
        settle(&ids, async |id| ours::held(*id).await).await;
        settle(&ids, async |id| cached::held(*id).await).await;
    });
    let samples = interleave(
        bench.short_rounds(EACH * 6),
        vec![
            doubled(OURS, |each| spin(runtime, &ids, each, async |id| ours::held(*id).await)),
            doubled("quick_cache", |each| spin(runtime, &ids, each, async |id| raw.get(id))).seldom(),
            doubled("moka", |each| spin(runtime, &ids, each, async |id| by_moka.get(id))).seldom(),
            doubled("cached", |each| spin(runtime, &ids, each, async |id| cached::held(*id).await)).seldom(),
        ],
    );
    let row = Row::new("local hit, 2 threads", "x of one thread", &samples).at_least(1.8);
    Ok(vec![row.note("throughput of two threads on the same 1,000 keys over that of either alone, in the same round")])
}

fn doubled<'a>(name: &'static str, run: impl Fn(Duration) -> f64 + Sync + 'a) -> Contender<'a> {
    contender(name, move |each| {
        let each = each / 3 / TURNS;
        let barrier = Barrier::new(2);
        // In turns, as the machine's speed changes within a round, and on the same threads, which keep copies of their own. Each of
        // them is alone in its turn: of two processors one may be slower for minutes.
        let turns = |nth: usize| {
            let (mut alone, mut together) = (0.0, 0.0);
            for _ in 0..TURNS {
                for turn in 0..2 {
                    barrier.wait();
                    if turn == nth {
                        alone += 1.0 / run(each);
                    }
                }
                barrier.wait();
                together += 1.0 / run(each);
            }
            (alone, together)
        };
        everywhere(|| {
            std::thread::scope(|scope| {
                let other = scope.spawn(|| turns(1));
                let (one, two) = (turns(0), other.join().expect("a loop of hits does not panic"));
                2.0 * (one.1 + two.1) / (one.0 + two.0)
            })
        })
    })
}
