//! The one source of time, so that tests can move it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

#[cfg(any(test, feature = "test-util"))]
use crate::test_util::ManualClock;

/// Milliseconds since the Unix epoch.
pub(crate) type Millis = u64;

/// Tells the time to everything that expires. Timeouts of single operations go through tokio's own clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    /// Wall time at the start, moved on by the monotonic clock: a corrected system clock does not expire entries.
    System { wall: Duration, start: Instant },
    /// Moved by a test.
    #[cfg(any(test, feature = "test-util"))]
    Manual(ManualClock),
}

impl Clock {
    pub(crate) fn system() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Source::System { wall, start: Instant::now() })
    }

    pub(crate) fn now(&self) -> Millis {
        match &self.0 {
            Source::System { wall, start } => millis(wall.saturating_add(start.elapsed())),
            #[cfg(any(test, feature = "test-util"))]
            Source::Manual(clock) => clock.millis(),
        }
    }
}

/// Whole milliseconds, saturating.
pub(crate) fn millis(duration: Duration) -> Millis {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
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
