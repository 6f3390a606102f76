//! How likely a read of a resource finds nothing, as it went lately: then leave to fill is asked for in the same step.

use std::sync::atomic::{AtomicU32, Ordering};

use super::RedisStore;

/// Resources that share a place are taken for one: a wrong guess costs a little time, and nothing else.
const PLACES: usize = 64;

/// A certain miss.
const ONE: u32 = 1 << 16;

/// How often a read has to find nothing, by how leave is asked for, and by what is done with what is found.
struct Least {
    /// It is returned.
    served: u32,
    /// It is to be held here, and is read once more for that.
    held: u32,
}

/// A plain command costs the server twice as much as a `GET`, and a read that finds nothing a round trip more.
const PLAIN: Least = Least { served: ONE / 4, held: ONE / 2 };

/// A script costs it ten times as much.
const SCRIPT: Least = Least { served: ONE / 2, held: ONE / 3 * 2 };

/// Over so many reads the averages run.
const READS: u32 = 16;

/// Running averages. Of two that learn at once one may be lost. At first hits are expected.
pub(super) struct Odds([AtomicU32; PLACES]);

impl Default for Odds {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU32::new(0)))
    }
}

impl Odds {
    fn of(&self, resource: &'static str) -> &AtomicU32 {
        let at = resource.as_ptr().addr();
        &self.0[(at ^ at >> 6) % PLACES]
    }

    fn learn(&self, resource: &'static str, missed: bool) {
        let odds = self.of(resource);
        let old = odds.load(Ordering::Relaxed);
        let new = old - old / READS + if missed { ONE / READS } else { 0 };
        // What is always a hit writes nothing.
        if new != old {
            odds.store(new, Ordering::Relaxed);
        }
    }

    fn are_for_a_miss(&self, resource: &'static str, holds: bool, plain: impl FnOnce() -> bool) -> bool {
        let odds = self.of(resource).load(Ordering::Relaxed);
        let above = |least: Least| odds > if holds { least.held } else { least.served };
        // What is always a hit asks for no more.
        above(SCRIPT) || above(PLAIN) && plain()
    }
}

impl RedisStore {
    /// Whether a read of an entry of this resource is so likely to find nothing that it is to ask for leave, on one server. On a
    /// Cluster the register of versions lies apart, and leave to fill is asked for after it. `holds`: what is found is to be held
    /// here, and is read once more for that.
    pub(crate) fn expects_miss(&self, resource: &'static str, holds: bool) -> bool {
        let plain = || self.slot.glimpse().as_ref().is_some_and(|connection| connection.plain.suits());
        self.odds.are_for_a_miss(resource, holds, plain) && !self.is_cluster()
    }

    pub(crate) fn learn_miss(&self, resource: &'static str, missed: bool) {
        self.odds.learn(resource, missed);
    }

    /// Until some have missed again.
    pub(crate) fn expect_hits(&self, resource: &'static str) {
        self.odds.of(resource).store(0, Ordering::Relaxed);
    }

    #[cfg(feature = "cluster")]
    fn is_cluster(&self) -> bool {
        self.slot.is_cluster()
    }

    #[cfg(not(feature = "cluster"))]
    #[allow(clippy::unused_self, reason = "where there are Clusters it is asked")]
    fn is_cluster(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Odds;

    #[test]
    fn misses_are_expected_after_some_and_hits_again_after_some() {
        let odds = Odds::default();
        let after = |missed: bool, count: usize| {
            (0..count).for_each(|_| odds.learn("user", missed));
            [(false, false), (true, false), (false, true), (true, true)]
                .map(|(holds, plain)| odds.are_for_a_miss("user", holds, || plain))
        };
        // By a script: to be served, to be held; in plain commands likewise.
        assert_eq!(after(true, 4), [false, false, false, false]);
        assert_eq!(after(true, 1), [false, false, true, false]);
        assert_eq!(after(true, 5), [false, false, true, false]);
        assert_eq!(after(true, 1), [true, false, true, true]);
        assert_eq!(after(true, 7), [true, true, true, true]);
        assert_eq!(after(true, 1_000), [true, true, true, true]);
        assert_eq!(after(false, 7), [true, false, true, true]);
        assert_eq!(after(false, 5), [false, false, true, false]);
        assert_eq!(after(false, 10), [false, false, false, false]);
        assert_eq!(after(false, 1_000), [false, false, false, false]);
    }
}
