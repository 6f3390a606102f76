//! Counts that each thread raises for itself, and that a recorder of metrics is told of in the background.
//!
//! A recorder's counter is one number that all threads write to: it goes from one processor to the other with each call.

mod telling;

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

#[cfg(test)]
pub(crate) use self::telling::{LAG, QUIET};
pub(crate) use self::telling::{Tells, begin};

/// So many threads have a count of their own. Those beyond share one.
const OWN: usize = 15;

/// The number of whoever shares.
const COMMON: usize = OWN;

/// A count that only grows.
#[derive(Default)]
pub(crate) struct Tally {
    own: [Shard; OWN],
    common: Shard,
    told: AtomicU64,
}

/// Alone on its cache lines, so that threads do not wait for each other.
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicU64);

impl Tally {
    /// One more.
    pub(crate) fn add(&self) {
        self.add_on(mine());
    }

    /// One more, on the count of this thread.
    #[inline(always)]
    pub(crate) fn add_on(&self, mine: usize) {
        match self.own.get(mine) {
            // Nobody else writes to it, and a locked instruction is a good part of a hit.
            Some(Shard(own)) => own.store(own.load(Ordering::Relaxed) + 1, Ordering::Release),
            None => self.add_commonly(),
        }
    }

    /// One less, after one more on this thread.
    pub(crate) fn take_back(&self) {
        match self.own.get(mine()) {
            Some(Shard(own)) => own.store(own.load(Ordering::Relaxed) - 1, Ordering::Release),
            None => drop(self.common.0.fetch_sub(1, Ordering::SeqCst)),
        }
    }

    #[cold]
    fn add_commonly(&self) {
        self.common.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn total(&self) -> u64 {
        self.own.iter().chain([&self.common]).map(|shard| shard.0.load(Ordering::SeqCst)).sum()
    }

    /// What came since this was asked for the last time.
    pub(crate) fn news(&self) -> u64 {
        let total = self.total();
        // Two may ask at the same time.
        total.saturating_sub(self.told.fetch_max(total, Ordering::SeqCst))
    }

    #[cfg(test)]
    pub(crate) fn untold(&self) -> u64 {
        self.total() - self.told.load(Ordering::SeqCst)
    }
}

thread_local! {
    static MINE: Mine = const { Mine(Cell::new(NONE)) };
}

/// Which count this thread raises: one that no other living thread does, or the last one, which all others share.
struct Mine(Cell<usize>);

/// Not known yet.
const NONE: usize = usize::MAX;

/// Counts that threads which ended gave back.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// Which count this thread raises.
pub(crate) fn mine() -> usize {
    MINE.try_with(Mine::get).unwrap_or(COMMON)
}

impl Mine {
    fn get(&self) -> usize {
        let mine = self.0.get();
        if mine == NONE { self.choose() } else { mine }
    }

    #[cold]
    fn choose(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mine = free.unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed).min(COMMON));
        self.0.set(mine);
        mine
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        if self.0.get() < COMMON {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self.0.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn what_all_threads_add_is_counted_once() {
        let tally = Tally::default();
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| (0..1_000).for_each(|_| tally.add()));
            }
        });
        assert_eq!((tally.total(), tally.news(), tally.news()), (40_000, 40_000, 0));
        tally.add();
        assert_eq!((tally.news(), tally.news()), (1, 0));
    }
}
