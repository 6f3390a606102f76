//! The one source of time, so that tests can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

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
    #[cfg_attr(not(test), expect(dead_code, reason = "tests move it; exported with the test tools"))]
    Manual(Arc<AtomicU64>),
}

impl Clock {
    pub(crate) fn system() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Source::System { wall, start: Instant::now() })
    }

    pub(crate) fn now(&self) -> Millis {
        match &self.0 {
            Source::System { wall, start } => millis(wall.saturating_add(start.elapsed())),
            Source::Manual(now) => now.load(Ordering::SeqCst),
        }
    }
}

/// Whole milliseconds, saturating.
pub(crate) fn millis(duration: Duration) -> Millis {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(crate) mod manual {
    use super::{Arc, AtomicU64, Clock, Duration, Ordering, Source, millis};

    /// The hand that moves a manual clock.
    #[derive(Clone)]
    pub(crate) struct Hand(Arc<AtomicU64>);

    impl Hand {
        pub(crate) fn advance(&self, by: Duration) {
            self.0.fetch_add(millis(by), Ordering::SeqCst);
        }
    }

    pub(crate) fn clock() -> (Clock, Hand) {
        let now = Arc::new(AtomicU64::new(1_800_000_000_000));
        (Clock(Source::Manual(Arc::clone(&now))), Hand(now))
    }
}
