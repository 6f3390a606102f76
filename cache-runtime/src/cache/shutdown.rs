//! The end of a process: what it still owes the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::Cache;
use crate::error::{CacheError, ErrorKind, Operation};

/// Work that goes on when its caller does not.
#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<Shared>);

#[derive(Default)]
struct Shared {
    running: AtomicUsize,
    idle: Notify,
}

/// One piece of work. Dropped when it ends.
pub(crate) struct Task(Arc<Shared>);

impl Tasks {
    pub(crate) fn begin(&self) -> Task {
        self.0.running.fetch_add(1, Ordering::SeqCst);
        Task(Arc::clone(&self.0))
    }

    async fn idle(&self) {
        loop {
            let idle = self.0.idle.notified();
            if self.0.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            idle.await;
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

impl Cache {
    /// Begins nothing in the background any more, and waits for what runs there, and until every invalidation has reached the
    /// store: those under way, and those kept for a store that was away. To be called at the end of a process, after its last
    /// request; the cache can be used on, but nothing of it runs in the background again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] when some did not within the `shutdown_timeout` (5 s by default). The entries then live to
    /// their ttl, and bodies in the background for which nobody waits are dropped.
    pub async fn shutdown(&self) -> Result<(), CacheError> {
        self.0.background.close();
        self.0.local.tell_hits();
        self.0.name.tell();
        let drained = async {
            self.0.tasks.idle().await;
            self.0.recovery.settled(self).await;
        };
        match tokio::time::timeout(self.0.settings.shutdown_timeout, drained).await {
            Ok(()) => Ok(()),
            Err(_) => {
                self.0.background.end();
                let left = self.0.recovery.len();
                tracing::error!(cache = %self.0.name, left, "invalidations did not reach the store before the end");
                Err(CacheError::new(Operation::Shutdown, ErrorKind::Timeout)
                    .with_detail(format!("{left} invalidations did not reach the store")))
            }
        }
    }
}
