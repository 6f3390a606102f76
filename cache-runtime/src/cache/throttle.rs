//! Entries whose load failed a moment ago: their stale value is served without another try.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Millis;
use crate::key::KeyText;

/// Forgotten beyond this many: that costs tries.
const MOST: usize = 10_000;

#[derive(Default)]
pub(crate) struct Throttles {
    // Mirrors the number, so that a call costs one load while nothing fails.
    count: AtomicUsize,
    until: Mutex<HashMap<KeyText, Millis>>,
}

impl Throttles {
    /// Whether to do without another try.
    pub(crate) fn holds(&self, key: &KeyText, now: Millis) -> bool {
        self.count.load(Ordering::SeqCst) > 0 && self.lock().get(key).is_some_and(|until| *until > now)
    }

    pub(crate) fn set(&self, key: &KeyText, until: Millis, now: Millis) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, until| *until > now);
        }
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key.clone(), until);
        self.count.store(all.len(), Ordering::SeqCst);
    }

    pub(crate) fn lift(&self, key: &KeyText) {
        if self.count.load(Ordering::SeqCst) > 0 {
            let mut all = self.lock();
            all.remove(key);
            self.count.store(all.len(), Ordering::SeqCst);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyText, Millis>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttle_ends_and_is_bounded() {
        let throttles = Throttles::default();
        let key = |n: usize| KeyText::from_text(&n.to_string());
        throttles.set(&key(0), 10, 0);
        assert!(throttles.holds(&key(0), 9) && !throttles.holds(&key(0), 10) && !throttles.holds(&key(1), 0));
        throttles.lift(&key(0));
        assert!(!throttles.holds(&key(0), 0));
        for n in 0..3 * MOST {
            throttles.set(&key(n), 10, 0);
        }
        assert!(throttles.lock().len() <= MOST);
    }
}
