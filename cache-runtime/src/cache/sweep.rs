//! Removing sets of entries: a resource, a tag, everything.
//!
//! A sweep walks the keys under the prefix, so its cost grows with their number. It is right about what it meets; an entry
//! that another process stores while it walks may stay.

use super::Cache;
use crate::error::{CacheError, Operation};
use crate::key::{KeyWriter, TypedKey};
use crate::recovery::Sweep;
use crate::store::StoreResult;
use crate::telemetry::VoidReason;
use crate::wire::tags_of;

impl Cache {
    /// Removes every entry of a key type's resource, in all tenants, versions and suffixes. Returns how many there were.
    ///
    /// The cost grows with the number of entries under the prefix.
    ///
    /// # Errors
    ///
    /// The store's; the sweep is then tried again until it lands, and this process reads nothing from the store meanwhile.
    pub async fn invalidate_resource<K: TypedKey>(&self) -> Result<u64, CacheError> {
        self.sweep(Sweep::Resource(K::SPEC.resource.to_owned())).await
    }

    /// Removes every entry that carries this tag. Returns how many there were.
    ///
    /// The cost grows with the number of entries under the prefix.
    ///
    /// # Errors
    ///
    /// As [`invalidate_resource`](Self::invalidate_resource).
    pub async fn invalidate_tag(&self, tag: &str) -> Result<u64, CacheError> {
        self.sweep(Sweep::Tag(tag.to_owned())).await
    }

    /// Removes every entry under this cache's prefix. Returns how many there were.
    ///
    /// # Errors
    ///
    /// As [`invalidate_resource`](Self::invalidate_resource).
    pub async fn clear(&self) -> Result<u64, CacheError> {
        self.sweep(Sweep::All).await
    }

    pub(crate) async fn sweep(&self, sweep: Sweep) -> Result<u64, CacheError> {
        self.void_sweep(&sweep);
        let done = self.sweep_asked(&sweep).await;
        if done.is_err() {
            self.0.recovery.keep_sweep(self, sweep.clone());
        }
        self.void_sweep(&sweep);
        self.count_invalidation(if let Sweep::Resource(resource) = &sweep { resource } else { "" }, done.is_ok());
        done
    }

    /// A walk takes as long as it takes; what is bounded is the silence of the store, which each step meets.
    async fn sweep_asked(&self, sweep: &Sweep) -> Result<u64, CacheError> {
        self.ask(Operation::Ping, &mut self.budget(), self.0.store.ping()).await?;
        let mut budget = self.sweep_budget();
        self.ask(Operation::Sweep, &mut budget, self.sweep_store(sweep)).await
    }

    pub(crate) async fn sweep_store(&self, sweep: &Sweep) -> StoreResult<u64> {
        let prefix = format!("{}:tenant-", self.0.settings.prefix);
        match sweep {
            Sweep::All => self.0.store.sweep(&prefix, &|_, _| true).await,
            Sweep::Resource(resource) => {
                let resource = escaped(resource);
                self.0.store.sweep(&prefix, &|key, _| resource_of(key) == Some(&resource)).await
            }
            Sweep::Tag(tag) => {
                self.0.store.sweep(&prefix, &|_, bytes| tags_of(bytes).iter().any(|had| had == tag)).await
            }
        }
    }

    fn void_sweep(&self, sweep: &Sweep) {
        match sweep {
            // The tags of an entry that is being loaded are known to its leader alone: void them all.
            Sweep::All | Sweep::Tag(_) => {
                self.0.local.void_all(VoidReason::Sweep);
                self.0.flights.void_where(|_| true);
            }
            Sweep::Resource(resource) => {
                let resource = escaped(resource);
                self.0.local.void_where(VoidReason::Sweep, |key| resource_of(key) == Some(&resource));
                self.0.flights.void_where(|key| resource_of(key) == Some(&resource));
            }
        }
    }
}

/// `{prefix}:tenant-{tenant}:{resource}:..`, in which no part holds a colon of its own.
fn resource_of(key: &str) -> Option<&str> {
    key.split(':').nth(2)
}

fn escaped(text: &str) -> String {
    let mut out = KeyWriter::new();
    out.text(text);
    out.into_text()
}
