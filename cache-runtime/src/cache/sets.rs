//! Invalidating sets of entries: a resource, a tag, everything. Each is one stamp in the store, whatever the size of the set.

use super::Cache;
use crate::error::{CacheError, Operation};
use crate::key::{KeyWriter, TypedKey};
use crate::recovery::Set;
use crate::store::StoreResult;
use crate::tags;

impl Cache {
    /// Invalidates every entry of a key type's resource, in all tenants, versions and suffixes. One round trip, whatever their
    /// number; they are not served any more, also by processes that start later, and leave the store by their ttl.
    ///
    /// # Errors
    ///
    /// The store's; it is then tried again until it lands, and this process reads nothing from the store meanwhile.
    pub async fn invalidate_resource<K: TypedKey>(&self) -> Result<(), CacheError> {
        self.invalidate_set(Set::Resource(K::SPEC.resource.to_owned())).await
    }

    /// Invalidates every entry that carries this tag. One round trip, whatever their number.
    ///
    /// # Errors
    ///
    /// As [`invalidate_resource`](Self::invalidate_resource).
    pub async fn invalidate_tag(&self, tag: &str) -> Result<(), CacheError> {
        self.invalidate_set(Set::Tag(tag.to_owned())).await
    }

    /// Invalidates every entry under this cache's prefix. One round trip, whatever their number.
    ///
    /// # Errors
    ///
    /// As [`invalidate_resource`](Self::invalidate_resource).
    pub async fn clear(&self) -> Result<(), CacheError> {
        self.invalidate_set(Set::All).await
    }

    pub(crate) async fn invalidate_set(&self, set: Set) -> Result<(), CacheError> {
        self.void_set(&set);
        let done = self.ask(Operation::Invalidate, &mut self.budget(), self.stamp_in_store(&set)).await;
        if done.is_err() {
            self.0.recovery.keep_set(self, set.clone());
            // No fill would find the stamp, and which loads are tagged is not known.
            self.void_where(|_| true);
        }
        self.void_set(&set);
        self.count_invalidation(if let Set::Resource(resource) = &set { resource } else { "" }, done.is_ok());
        done
    }

    pub(crate) async fn stamp_in_store(&self, set: &Set) -> StoreResult<()> {
        let name = match set {
            Set::All => tags::CLEAR.to_owned(),
            Set::Resource(resource) => tags::resource(resource),
            Set::Tag(tag) => tags::tag(tag),
        };
        let name = [name];
        let at = self.0.store.stamp(&name).await?;
        // The server tells this process too, but later than its callers go on.
        self.0.local.cells().raise(&name[0], at);
        Ok(())
    }

    /// So that who asks from now on does not wait for a load that began before. Loads of tagged entries go on: which tags they
    /// have is known when they end, and their fills find the stamp.
    fn void_set(&self, set: &Set) {
        match set {
            Set::All => self.void_where(|_| true),
            Set::Resource(resource) => {
                let resource = escaped(resource);
                self.void_where(|key| resource_of(key) == Some(&resource));
            }
            Set::Tag(_) => {}
        }
    }

    pub(super) fn void_where(&self, matches: impl Fn(&str) -> bool) {
        self.0.flights.void_where(&matches);
        self.0.renewals.void_where(&matches);
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
