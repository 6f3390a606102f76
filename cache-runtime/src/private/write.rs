//! Annotated writes: what to remove or store once the body has succeeded.

use std::borrow::{Borrow, Cow};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use super::key::EntryKey;
use super::site::Site;
use crate::cache::{Cache, Removal, Replacement};
use crate::clock::millis;
use crate::key::KeyText;
use crate::recovery::Sweep;
use crate::telemetry;
use crate::wire::{Meta, encode_packed};

/// Collects the targets of one `#[invalidates]` or `#[updates]` call and acts on them.
///
/// Dropped while the body runs (the caller was cancelled, or the body panicked), it acts as well: the body may have
/// committed, and removing an entry too many costs one load, one too few a stale read.
pub struct Write {
    cache: Cache,
    work: Work,
    slots: Vec<Slot>,
    armed: bool,
}

/// What is to be done, owned, so that it can go on in a task of its own.
#[derive(Default)]
struct Work {
    removals: Vec<Removal>,
    replacements: Vec<Replacement>,
    sweeps: Vec<Sweep>,
}

/// An entry that waits for its value.
struct Slot {
    removal: Removal,
    key: KeyText,
    resource: &'static str,
    ttl: Option<Duration>,
    tags: Vec<Cow<'static, str>>,
    filled: bool,
}

/// Names an entry that waits for its value; `None` where the key has no tenant and may not touch the cache.
#[derive(Clone, Copy, Debug)]
pub struct SlotId(Option<usize>);

impl Write {
    /// A write through the current cache.
    pub fn new(site: &'static Site) -> Self {
        let _ = site;
        Self { cache: Cache::current(), work: Work::default(), slots: Vec::new(), armed: false }
    }

    /// `cache = ..`.
    #[must_use]
    pub fn cache<C: Borrow<Cache> + ?Sized>(mut self, cache: &C) -> Self {
        self.cache = cache.borrow().clone();
        self
    }

    /// Removes the entry under `key`, in every version.
    pub fn remove<K: EntryKey>(&mut self, key: &K) {
        let spec = key.spec();
        match self.cache.locate_unversioned(key) {
            Some(unversioned) => {
                let suffix = key.suffix();
                self.work.removals.push(Cache::removal(&unversioned, &spec, suffix.as_deref(), true));
            }
            None => telemetry::tenant_missing(self.cache.name_label(), spec.resource),
        }
    }

    /// Removes every entry that carries `tag`.
    pub fn tag(&mut self, tag: impl Into<String>) {
        self.work.sweeps.push(Sweep::Tag(tag.into()));
    }

    /// Reserves the entry under `key` for a value. If none comes, the entry is removed.
    pub fn slot<K: EntryKey>(&mut self, key: &K) -> SlotId {
        let spec = key.spec();
        let Some(located) = self.cache.locate(key) else {
            telemetry::tenant_missing(self.cache.name_label(), spec.resource);
            return SlotId(None);
        };
        let suffix = key.suffix();
        self.slots.push(Slot {
            removal: Cache::removal(&located.unversioned, &spec, suffix.as_deref(), true),
            key: located.key,
            resource: spec.resource,
            ttl: spec.ttl,
            tags: key.tags(),
            filled: false,
        });
        SlotId(Some(self.slots.len() - 1))
    }

    /// Stores `value` in the slot. A value that cannot be stored leaves the entry removed.
    pub fn store<V: Serialize>(&mut self, slot: SlotId, value: &V, ttl: Option<Duration>) {
        let Some(slot) = slot.0.and_then(|at| self.slots.get_mut(at)) else { return };
        let settings = &self.cache.0.settings;
        let ttl = ttl.or(slot.ttl).unwrap_or(settings.default_ttl);
        let now = self.cache.0.clock.now();
        let meta = Meta {
            created: Some(now),
            expires: Some(now.saturating_add(millis(ttl))),
            tags: std::mem::take(&mut slot.tags),
        };
        let end = match encode_packed(value, &meta, settings.compress_above) {
            Ok(bytes) if bytes.len() > settings.max_value_bytes => telemetry::FillEnd::TooLarge,
            Ok(_) if ttl.is_zero() => telemetry::FillEnd::Declined,
            Ok(bytes) => {
                slot.filled = true;
                let removal =
                    Removal { resource: slot.removal.resource.clone(), keys: std::mem::take(&mut slot.removal.keys) };
                self.work.replacements.push(Replacement { removal, key: slot.key.clone(), bytes, ttl });
                telemetry::FillEnd::Stored
            }
            Err(_) => telemetry::FillEnd::NotEncoded,
        };
        telemetry::fill(self.cache.name_label(), slot.resource, end);
    }

    /// Runs the body. From here on a drop acts.
    pub async fn run<B: Future>(&mut self, body: Pin<&mut B>) -> B::Output {
        self.armed = true;
        crate::call::nested(body).await
    }

    /// The body failed: nothing is done.
    pub fn abandon(&mut self) {
        self.armed = false;
        self.work = Work::default();
        self.slots.clear();
    }

    /// Does the work in a task of its own and waits for it. A caller that goes away does not stop it.
    pub async fn finish(mut self) {
        self.armed = false;
        if let Some(task) = self.start() {
            let _ = task.await;
        }
    }

    fn start(&mut self) -> Option<tokio::task::JoinHandle<()>> {
        let mut work = std::mem::take(&mut self.work);
        work.removals.extend(self.slots.drain(..).filter(|slot| !slot.filled).map(|slot| slot.removal));
        if work.is_empty() {
            return None;
        }
        let cache = self.cache.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            return Some(runtime.spawn(async move { work.act(&cache).await }));
        }
        // No runtime is left to act in: keep the work for the next call that has one.
        work.defer(&cache);
        None
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if self.armed {
            drop(self.start());
        }
    }
}

impl Work {
    fn is_empty(&self) -> bool {
        self.removals.is_empty() && self.replacements.is_empty() && self.sweeps.is_empty()
    }

    /// Failures are kept for another try and counted where they happen.
    async fn act(self, cache: &Cache) {
        let _ = cache.remove(&self.removals).await;
        for replacement in &self.replacements {
            let _ = cache.replace(replacement).await;
        }
        for sweep in self.sweeps {
            let _ = cache.sweep(sweep).await;
        }
    }

    fn defer(self, cache: &Cache) {
        let replaced = self.replacements.into_iter().map(|replacement| replacement.removal);
        for removal in self.removals.into_iter().chain(replaced) {
            cache.0.recovery.keep_keys(cache, &removal.keys);
        }
        for sweep in self.sweeps {
            cache.0.recovery.keep_sweep(cache, sweep);
        }
    }
}
