//! One run: all contenders at once, on one server.

use std::time::{Duration, Instant};

use cache_runtime::{BreakerState, Cache};
use cache_tests::RedisServer;

use crate::callers::{Call, Callers};
use crate::contender::Contender;
use crate::table::{Recovered, Report, Row};

/// The phases, in their order.
pub const PHASES: [&str; 5] = ["healthy", "freezing", "open", "recovering", "healthy again"];

/// A phase that ends by a change of state must do so by then.
const DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(1);

/// How long the phases last that have no end of their own.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    /// Before the first one; calls in it do not count.
    pub warm_up: Duration,
    /// Each.
    pub phase: Duration,
}

impl Lengths {
    /// Enough calls for a p999 where the server is well.
    pub const FULL: Self = Self { warm_up: Duration::from_secs(1), phase: Duration::from_secs(5) };
    /// To see that it runs.
    pub const QUICK: Self = Self { warm_up: Duration::from_millis(100), phase: Duration::from_millis(400) };
}

/// Starts a server, measures, stops it.
///
/// # Errors
/// When a contender cannot connect, or the breaker does not open or close in time.
pub fn run(lengths: Lengths) -> Result<Report, String> {
    let server = RedisServer::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    // Not on a thread of the callers: freezing the server waits until it stands still.
    let contenders = runtime.block_on(Contender::all(&server.url()))?;
    let cache = contenders.iter().find_map(|contender| match contender {
        Contender::Annotated(cache) => Some(cache.clone()),
        Contender::ByHand(..) | Contender::Machine => None,
    });
    let cache = cache.ok_or("nobody is annotated")?;
    let mut callers = Vec::new();
    for contender in &contenders {
        callers.push(runtime.block_on(Callers::start(contender)));
    }
    let bounds = phases(&server, &cache, lengths);
    let mut calls = Vec::new();
    for one in callers {
        calls.push(runtime.block_on(one.stop())?);
    }
    Ok(report(&bounds?, &calls))
}

/// When each phase begins, and when the last one ends.
fn phases(server: &RedisServer, cache: &Cache, lengths: Lengths) -> Result<[Instant; 6], String> {
    let sleep = |length| std::thread::sleep(length);
    sleep(lengths.warm_up);
    let healthy = Instant::now();
    sleep(lengths.phase);
    let freezing = Instant::now();
    server.pause();
    let opened = until("the breaker opens", || cache.health().breaker != BreakerState::Closed);
    let open = Instant::now();
    if opened.is_ok() {
        sleep(lengths.phase);
    }
    let recovering = Instant::now();
    // Whatever happened: a frozen server would hold up the end.
    server.resume();
    opened?;
    until("the breaker closes", || cache.health().breaker == BreakerState::Closed)?;
    let hits = cache.stats().hits;
    until("a hit is served", || cache.stats().hits > hits)?;
    let again = Instant::now();
    sleep(lengths.phase);
    Ok([healthy, freezing, open, recovering, again, Instant::now()])
}

fn until(what: &str, mut reached: impl FnMut() -> bool) -> Result<(), String> {
    let start = Instant::now();
    while !reached() {
        if start.elapsed() > DEADLINE {
            return Err(format!("{DEADLINE:?} were not enough until {what}"));
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn report(bounds: &[Instant; 6], contenders: &[(&'static str, Vec<Call>)]) -> Report {
    let mut rows = Vec::new();
    for (phase, bound) in PHASES.iter().zip(bounds.windows(2)) {
        let length = bound[1] - bound[0];
        for (name, calls) in contenders {
            // A call belongs to the phase in which it began.
            let within = calls.iter().filter(|call| bound[0] <= call.began && call.began < bound[1]);
            rows.push(Row::new(phase, length, name, within.map(|call| call.took).collect()));
        }
    }
    let resumed = bounds[3];
    let first_hit = |calls: &[Call]| {
        let ended = calls.iter().filter(|call| call.hit).map(|call| call.began + call.took);
        ended.filter(|ended| *ended >= resumed).min().map(|ended| ended - resumed)
    };
    let caching = contenders.iter().filter(|(_, calls)| calls.iter().any(|call| call.hit));
    let recovered = caching.map(|(name, calls)| Recovered { name, after: first_hit(calls) }).collect();
    Report { rows, recovered }
}
