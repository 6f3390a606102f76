//! What came first: an invalidation of a key, or the value that is to be held under it.
//!
//! A value that was asked for before its key was voided must not be held afterwards. So each key has a count of how often it
//! was voided, shared with others to save room: who asks the store notes it first, and holds what came only while the count is
//! the same. Counting and removing, and comparing and inserting, are each done under the count's lock.

use crate::switch::{Mechanism, without};
use crate::sync::{Mutex, MutexGuard, PoisonError};

const STRIPES: usize = 64;

/// Counts of voids, each for the keys that share it.
pub(crate) struct Order {
    counts: Box<[Mutex<u64>]>,
}

/// A count, as it was at some moment.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    stripe: usize,
    count: u64,
}

impl Order {
    pub(crate) fn new() -> Self {
        Self { counts: (0..STRIPES).map(|_| Mutex::new(0)).collect() }
    }

    /// Now. `key` is the key's hash, by which the tier knows it: keys with one hash share a count.
    pub(crate) fn turn(&self, key: u32) -> Turn {
        let stripe = stripe(key);
        let count = *self.count(stripe);
        Turn { stripe, count }
    }

    /// Voids all turns of the key and runs `remove`. Gives a turn that is not void, if this one was not.
    pub(crate) fn advance<T>(&self, turn: Turn, remove: impl FnOnce() -> T) -> (Option<Turn>, T) {
        let mut count = self.count(turn.stripe);
        let stands = *count == turn.count;
        *count += 1;
        let turn = Turn { count: *count, ..turn };
        let removed = remove();
        drop(count);
        (stands.then_some(turn), removed)
    }

    /// Runs `insert` unless the key was voided since; if it is voided from now on, `remove` runs afterwards.
    pub(crate) fn unless_void<T>(&self, turn: Turn, insert: impl FnOnce() -> T) -> Option<T> {
        let count = self.count(turn.stripe);
        if *count != turn.count && !without(Mechanism::LocalRace) {
            return None;
        }
        let inserted = insert();
        drop(count);
        Some(inserted)
    }

    /// Voids all turns of the key and runs `remove`.
    pub(crate) fn void<T>(&self, key: u32, remove: impl FnOnce() -> T) -> T {
        let mut count = self.count(stripe(key));
        *count += 1;
        let removed = remove();
        drop(count);
        removed
    }

    /// Voids all turns of all keys and runs `remove`. What is inserted meanwhile was asked for meanwhile.
    pub(crate) fn void_all(&self, remove: impl FnOnce()) {
        for stripe in 0..STRIPES {
            *self.count(stripe) += 1;
        }
        remove();
    }

    fn count(&self, stripe: usize) -> MutexGuard<'_, u64> {
        self.counts[stripe].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stripe(key: u32) -> usize {
    usize::try_from(key).unwrap_or(0) % STRIPES
}
