//! How many bodies of one resource run at once while the store is away: an outage of the cache must not become one of the
//! source.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Cache;
use crate::telemetry;

/// Permits, by resource.
pub(crate) struct Fallback {
    limit: Option<usize>,
    resources: Mutex<HashMap<&'static str, Arc<Semaphore>>>,
}

impl Fallback {
    pub(super) fn new(limit: Option<u32>) -> Self {
        Self { limit: limit.and_then(|limit| usize::try_from(limit).ok()), resources: Mutex::default() }
    }

    /// Whether bodies need leave to run.
    pub(crate) fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// Leave to run a body now. Waits for one to end where the limit is reached, but no longer than callers wait for each
    /// other: then it runs all the same, and is counted.
    pub(crate) async fn permit(&self, cache: &Cache, resource: &'static str) -> Option<OwnedSemaphorePermit> {
        let limit = self.limit?;
        let semaphore = {
            let mut resources = self.resources.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(resources.entry(resource).or_insert_with(|| Arc::new(Semaphore::new(limit))))
        };
        if let Ok(permit) = Arc::clone(&semaphore).try_acquire_owned() {
            return Some(permit);
        }
        let wait = tokio::time::timeout(cache.0.settings.wait_timeout, semaphore.acquire_owned()).await;
        telemetry::fallback(&cache.0.name, resource, if wait.is_ok() { "waited" } else { "exceeded" });
        wait.ok()?.ok()
    }
}
