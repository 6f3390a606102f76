//! What came first: an invalidation of a key, or the value that is to be held under it.
//!
//! A value that was asked for before its key was voided must not be held afterwards. So voids are counted, in a count that a key
//! shares with others to save room, and that remembers which keys the last ones were: who asks the store notes the count first,
//! and holds what came only if its key was not voided since. Counting and removing, and comparing and inserting, are each done
//! under the count's lock.

use crate::switch::{Mechanism, without};
use crate::sync::{Mutex, MutexGuard, PoisonError};

pub(super) const STRIPES: usize = 64;

/// So many voids are remembered by key. After more of them, who asked before them holds nothing.
pub(super) const LAST: usize = 12;

/// Counts of voids, each for the keys that share it.
pub(crate) struct Order {
    counts: Box<[Mutex<Count>]>,
}

#[derive(Default)]
struct Count {
    voids: u64,
    /// The keys of the last ones, each at the place of its number.
    last: [u32; LAST],
}

/// A count, as it was at some moment.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    key: u32,
    voids: u64,
}

impl Count {
    fn void(&mut self, key: u32) {
        self.last[place(self.voids)] = key;
        self.voids += 1;
    }

    /// Whether the turn's key was not voided since.
    fn stands(&self, turn: Turn) -> bool {
        let missed = self.voids - turn.voids;
        missed <= LAST as u64 && (turn.voids..self.voids).all(|nth| self.last[place(nth)] != turn.key)
    }
}

fn place(nth: u64) -> usize {
    usize::try_from(nth % LAST as u64).unwrap_or(0)
}

impl Order {
    pub(crate) fn new() -> Self {
        Self { counts: (0..STRIPES).map(|_| Mutex::default()).collect() }
    }

    /// Now. `key` is the key's hash, by which the tier knows it: keys with one hash are one.
    pub(crate) fn turn(&self, key: u32) -> Turn {
        Turn { key, voids: self.count(stripe(key)).voids }
    }

    /// Voids all turns of the key and runs `remove`. Gives a turn that is not void, if this one was not.
    pub(crate) fn advance<T>(&self, turn: Turn, remove: impl FnOnce() -> T) -> (Option<Turn>, T) {
        let mut count = self.count(stripe(turn.key));
        let stands = count.stands(turn);
        count.void(turn.key);
        let turn = Turn { voids: count.voids, ..turn };
        let removed = remove();
        drop(count);
        (stands.then_some(turn), removed)
    }

    /// Runs `insert` unless the key was voided since; if it is voided from now on, `remove` runs afterwards.
    pub(crate) fn unless_void<T>(&self, turn: Turn, insert: impl FnOnce() -> T) -> Option<T> {
        let count = self.count(stripe(turn.key));
        if !count.stands(turn) && !without(Mechanism::LocalRace) {
            return None;
        }
        let inserted = insert();
        drop(count);
        Some(inserted)
    }

    /// Voids all turns of the key and runs `remove`.
    pub(crate) fn void<T>(&self, key: u32, remove: impl FnOnce() -> T) -> T {
        let mut count = self.count(stripe(key));
        count.void(key);
        let removed = remove();
        drop(count);
        removed
    }

    /// Voids all turns of all keys and runs `remove`. What is inserted meanwhile was asked for meanwhile.
    pub(crate) fn void_all(&self, remove: impl FnOnce()) {
        for stripe in 0..STRIPES {
            // More than are remembered.
            self.count(stripe).voids += LAST as u64 + 1;
        }
        remove();
    }

    fn count(&self, stripe: usize) -> MutexGuard<'_, Count> {
        self.counts[stripe].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stripe(key: u32) -> usize {
    usize::try_from(key).unwrap_or(0) % STRIPES
}
