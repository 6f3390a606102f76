//! The stamps as this process knows them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;

use super::{CLEAR, Known, MOST, Stamps};

/// The stamp of one name.
#[derive(Debug, Default)]
pub(crate) struct Cell(AtomicU64);

impl Cell {
    pub(crate) fn stamp(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn raise(&self, to: u64) {
        self.0.fetch_max(to, Ordering::SeqCst);
    }
}

/// The stamps of the embedded store, or a copy of a server's.
pub(crate) struct Cells {
    most: usize,
    clock: AtomicU64,
    /// No stamp is higher: raised before any is.
    latest: AtomicU64,
    clear: Arc<Cell>,
    names: RwLock<HashMap<Box<str>, Arc<Cell>, RandomState>>,
}

impl Default for Cells {
    fn default() -> Self {
        Self::new(MOST)
    }
}

impl Cells {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            clock: AtomicU64::new(1),
            latest: AtomicU64::new(0),
            clear: Arc::default(),
            names: RwLock::default(),
        }
    }

    /// The time of the last invalidation.
    pub(crate) fn clock(&self) -> u64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// What was loaded at this time or later has no newer stamp, whichever its names are.
    #[inline]
    pub(crate) fn latest(&self) -> u64 {
        self.latest.load(Ordering::SeqCst)
    }

    /// What is known of these names.
    pub(crate) fn read<T: AsRef<str>>(&self, names: &[T]) -> Stamps {
        // Before the stamps: one that comes in between is later than this.
        let clock = self.clock();
        let known = self.shared();
        let stamped = names.iter().filter_map(|name| known.get(name.as_ref())).map(|cell| cell.stamp());
        let latest = stamped.max().unwrap_or(0).max(self.clear.stamp());
        Stamps { clock: Some(clock), birth: 0, latest }
    }

    /// What is known of each of these names.
    pub(crate) fn read_each(&self, names: &[String]) -> Known {
        let clock = Some(self.clock());
        let known = self.shared();
        let each = names.iter().map(|name| (name.clone(), known.get(name.as_str()).map_or(0, |cell| cell.stamp())));
        Known { clock, birth: 0, clear: self.clear.stamp(), each: each.collect() }
    }

    /// Stamps names.
    pub(crate) fn stamp<T: AsRef<str>>(&self, names: &[T]) -> u64 {
        let mut known = self.exclusive();
        let at = self.clock() + 1;
        self.latest.fetch_max(at, Ordering::SeqCst);
        for name in names {
            match name.as_ref() {
                CLEAR => self.clear.raise(at),
                name => known.entry(name.into()).or_default().raise(at),
            }
        }
        // After the stamps: a load that begins at the new time began after them.
        self.clock.store(at, Ordering::SeqCst);
        if known.len() > self.most {
            self.prune(&mut known);
        }
        at
    }

    /// The cell of a name, to be looked at whenever what it concerns is to be served.
    pub(crate) fn cell(&self, name: &str) -> Arc<Cell> {
        if name == CLEAR {
            return Arc::clone(&self.clear);
        }
        if let Some(cell) = self.shared().get(name) {
            return Arc::clone(cell);
        }
        let mut known = self.exclusive();
        if known.len() >= self.most {
            known.retain(|_, cell| cell.stamp() > 0 || Arc::strong_count(cell) > 1);
            if known.len() >= self.most {
                self.prune(&mut known);
            }
        }
        Arc::clone(known.entry(name.into()).or_default())
    }

    /// Takes over a stamp that was set elsewhere.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server is stamped elsewhere"))]
    pub(crate) fn raise(&self, name: &str, to: u64) {
        self.latest.fetch_max(to, Ordering::SeqCst);
        match name {
            CLEAR => self.clear.raise(to),
            name => {
                if let Some(cell) = self.shared().get(name) {
                    cell.raise(to);
                }
            }
        }
    }

    /// Drops the older half of the stamps. What is held under a name sees the stamp of everything in its place.
    fn prune(&self, known: &mut HashMap<Box<str>, Arc<Cell>, RandomState>) {
        let mut stamps: Vec<u64> = known.values().map(|cell| cell.stamp()).collect();
        stamps.sort_unstable();
        let newest = stamps[stamps.len() / 2];
        self.clear.raise(newest);
        // One that an entry holds goes on being the cell of its name.
        known.retain(|_, cell| cell.stamp() > newest || Arc::strong_count(cell) > 1);
    }

    fn shared(&self) -> RwLockReadGuard<'_, HashMap<Box<str>, Arc<Cell>, RandomState>> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, HashMap<Box<str>, Arc<Cell>, RandomState>> {
        self.names.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stamp_is_newer_than_the_latest() {
        let cells = Cells::new(2);
        let cell = cells.cell("t:a");
        let at = cells.stamp(&["t:a"]);
        assert_eq!((cells.latest(), cell.stamp()), (at, at));
        cells.raise("t:a", at + 5);
        assert_eq!((cells.latest(), cell.stamp()), (at + 5, at + 5));
        cells.raise(CLEAR, at + 9);
        assert_eq!(cells.latest(), at + 9);
        for name in ["t:b", "t:c", "t:d"] {
            cells.stamp(&[name]);
            assert!(cells.latest() >= cells.cell(CLEAR).stamp().max(cells.cell(name).stamp()));
        }
    }

    #[test]
    fn a_stamp_concerns_what_was_loaded_before_it() {
        let cells = Cells::default();
        let before = cells.read(&["t:a"]);
        assert!(before.allow(before.clock));
        cells.stamp(&["t:a"]);
        let after = cells.read(&["t:a"]);
        assert!(!after.allow(before.clock) && after.allow(after.clock));
        assert!(cells.read(&["t:b"]).allow(before.clock), "another name");
        cells.stamp(&[CLEAR]);
        assert!(!cells.read(&["t:b"]).allow(after.clock), "everything");
    }

    #[test]
    fn a_copy_is_bounded_too_and_what_an_entry_holds_stays() {
        let cells = Cells::new(10);
        let held = cells.cell("t:held");
        for n in 0..100 {
            let name = format!("t:{n}");
            drop(cells.cell(&name));
            cells.raise(&name, n + 1);
        }
        assert!(cells.shared().len() <= 11);
        cells.raise("t:held", 200);
        assert_eq!(held.stamp(), 200, "it is still the cell of its name");
        assert!(cells.read(&["t:0"]).latest > 1, "a stamp that was dropped counts as one of everything");
    }

    #[test]
    fn stamps_are_bounded_and_what_is_dropped_counts_as_stamped() {
        let cells = Cells::new(10);
        let first = cells.clock();
        cells.stamp(&["t:0"]);
        let second = cells.clock();
        for n in 1..100 {
            cells.stamp(&[format!("t:{n}")]);
        }
        assert!(cells.shared().len() <= 10);
        assert!(!cells.read(&["t:0"]).allow(Some(first)) && !cells.read(&["t:0"]).allow(Some(second)));
        assert!(cells.read(&["t:0"]).allow(Some(cells.clock())));
    }
}
