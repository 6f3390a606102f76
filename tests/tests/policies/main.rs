//! Freshness policies, on the embedded store with a moved clock, on a real server, and on a Cluster.

mod background;
mod life;
mod place;
mod stale;
mod timeouts;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use cache_runtime::{Cache, LoadTimeout, Outcome, outcome};
use tokio::sync::{Notify, Semaphore};

pub use self::place::{Place, places};

/// How long a test waits for what a busy machine does late.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Why a body fails.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The source is down.
    Down,
    /// The hard timeout.
    Late,
}

impl From<LoadTimeout> for Failure {
    fn from(_: LoadTimeout) -> Self {
        Self::Late
    }
}

/// Stands for a database, and is cloned into the background.
#[derive(Clone, Default)]
pub struct Source(Arc<Inner>);

#[derive(Default)]
struct Inner {
    reads: AtomicUsize,
    down: AtomicBool,
    gated: AtomicBool,
    began: Notify,
    gate: Gate,
}

struct Gate(Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Source {
    /// The nth read gives n.
    pub async fn read(&self) -> Result<usize, Failure> {
        let nth = self.0.reads.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.began.notify_one();
        if self.0.gated.load(Ordering::SeqCst) {
            self.0.gate.0.acquire().await.expect("open").forget();
        }
        if self.0.down.load(Ordering::SeqCst) { Err(Failure::Down) } else { Ok(nth) }
    }

    /// How often a body ran.
    pub fn reads(&self) -> usize {
        self.0.reads.load(Ordering::SeqCst)
    }

    /// Whether reads fail from now on.
    pub fn down(&self, down: bool) {
        self.0.down.store(down, Ordering::SeqCst);
    }

    /// Whether reads wait from now on.
    pub fn gated(&self, gated: bool) {
        self.0.gated.store(gated, Ordering::SeqCst);
    }

    /// Lets so many reads through.
    pub fn open(&self, reads: usize) {
        self.0.gate.0.add_permits(reads);
    }

    /// Returns when a read has begun.
    pub async fn began(&self) {
        self.0.began.notified().await;
    }
}

/// Runs a read and says what it did.
pub async fn how<F: Future>(cache: &Cache, read: F) -> (F::Output, Outcome) {
    cache.scope(outcome(read)).await
}

/// Returns when this holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "not reached: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
