//! Removing named entries: in every version this process knows, and kept for later where the store cannot be reached.

use std::time::Duration;

use super::Cache;
use crate::error::{CacheError, Operation};
use crate::key::{KeySpec, KeyText, Unversioned};
use crate::registry;
use crate::telemetry;
use crate::wire::Payload;

/// What one invalidation removes.
pub(crate) struct Removal {
    pub resource: String,
    pub keys: Vec<KeyText>,
}

/// What one update stores; its other versions are removed.
pub(crate) struct Replacement {
    pub removal: Removal,
    pub key: KeyText,
    pub bytes: Payload,
    pub ttl: Duration,
}

impl Cache {
    /// The entry in its own version and in every other one known for the resource and suffix.
    pub(crate) fn removal(unversioned: &Unversioned, spec: &KeySpec, suffix: Option<&str>, own: bool) -> Removal {
        let mut keys: Vec<KeyText> = registry::versions(spec.resource, suffix.or(spec.suffix))
            .iter()
            .map(|version| unversioned.with_version_text(version))
            .collect();
        let key = unversioned.with_version(spec.version);
        if own && !keys.contains(&key) {
            keys.push(key);
        }
        Removal { resource: spec.resource.to_owned(), keys }
    }

    /// Removes entries in one command. What fails is kept and tried again; meanwhile this process does not read it.
    pub(crate) async fn remove(&self, removals: &[Removal]) -> Result<u64, CacheError> {
        let keys: Vec<KeyText> = removals.iter().flat_map(|removal| removal.keys.iter().cloned()).collect();
        if keys.is_empty() {
            return Ok(0);
        }
        // Before: what loads now began before the write. After: what began meanwhile may have read the old entry.
        self.void(&keys);
        let done = self.ask(Operation::Invalidate, &mut self.budget(), self.0.store.remove(&keys)).await;
        if done.is_err() {
            self.0.recovery.keep_keys(self, &keys);
        }
        self.void(&keys);
        for removal in removals {
            self.count_invalidation(&removal.resource, done.is_ok());
        }
        done
    }

    /// Stores a value over whatever is there and removes its other versions. Where that fails, the entry is removed
    /// later, like an invalidation that failed.
    pub(crate) async fn replace(&self, replacement: &Replacement) -> Result<(), CacheError> {
        let Replacement { removal, key, bytes, ttl } = replacement;
        let others: Vec<KeyText> = removal.keys.iter().filter(|other| *other != key).cloned().collect();
        self.void(&removal.keys);
        let done = self
            .ask(Operation::Put, &mut self.budget(), async {
                self.0.store.set(key, bytes, *ttl).await?;
                self.0.store.remove(&others).await
            })
            .await
            .map(|_| ());
        if done.is_err() {
            self.0.recovery.keep_keys(self, &removal.keys);
        }
        self.void(&removal.keys);
        if done.is_ok() {
            self.0.counts.fills.add();
        }
        self.count_invalidation(&removal.resource, done.is_ok());
        done
    }

    /// Stores several values and removes their other versions, like [`replace`](Self::replace).
    pub(crate) async fn replace_many(
        &self,
        writes: &[(KeyText, Payload, Duration)],
        keys: &[KeyText],
    ) -> Result<(), CacheError> {
        let others: Vec<KeyText> =
            keys.iter().filter(|key| writes.iter().all(|(written, ..)| written != *key)).cloned().collect();
        self.void(keys);
        let done = self
            .ask(Operation::PutMany, &mut self.budget(), async {
                self.0.store.set_many(writes).await?;
                self.0.store.remove(&others).await
            })
            .await;
        match &done {
            Ok(_) => writes.iter().for_each(|_| self.0.counts.fills.add()),
            Err(_) => self.0.recovery.keep_keys(self, keys),
        }
        self.void(keys);
        done.map(|_| ())
    }

    fn void(&self, keys: &[KeyText]) {
        for key in keys {
            self.0.flights.void(key);
        }
    }

    pub(crate) fn count_invalidation(&self, resource: &str, done: bool) {
        let counts = &self.0.counts;
        if done {
            counts.invalidations.add()
        } else {
            counts.deferred_invalidations.add()
        }
        telemetry::invalidation(&self.0.name, resource, if done { "done" } else { "deferred" });
    }
}
