//! Rounds: every contender runs for a short time in each, in rotating order.

use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

/// How often, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) each: Duration,
}

/// One of those that a row compares; its figure of one round.
pub(crate) struct Contender<'a> {
    name: &'static str,
    run: Box<dyn FnMut(Duration) -> f64 + 'a>,
}

/// A contender by what it does for a time.
pub(crate) fn contender<'a>(name: &'static str, run: impl FnMut(Duration) -> f64 + 'a) -> Contender<'a> {
    Contender { name, run: Box::new(run) }
}

/// The figures of all rounds, by contender.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<(&'static str, Vec<f64>)>);

/// Median, smallest, largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// Runs all of them. A first, short round is for warming up and is not kept.
pub(crate) fn interleave(plan: Plan, mut contenders: Vec<Contender<'_>>) -> Samples {
    for contender in &mut contenders {
        (contender.run)(plan.each / 4);
    }
    let mut samples = Samples(contenders.iter().map(|one| (one.name, Vec::new())).collect());
    let count = contenders.len();
    for round in 0..plan.rounds {
        for nth in 0..count {
            let place = (nth + round) % count;
            let figure = (contenders[place].run)(plan.each);
            samples.0[place].1.push(figure);
        }
    }
    samples
}

impl Samples {
    /// Figures that were taken elsewhere, a contender at a time.
    pub(crate) fn add(&mut self, name: &'static str, figure: f64) {
        match self.0.iter_mut().find(|(there, _)| *there == name) {
            Some((_, figures)) => figures.push(figure),
            None => self.0.push((name, vec![figure])),
        }
    }

    /// All contenders, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    pub(crate) fn of(&self, name: &str) -> Option<Summary> {
        summary(self.figures(name))
    }

    /// The median of the rounds' own ratios, so that what a round suffered concerns both.
    pub(crate) fn ratio(&self, name: &str, peer: &str) -> Option<f64> {
        let pairs = self.figures(name).iter().zip(self.figures(peer));
        summary(&pairs.map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>()).map(|all| all.median)
    }

    fn figures(&self, name: &str) -> &[f64] {
        self.0.iter().find(|(there, _)| *there == name).map_or(&[], |(_, figures)| figures)
    }
}

fn summary(figures: &[f64]) -> Option<Summary> {
    let mut sorted: Vec<f64> = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (min, max) = (*sorted.first()?, *sorted.last()?);
    let middle = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
    Some(Summary { median, min, max })
}

/// Nanoseconds of a call, from one thread that goes through the keys again and again.
pub(crate) fn spin<K, T>(runtime: &Handle, keys: &[K], each: Duration, call: impl AsyncFn(&K) -> T) -> f64 {
    runtime.block_on(turn(keys, each, call))
}

/// The same, within a task: for calls in the scope of a cache.
pub(crate) async fn turn<K, T>(keys: &[K], each: Duration, call: impl AsyncFn(&K) -> T) -> f64 {
    const LOOK: usize = 1_000;
    let (start, mut calls) = (Instant::now(), 0_usize);
    loop {
        for some in keys.chunks(LOOK) {
            for key in some {
                black_box(call(black_box(key)).await);
            }
            calls += some.len();
            let took = start.elapsed();
            if took >= each {
                return took.as_nanos() as f64 / calls as f64;
            }
        }
    }
}

/// Microseconds of a call that may take long: time is looked at after each.
pub(crate) fn step<T>(runtime: &Handle, each: Duration, call: impl AsyncFn(u64) -> T) -> f64 {
    runtime.block_on(async {
        let (start, mut calls) = (Instant::now(), 0_u64);
        loop {
            black_box(call(calls).await);
            calls += 1;
            let took = start.elapsed();
            if took >= each {
                return took.as_nanos() as f64 / 1000.0 / calls as f64;
            }
        }
    })
}

/// What many callers got done.
pub(crate) struct Load {
    pub(crate) per_second: f64,
    /// Of each call, in nanoseconds, sorted.
    pub(crate) latencies: Vec<u32>,
}

impl Load {
    /// In microseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(place).or(self.latencies.last()).map_or(f64::NAN, |ns| f64::from(*ns) / 1000.0)
    }
}

/// So many tasks, each of which makes one call after the other, with keys that no other has.
pub(crate) fn load<F, T>(runtime: &Handle, callers: u64, keys: u64, each: Duration, call: F) -> Load
where
    F: Fn(u64) -> T + Clone + Send + Sync + 'static,
    T: Future + Send,
    T::Output: Send,
{
    let share = (keys / callers).max(1);
    let done = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (call, done) = (call.clone(), Arc::clone(&done));
            runtime.spawn(async move {
                let mut random = fastrand::Rng::with_seed(caller + 1);
                let mut latencies = Vec::with_capacity(1024);
                let mut before = Instant::now();
                while before - start < each {
                    black_box(call(caller * share + random.u64(..share)).await);
                    let after = Instant::now();
                    latencies.push(u32::try_from((after - before).as_nanos()).unwrap_or(u32::MAX));
                    before = after;
                }
                done.fetch_add(latencies.len() as u64, Ordering::Relaxed);
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(runtime.block_on(task).expect("a caller does not panic"));
    }
    let took = start.elapsed();
    latencies.sort_unstable();
    Load { per_second: done.load(Ordering::Relaxed) as f64 / took.as_secs_f64(), latencies }
}

/// Polls a future to its end without leaving this thread, and says what that allocates.
pub(crate) fn allocations<T>(runtime: &Handle, call: impl Future<Output = T>) -> u64 {
    allocation_counter::measure(|| {
        black_box(runtime.block_on(call));
    })
    .count_total
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Plan, Samples, Summary, contender, interleave};

    #[test]
    fn ratios_are_of_rounds() {
        let mut samples = Samples::default();
        for (ours, theirs) in [(1.0, 1.0), (20.0, 10.0), (9.0, 3.0)] {
            samples.add("ours", ours);
            samples.add("theirs", theirs);
        }
        assert_eq!(samples.of("ours"), Some(Summary { median: 9.0, min: 1.0, max: 20.0 }));
        assert_eq!(samples.ratio("ours", "theirs"), Some(2.0));
        assert_eq!(samples.ratio("ours", "nobody"), None);
    }

    #[test]
    fn everybody_runs_in_every_round() {
        let plan = Plan { rounds: 3, each: Duration::ZERO };
        let samples = interleave(plan, vec![contender("a", |_| 1.0), contender("b", |_| 2.0)]);
        assert_eq!(samples.names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(samples.ratio("b", "a"), Some(2.0));
    }
}
