//! Callers that go on until they are told to stop, and write down every call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::contender::Contender;

/// Of each contender.
const CALLERS: u64 = 8;
/// Between two calls of a caller: with two dozen callers, a small machine is not busy, so that nobody waits for it.
const PAUSE: Duration = Duration::from_millis(10);
/// Of that many keys, all are in the server.
const WARM: u64 = 32;
/// One call of so many is of a key that was never read before.
const MISS_EVERY: u64 = 10;

/// One call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) began: Instant,
    pub(crate) took: Duration,
    pub(crate) hit: bool,
}

/// The callers of one contender.
pub(crate) struct Callers {
    name: &'static str,
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Call>>>,
}

impl Callers {
    /// Warms the keys up and starts.
    pub(crate) async fn start(contender: &Contender) -> Self {
        for id in 0..WARM {
            contender.call(id).await;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let next = Arc::new(AtomicU64::new(WARM));
        let call = |number| tokio::spawn(calls(contender.clone(), number, Arc::clone(&stop), Arc::clone(&next)));
        let tasks = (0..CALLERS).map(call).collect();
        Self { name: contender.name(), stop, tasks }
    }

    /// Ends them, and gives what they wrote down.
    pub(crate) async fn stop(self) -> Result<(&'static str, Vec<Call>), String> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for task in self.tasks {
            all.extend(task.await.map_err(|error| error.to_string())?);
        }
        Ok((self.name, all))
    }
}

async fn calls(contender: Contender, caller: u64, stop: Arc<AtomicBool>, next: Arc<AtomicU64>) -> Vec<Call> {
    let mut calls = Vec::new();
    // They start at different keys, and miss at different times.
    for turn in caller * 4.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let id = if turn % MISS_EVERY == 0 { next.fetch_add(1, Ordering::Relaxed) } else { turn % WARM };
        let began = Instant::now();
        let hit = contender.call(id).await;
        calls.push(Call { began, took: began.elapsed().saturating_sub(contender.least()), hit });
        tokio::time::sleep(PAUSE).await;
    }
    calls
}
