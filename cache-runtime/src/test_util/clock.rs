use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::{Millis, millis};

/// 15 January 2027, for no reason but that it is always the same.
const START: Millis = 1_800_000_000_000;

/// A clock that stands still until it is moved: [`CacheBuilder::clock`](crate::CacheBuilder::clock).
///
/// What expires in the embedded store, what is stale, and what is due for a refresh goes by it. What does not: entries on a server,
/// which expire by the server's clock, and timeouts, pauses and the breaker, which go by tokio's clock, that
/// `tokio::time::pause` stops.
///
/// Cloning gives the same clock; several caches may share it. Its resolution is a millisecond.
///
/// ```
/// use std::time::Duration;
/// use cache_runtime::test_util::ManualClock;
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().duration_since(before).unwrap(), Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock that shows 15 January 2027, 08:00 UTC.
    #[expect(clippy::new_without_default, reason = "two clocks that look alike are not the same")]
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }

    /// Moves the clock forward, by whole milliseconds. It stops at its end, 584 million years ahead.
    pub fn advance(&self, by: Duration) {
        let moved = |now: Millis| Some(now.saturating_add(millis(by)));
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    /// What the clock shows.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.millis())
    }

    pub(crate) fn millis(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

impl From<&Self> for ManualClock {
    fn from(clock: &Self) -> Self {
        clock.clone()
    }
}
