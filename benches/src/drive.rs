//! One contender at work, and what it costs of both processors: for profilers, and to compare two builds in turns.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bench::{Bench, KEYS};
use crate::calls::load;
use crate::contenders::by_hand::ByHand;
use crate::contenders::{member, ours};
use crate::place::Place;
use crate::rows::redis::fill;
use crate::rows::{replay, stampede};

/// `cache-benches drive WHAT CALLERS SECONDS [shared]`, where WHAT is `hit`, `hit-by-hand`, `member`, `member-by-hand`, `stampede`,
/// or `replay-` or `replay-busy-` and the name of a contender.
pub(crate) fn run(words: &[String]) -> Result<(), String> {
    let [what, callers, seconds, place @ ..] = words else {
        return Err("drive WHAT CALLERS SECONDS [shared]".to_owned());
    };
    let place = if place == ["shared"] { Place::Shared } else { Place::Apart };
    let callers: u64 = callers.parse().map_err(|_| "CALLERS is a number")?;
    let each = Duration::from_secs(seconds.parse().map_err(|_| "SECONDS is a number")?);
    let bench = Bench::start(true, place)?;
    match what.as_str() {
        "hit" => {
            let call = |id| ours::stored(id);
            fill(&bench, KEYS, call);
            told(&bench, what, || Ok(load(bench.handle(), callers, KEYS, each, call).latencies.len()))
        }
        "hit-by-hand" => {
            let by_hand = bench.handle().block_on(ByHand::connect(&bench.server.url()))?;
            let call = move |id| {
                let by_hand = by_hand.clone();
                async move { by_hand.user(id).await }
            };
            fill(&bench, KEYS, call.clone());
            told(&bench, what, || Ok(load(bench.handle(), callers, KEYS, each, call).latencies.len()))
        }
        "member" => {
            let call = |id| {
                let (org, id) = member(id);
                ours::stored_member(org, id)
            };
            fill(&bench, KEYS, call);
            told(&bench, what, || Ok(load(bench.handle(), callers, KEYS, each, call).latencies.len()))
        }
        "member-by-hand" => {
            let by_hand = bench.handle().block_on(ByHand::connect(&bench.server.url()))?;
            let call = move |id| {
                let by_hand = by_hand.clone();
                async move { by_hand.member(id).await }
            };
            fill(&bench, KEYS, call.clone());
            told(&bench, what, || Ok(load(bench.handle(), callers, KEYS, each, call).latencies.len()))
        }
        // Of ten thousand, whatever CALLERS says.
        "stampede" => told(&bench, what, || {
            let (begun, mut rounds) = (Instant::now(), 0);
            while begun.elapsed() < each {
                println!("{:.1} ms", stampede::ours(&bench, rounds));
                rounds += 1;
            }
            Ok(usize::try_from(rounds).unwrap_or(0))
        }),
        _ => {
            let name = what
                .strip_prefix("replay-")
                .ok_or("hit, hit-by-hand, member, member-by-hand, stampede, replay-NAME, or replay-busy-NAME")?;
            let (name, ids): (_, Arc<[u64]>) = match name.strip_prefix("busy-") {
                Some(name) => (name, replay::busy(500_000)?.ok_or("there is no shared/data beside the checkout")?),
                None => (name, replay::web()?),
            };
            told(&bench, what, || {
                let (begun, mut requests) = (Instant::now(), 0);
                while begun.elapsed() < each {
                    replay::once(&bench, name, &ids)?;
                    requests += ids.len();
                }
                Ok(requests)
            })
        }
    }
}

/// Prints the rate, what a call took of this process and of the server, and how many of them the server read at a time.
fn told(bench: &Bench, what: &str, run: impl FnOnce() -> Result<usize, String>) -> Result<(), String> {
    let (client, server, reads, begun) =
        (own_seconds()?, bench.server.seconds()?, bench.server.reads()?, Instant::now());
    let calls = run()? as f64;
    let took = begun.elapsed().as_secs_f64();
    let (client, server) = (own_seconds()? - client, bench.server.seconds()? - server);
    let reads = (bench.server.reads()? - reads) as f64;
    println!(
        "{what}: {:.0} a second, {:.2} us of the client's processor and {:.2} us of the server's each, {:.0} % of {took:.1} s, \
         {:.1} at a time",
        calls / took,
        client / calls * 1e6,
        server / calls * 1e6,
        (client + server) / took * 100.0,
        calls / reads,
    );
    Ok(())
}

/// Processor time of this process. The kernel counts it in hundredths.
fn own_seconds() -> Result<f64, String> {
    let text = std::fs::read_to_string("/proc/self/stat").map_err(|error| error.to_string())?;
    let after = text.rsplit(')').next().unwrap_or_default();
    let field = |nth: usize| after.split_whitespace().nth(nth).and_then(|word| word.parse::<f64>().ok());
    field(11)
        .zip(field(12))
        .map(|(user, system)| (user + system) / 100.0)
        .ok_or_else(|| "no times of processes".to_owned())
}
