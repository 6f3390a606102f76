//! The one source of time, so that tests can move it.

mod reading;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(not(any(test, feature = "test-util")))]
pub(crate) use self::reading::Coarse as Reading;
#[cfg(any(test, feature = "test-util"))]
pub(crate) use self::reading::Movable as Reading;

#[cfg(any(test, feature = "test-util"))]
use crate::test_util::ManualClock;

/// Milliseconds since the Unix epoch.
pub(crate) type Millis = u64;

/// A time, and the reading of the monotonic clock that it was made of, if it was.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub at: Millis,
    #[cfg_attr(
        not(feature = "redis"),
        allow(dead_code, reason = "only a store that others write to has a bound to keep")
    )]
    pub read: Option<Reading>,
}

/// Tells the time to everything that expires. Timeouts of single operations go through tokio's own clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    /// Wall time at the start, moved on by the monotonic clock: a corrected system clock does not expire entries.
    System { wall: Millis, start: Reading },
    /// Moved by a test.
    #[cfg(any(test, feature = "test-util"))]
    Manual(ManualClock),
}

impl Clock {
    pub(crate) fn system() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Source::System { wall: millis(wall), start: Reading::now() })
    }

    pub(crate) fn now(&self) -> Millis {
        self.moment().at
    }

    /// Now, with the reading of the monotonic clock that says so.
    #[inline]
    pub(crate) fn moment(&self) -> Moment {
        match &self.0 {
            Source::System { wall, start } => {
                let read = Reading::now();
                // No clock is so near to the end of these numbers, and a call does not fail for one that is.
                let at = wall.wrapping_add(read.millis_since(*start));
                Moment { at, read: Some(read) }
            }
            #[cfg(any(test, feature = "test-util"))]
            Source::Manual(clock) => Moment { at: clock.millis(), read: None },
        }
    }
}

/// Whole milliseconds, saturating.
pub(crate) fn millis(duration: Duration) -> Millis {
    duration.as_secs().saturating_mul(1_000).saturating_add(u64::from(duration.subsec_millis()))
}

#[cfg(any(test, feature = "test-util"))]
impl From<ManualClock> for Clock {
    fn from(clock: ManualClock) -> Self {
        Self(Source::Manual(clock))
    }
}

#[cfg(test)]
pub(crate) mod manual {
    use super::{Clock, ManualClock, Source};

    /// A clock, and the hand that moves it.
    pub(crate) fn clock() -> (Clock, ManualClock) {
        let hand = ManualClock::new();
        (hand.clone().into(), hand)
    }

    impl From<Clock> for ManualClock {
        fn from(clock: Clock) -> Self {
            match clock.0 {
                Source::Manual(clock) => clock,
                Source::System { .. } => panic!("nobody moves the system's clock"),
            }
        }
    }
}
