//! The monotonic clock, as it is read at each call.

use std::time::Duration;

use coarsetime::Instant;

/// How far a reading may lie behind: a tick of the kernel is 1 to 10 ms, and up to 16 ms on Windows. Whoever relies on a bound
/// keeps this much away from it.
const LAG: Duration = Duration::from_millis(20);

/// A moment, which the kernel noted at its last tick: reading that costs a fifth of what asking the hardware does, which was
/// half of a hit of the local tier.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(any(test, feature = "test-util"), allow(dead_code, reason = "tests move tokio's clock instead"))]
pub(crate) struct Coarse(Instant);

#[cfg_attr(any(test, feature = "test-util"), allow(dead_code, reason = "tests move tokio's clock instead"))]
impl Coarse {
    pub(crate) const LAG: Duration = LAG;

    pub(crate) fn now() -> Self {
        // The other way writes to a number that all threads share.
        Self(Instant::now_without_cache_update())
    }

    pub(crate) fn micros_since(self, earlier: Self) -> u64 {
        self.0.duration_since(earlier.0).as_micros()
    }

    /// In what the clock counts, which takes no more than a subtraction. Of a later one it is more than any time that passed.
    #[cfg(feature = "redis")]
    #[inline]
    pub(crate) fn ticks_since(self, earlier: Self) -> u64 {
        self.0.as_ticks().wrapping_sub(earlier.0.as_ticks())
    }

    /// As many of these as a time has.
    #[cfg(feature = "redis")]
    pub(crate) fn ticks(time: Duration) -> u64 {
        coarsetime::Duration::from(time).as_ticks()
    }

    /// The time that so many of these have.
    #[cfg(feature = "cluster")]
    pub(crate) fn time(ticks: u64) -> Duration {
        coarsetime::Duration::from_ticks(ticks).into()
    }

    /// Whole ones.
    #[inline]
    pub(crate) fn millis_since(self, earlier: Self) -> u64 {
        self.0.duration_since(earlier.0).as_millis()
    }
}

/// A moment of tokio's clock, which a test can pause and move.
#[cfg(any(test, feature = "test-util"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Movable(tokio::time::Instant);

#[cfg(any(test, feature = "test-util"))]
impl Movable {
    pub(crate) const LAG: Duration = Duration::ZERO;

    pub(crate) fn now() -> Self {
        Self(tokio::time::Instant::now())
    }

    pub(crate) fn micros_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_duration_since(earlier.0).as_micros()).unwrap_or(u64::MAX)
    }

    pub(crate) fn millis_since(self, earlier: Self) -> u64 {
        self.micros_since(earlier) / 1_000
    }

    #[cfg(feature = "redis")]
    pub(crate) fn ticks_since(self, earlier: Self) -> u64 {
        self.micros_since(earlier)
    }

    #[cfg(feature = "redis")]
    pub(crate) fn ticks(time: Duration) -> u64 {
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn time(ticks: u64) -> Duration {
        Duration::from_micros(ticks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarse_moment_lies_behind_by_a_tick_at_most() {
        let (exact, first) = (std::time::Instant::now(), Coarse::now());
        let lag = u64::try_from(Coarse::LAG.as_micros()).expect("milliseconds");
        for _ in 0..100_000 {
            let before = u64::try_from(exact.elapsed().as_micros()).expect("a short test");
            let coarse = Coarse::now().micros_since(first);
            let after = u64::try_from(exact.elapsed().as_micros()).expect("a short test");
            // Neither has a reading that the other one could not have had, but for the tick.
            assert!(coarse + lag >= before && coarse <= after + lag, "{before} {coarse} {after}");
        }
        assert_eq!(first.micros_since(Coarse::now()), 0, "never below zero");
    }
}
