//! Settings for tests of what is done, and not of how fast.

use std::time::Duration;

use cache_runtime::CacheBuilder;

/// Longer than a busy machine ever takes.
const LONG: Duration = Duration::from_secs(20);

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
