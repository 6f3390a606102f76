//! What the callers of one execution share: a source of truth, a store, the flights, and what was seen to go wrong.

use shuttle::rand::{Rng, thread_rng};

use crate::ledger::Ledger;
use crate::subject::{Leading as _, Subject};
use crate::sync::atomic::{AtomicU8, Ordering};
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// What the store holds under the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Empty,
    /// Leave to fill, of the load with this number.
    Lease(usize),
    Value(u8),
}

/// Whose the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// This process's own: an invalidation voids the flight.
    Own,
    /// A server's, that others invalidate too: a fill needs its lease.
    Shared,
}

/// What the source gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The newest version.
    Versions,
    /// The number of the load.
    Numbers,
}

pub(crate) struct World<F> {
    pub(crate) flights: F,
    pub(crate) store: Store,
    source: Source,
    version: AtomicU8,
    /// The version whose invalidation has returned.
    acknowledged: AtomicU8,
    loads: AtomicU8,
    slot: Mutex<Slot>,
    ledger: Mutex<Ledger>,
    // Kept until all have ended: a panic in one task would unwind beside the others.
    wrong: Mutex<Vec<String>>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Chosen by the scheduler, so that a failure can be replayed.
pub(crate) fn below(bound: u32) -> u32 {
    thread_rng().gen_range(0..bound)
}

impl<F: Subject> World<F> {
    pub(crate) fn new(store: Store, source: Source, slot: Slot) -> Self {
        Self {
            flights: F::empty(),
            store,
            source,
            version: AtomicU8::new(1),
            acknowledged: AtomicU8::new(1),
            loads: AtomicU8::new(0),
            slot: Mutex::new(slot),
            ledger: Mutex::default(),
            wrong: Mutex::default(),
        }
    }

    /// What a body does.
    pub(crate) fn load(&self) -> u8 {
        let number = self.loads.fetch_add(1, Ordering::SeqCst) + 1;
        match self.source {
            Source::Versions => self.version.load(Ordering::SeqCst),
            Source::Numbers => number,
        }
    }

    pub(crate) fn loads(&self) -> u8 {
        self.loads.load(Ordering::SeqCst)
    }

    pub(crate) fn slot(&self) -> MutexGuard<'_, Slot> {
        lock(&self.slot)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// What every call from now on must at least return.
    pub(crate) fn acknowledged(&self) -> u8 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// A new version. Gives it.
    pub(crate) fn write(&self) -> u8 {
        self.version.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The invalidation of that version has returned.
    pub(crate) fn acknowledge(&self, version: u8) {
        self.acknowledged.fetch_max(version, Ordering::SeqCst);
    }

    pub(crate) fn void(&self) {
        if below(4) == 0 { self.flights.void_all() } else { self.flights.void() }
    }

    pub(crate) fn wrong(&self, what: impl Into<String>) {
        lock(&self.wrong).push(what.into());
    }

    /// The mark is looked at under the ledger's lock: whoever begins a load afterwards does so after this one ended.
    pub(crate) fn ends(&self, run: usize, leader: &F::Leader) {
        let mut ledger = self.ledger();
        let well = ledger.ends(run, leader.is_void());
        drop(ledger);
        if !well {
            self.wrong("two loads at once");
        }
    }

    /// When all have ended: nothing is in flight, nothing went wrong.
    pub(crate) fn verdict(&self) {
        let left = self.flights.count();
        if left > 0 {
            self.wrong(format!("{left} flights are left"));
        }
        let wrong = lock(&self.wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("; "));
    }
}
