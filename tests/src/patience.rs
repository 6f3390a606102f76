//! Settings and waits for tests of what is done, and not of how fast.

use std::time::{Duration, Instant};

use cache_runtime::CacheBuilder;

/// Longer than a busy machine ever takes.
const LONG: Duration = Duration::from_secs(20);

/// Returns when this holds. What never does fails the test and is named; other tasks run meanwhile.
///
/// # Panics
///
/// After a minute.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + 3 * LONG;
    while !holds() {
        assert!(Instant::now() < deadline, "not reached: {what}");
        tokio::task::yield_now().await;
    }
}

/// Waits long enough for a busy machine.
pub trait Patient {
    /// No operation is given up, and none counts as slow, for 20 seconds.
    #[must_use]
    fn patient(self) -> Self;
}

impl Patient for CacheBuilder {
    fn patient(self) -> Self {
        self.operation_timeout(LONG).breaker_slow_call(LONG)
    }
}
