//! What a cache says of itself.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Cache;
use crate::breaker::BreakerState;
use crate::outcome::{Level, Outcome, Status};
use crate::store::Store;
use crate::tally::Tally;

/// A count that only grows.
#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// On lines of memory of their own: what every call reads of a cache is not to move when one of them is raised.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Counts {
    // Each thread for itself, as many count them at the same time: hits, and what each call is while the store is away.
    pub hits: Tally,
    pub failures: Tally,
    pub loads: Tally,
    pub errors: Tally,
    pub stale: Count,
    pub misses: Count,
    pub refreshes: Count,
    pub bypasses: Count,
    pub shared: Count,
    pub fills: Count,
    pub invalidations: Count,
    pub deferred_invalidations: Count,
    pub decode_failures: Count,
}

impl Counts {
    pub(crate) fn request(&self, outcome: &Outcome) {
        match outcome.status {
            Status::Hit => self.hits.add(),
            Status::Stale => self.stale.add(),
            Status::Miss => self.misses.add(),
            Status::Refresh => self.refreshes.add(),
            Status::Bypass => self.bypasses.add(),
            Status::Error => self.failures.add(),
            Status::Uncached => {}
        }
        if outcome.level == Level::Flight {
            self.shared.add();
        }
    }
}

/// Counts since the cache was built. The same numbers, by resource, are in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that were served a stored value.
    pub hits: u64,
    /// Calls that were served a value past its ttl.
    pub stale: u64,
    /// Of all calls, those that the local tier served.
    pub local: u64,
    /// Calls whose value was not stored.
    pub misses: u64,
    /// Calls that asked for a new value.
    pub refreshes: u64,
    /// Calls that left the cache out.
    pub bypasses: u64,
    /// Calls on which the store failed, or held something that did not decode.
    pub failures: u64,
    /// Of all calls, those that another caller's read or load served.
    pub shared: u64,
    /// Bodies and loaders run.
    pub loads: u64,
    /// Values stored.
    pub fills: u64,
    /// Invalidations that reached the store.
    pub invalidations: u64,
    /// Invalidations that did not at first; they are tried again.
    pub deferred_invalidations: u64,
    /// Entries that did not decode.
    pub decode_failures: u64,
    /// Failed operations of the store, those refused by the breaker included.
    pub errors: u64,
    /// Invalidations that wait for the store now.
    pub pending_invalidations: usize,
    /// Keys being read or loaded now, but for loads in place of a value that is still there.
    pub in_flight: usize,
    /// Callers that ever waited for another one's read or load.
    pub waited: usize,
    /// Entries in the embedded store, `None` for a server.
    pub entries: Option<u64>,
    /// Bytes in the embedded store, `None` for a server.
    pub bytes: Option<u64>,
    /// Entries in the local tier, those included that are not served any more.
    pub local_entries: u64,
    /// Bytes in the local tier.
    pub local_bytes: u64,
}

/// Whether a cache is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Where entries live.
    pub store: Level,
    /// Whether there is a connection now. A cache that was not used yet has none.
    pub connected: bool,
    /// Whether the store tells of changes now, so that values can be held in the local tier. The embedded one always does, a
    /// server that was not used yet does not.
    pub tracking: bool,
    /// Whether the store is being asked.
    pub breaker: BreakerState,
}

impl Cache {
    /// Counts since the cache was built.
    pub fn stats(&self) -> Stats {
        let (counts, local) = (&self.0.counts, self.0.local.hit_count());
        let usage = match &self.0.store {
            Store::Memory(store) => Some(store.usage()),
            #[cfg(feature = "redis")]
            Store::Redis(_) => None,
        };
        Stats {
            hits: counts.hits.total() + local,
            stale: counts.stale.get(),
            local,
            misses: counts.misses.get(),
            refreshes: counts.refreshes.get(),
            bypasses: counts.bypasses.get(),
            failures: counts.failures.total(),
            shared: counts.shared.get(),
            loads: counts.loads.total(),
            fills: counts.fills.get(),
            invalidations: counts.invalidations.get(),
            deferred_invalidations: counts.deferred_invalidations.get(),
            decode_failures: counts.decode_failures.get(),
            errors: counts.errors.total(),
            pending_invalidations: self.0.recovery.len(),
            in_flight: self.0.flights.len(),
            waited: self.0.flights.waited(),
            entries: usage.map(|(entries, _)| entries),
            bytes: usage.map(|(_, bytes)| bytes),
            local_entries: self.0.local.usage().0,
            local_bytes: self.0.local.usage().1,
        }
    }

    /// Whether the cache is well, without asking the store. [`ping`](Self::ping) asks.
    pub fn health(&self) -> Health {
        let (connected, tracking) = match &self.0.store {
            Store::Memory(_) => (true, true),
            #[cfg(feature = "redis")]
            Store::Redis(store) => (store.is_connected(), store.is_tracking()),
        };
        Health { store: self.0.store.level(), connected, tracking, breaker: self.0.breaker.state() }
    }
}
