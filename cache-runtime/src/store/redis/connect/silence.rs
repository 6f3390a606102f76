//! When the connection answered last, and what a long silence means.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::{Phase, Shared, Slot};
use crate::error::ErrorKind;
use crate::store::StoreError;

/// A connection that answered nothing for this long while operations timed out is replaced.
pub(in crate::store::redis) const SILENCE: Duration = Duration::from_millis(500);

impl Slot {
    #[cfg(feature = "cluster")]
    pub(crate) fn answered(&self) {
        self.0.answered(Instant::now());
    }

    /// After a longer silence the connection may lead nowhere (a host that is gone sends no reset): try another.
    pub(crate) fn timed_out(&self) {
        let mut state = self.0.lock();
        if matches!(state.phase, Phase::Ready(_)) && self.0.last_answer().elapsed() > SILENCE {
            self.0.down(&mut state, None, StoreError::new(ErrorKind::Timeout));
        }
        #[cfg(feature = "cluster")]
        if self.is_cluster() {
            let generation = state.generation;
            drop(state);
            self.renew(generation);
        }
    }
}

impl Shared {
    /// Without the lock, as every answer is noted.
    pub(super) fn answered(&self, now: Instant) {
        let after = u64::try_from(now.saturating_duration_since(self.origin).as_micros()).unwrap_or(u64::MAX);
        self.last_answer.store(after, Ordering::Relaxed);
    }

    pub(super) fn last_answer(&self) -> Instant {
        self.origin + Duration::from_micros(self.last_answer.load(Ordering::Relaxed))
    }
}
