//! Loops of calls: from one thread, from one task, from many.

use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::counted::measure;

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

/// So many tasks, each of which makes one call after the other, with keys that no other has. What they do in the first third is not
/// counted: whoever had the processors before left its own keys and values in their caches.
pub(crate) fn load<F, T>(runtime: &Handle, callers: u64, keys: u64, each: Duration, call: F) -> Load
where
    F: Fn(u64) -> T + Clone + Send + Sync + 'static,
    T: Future + Send,
    T::Output: Send,
{
    let share = (keys / callers).max(1);
    let done = Arc::new(AtomicU64::new(0));
    let start = Instant::now() + each / 2;
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (call, done) = (call.clone(), Arc::clone(&done));
            runtime.spawn(async move {
                let mut random = fastrand::Rng::with_seed(caller + 1);
                let mut latencies = Vec::with_capacity(1024);
                let mut before = Instant::now();
                while before.saturating_duration_since(start) < each {
                    black_box(call(caller * share + random.u64(..share)).await);
                    let after = Instant::now();
                    if before >= start {
                        latencies.push(u32::try_from((after - before).as_nanos()).unwrap_or(u32::MAX));
                    }
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

/// Allocations of a call that does not leave this thread: the mean of a thousand, after as many that are not counted.
pub(crate) fn allocations<T>(runtime: &Handle, call: impl AsyncFn() -> T) -> Result<f64, String> {
    const CALLS: u32 = 1_000;
    runtime.block_on(async {
        for _ in 0..CALLS {
            black_box(call().await);
        }
    });
    let counted = measure(|| {
        runtime.block_on(async {
            for _ in 0..CALLS {
                black_box(call().await);
            }
        });
    })?;
    Ok(counted.allocations as f64 / f64::from(CALLS))
}
