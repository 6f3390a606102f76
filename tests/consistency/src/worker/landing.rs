//! Writes whose invalidation waits for the store, until it has landed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_runtime::Cache;
use tokio::time::Instant;

use crate::clock::now;
use crate::log::{Kind, Log, Record};

/// How long the queue may take to empty once the server is well.
const DRAINED_WITHIN: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(5);

/// The cache says how many invalidations wait, not which: all of these have landed when none does.
pub(super) struct Landing {
    cache: Cache,
    log: Arc<Log>,
    waiting: Mutex<Vec<(u16, u32)>>,
}

impl Landing {
    pub(super) fn new(cache: Cache, log: Arc<Log>) -> Self {
        Self { cache, log, waiting: Mutex::default() }
    }

    /// A write that returned while an invalidation, perhaps its own, waited.
    pub(super) fn awaits(&self, key: u16, version: u32) {
        self.lock().push((key, version));
    }

    /// Notes what has landed.
    pub(super) fn look(&self) {
        let mut waiting = self.lock();
        // The list first: what comes onto it after this look is not covered by it.
        if waiting.is_empty() || self.cache.stats().pending_invalidations > 0 {
            return;
        }
        let landed = std::mem::take(&mut *waiting);
        drop(waiting);
        let seen = now();
        for (key, version) in landed {
            self.log.note(Record::new(Kind::Landed, key, version, seen, seen));
        }
    }

    /// Waits until nothing waits.
    pub(super) async fn drain(&self) {
        let begin = now();
        let deadline = Instant::now() + DRAINED_WITHIN;
        while self.cache.stats().pending_invalidations > 0 {
            if Instant::now() > deadline {
                let pending = u32::try_from(self.cache.stats().pending_invalidations).unwrap_or(u32::MAX);
                return self.log.note(Record::new(Kind::Undrained, 0, pending, begin, now()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.look();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u16, u32)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
