//! How large values are, so that an answer to many keys does not become one that all of them wait long for.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What the values of one answer may come to.
const ANSWER: usize = 64 * 1024;

/// How many keys a command names, at most.
const KEYS: usize = 128;

/// With fewer it is not worth it.
const FEWEST: usize = 8;

/// A running average. Of two that learn at once one may be lost.
pub(super) struct Size(AtomicUsize);

impl Default for Size {
    /// What nothing is known of is not taken for small.
    fn default() -> Self {
        Self(AtomicUsize::new(2048))
    }
}

impl Size {
    pub(super) fn learn(&self, bytes: usize) {
        let old = self.0.load(Ordering::Relaxed);
        let new = old - old / 16 + bytes / 16;
        if new != old {
            self.0.store(new, Ordering::Relaxed);
        }
    }

    pub(super) fn is_small(&self) -> bool {
        self.0.load(Ordering::Relaxed) <= ANSWER / FEWEST
    }

    /// How many keys go into one command.
    pub(super) fn keys(&self) -> usize {
        (ANSWER / self.0.load(Ordering::Relaxed).max(1)).clamp(1, KEYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_make_small_commands() {
        let size = Size::default();
        for _ in 0..100 {
            size.learn(200);
        }
        assert_eq!(size.keys(), KEYS);
        for _ in 0..100 {
            size.learn(4000);
        }
        assert!((16..=20).contains(&size.keys()), "{}", size.keys());
        assert!(size.is_small());
    }

    #[test]
    fn one_very_large_value_counts_at_once_and_is_forgotten_in_time() {
        let size = Size::default();
        size.learn(1 << 20);
        assert!(!size.is_small());
        for _ in 0..40 {
            size.learn(200);
        }
        assert!(size.is_small());
    }
}
