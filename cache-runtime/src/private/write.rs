//! Annotated writes: what to remove or store once the body has succeeded.

use std::borrow::{Borrow, Cow};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use super::fill::json;
use super::infer::Stored;
use super::key::EntryKey;
use super::site::Site;
use super::tags::ValueTag;
use super::work::Work;
use crate::cache::{Cache, Removal, Replacement};
use crate::call;
use crate::key::{KeySpec, KeyText};
use crate::recovery::Set;
use crate::telemetry;
use crate::transaction;
use crate::wire::{Draft, Meta, token};

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

/// An entry that waits for its value.
struct Slot {
    removal: Removal,
    key: KeyText,
    spec: KeySpec,
    suffix: Option<String>,
    tags: Vec<Cow<'static, str>>,
    filled: bool,
}

/// Names an entry that waits for its value; nowhere, where the key has no tenant and may not touch the cache.
pub struct SlotId<V> {
    at: Option<usize>,
    /// Tags of the key that name the value.
    tags: Vec<ValueTag<V>>,
}

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
                self.work.removals.push(self.cache.removal(unversioned, spec, suffix.as_deref(), true));
            }
            None => telemetry::tenant_missing(self.cache.name_label(), spec.resource),
        }
    }

    /// Removes every entry that carries `tag`.
    pub fn tag(&mut self, tag: impl Into<String>) {
        self.work.sets.push(Set::Tag(tag.into()));
    }

    /// Reserves the entry under `key` for a value. If none comes, the entry is removed.
    pub fn slot<K: EntryKey, V>(&mut self, stored: Stored<K, V>) -> SlotId<V> {
        let Stored { key, tags } = stored;
        SlotId { at: self.reserve(&key), tags }
    }

    fn reserve<K: EntryKey>(&mut self, key: &K) -> Option<usize> {
        let spec = key.spec();
        let Some(located) = self.cache.locate(key) else {
            telemetry::tenant_missing(self.cache.name_label(), spec.resource);
            return None;
        };
        let suffix = key.suffix().map(Cow::into_owned);
        self.slots.push(Slot {
            removal: self.cache.removal(located.unversioned(), spec, suffix.as_deref(), true),
            key: located.key,
            spec: *spec,
            suffix,
            tags: key.tags(),
            filled: false,
        });
        Some(self.slots.len() - 1)
    }

    /// `tags("..{ret.field}..")`: tags of the entry in the slot beside those of its key.
    pub fn tags<V>(&mut self, slot: &SlotId<V>, tags: Vec<Cow<'static, str>>) {
        if let Some(slot) = slot.at.and_then(|at| self.slots.get_mut(at)) {
            slot.tags.extend(tags);
        }
    }

    /// Stores `value` in the slot. A value that cannot be stored leaves the entry removed.
    pub fn store<V: Serialize>(&mut self, slot: SlotId<V>, value: &V, ttl: Option<Duration>) {
        self.tags(&slot, slot.tags.iter().map(|tag| tag.of(value)).collect());
        let Some(slot) = slot.at.and_then(|at| self.slots.get_mut(at)) else { return };
        let settings = &self.cache.0.settings;
        let ttl = ttl.or(slot.spec.ttl).unwrap_or(settings.default_ttl);
        let policy = slot.spec.policy.or(settings.policy);
        let (ttl, grace) = (policy.jittered(ttl), policy.grace());
        let meta = Meta::new(self.cache.0.clock.now(), ttl, grace, std::mem::take(&mut slot.tags));
        let refused = match Draft::new(&mut json(value), meta) {
            Ok(draft) if draft.len() > settings.max_value_bytes => telemetry::FillEnd::TooLarge,
            Ok(_) if ttl.is_zero() => telemetry::FillEnd::Declined,
            Ok(draft) => {
                slot.filled = true;
                let ttl = ttl.saturating_add(grace);
                self.work.replacements.push(Replacement {
                    removal: slot.removal.clone(),
                    registration: self.cache.registration(&slot.spec, slot.suffix.as_deref(), ttl),
                    key: slot.key.clone(),
                    draft,
                    ttl,
                });
                return;
            }
            Err(_) => telemetry::FillEnd::NotEncoded,
        };
        telemetry::fill(self.cache.name_label(), slot.spec.resource, refused);
    }

    /// `guard = ..`: until the body has ended and its work is done, or for this long, readers go to the source and nothing is
    /// filled.
    pub async fn guard(&mut self, ttl: Duration) {
        // From here on a drop lifts the guard.
        self.armed = true;
        let token = self.work.lift.get_or_insert_with(token);
        self.cache.guard(&self.work.removals, token, ttl).await;
    }

    /// `fence = ..`: for this long after the invalidation nothing is filled.
    pub fn fence(&mut self, window: Duration) {
        self.work.fence = self.work.fence.max(Some(window));
    }

    /// Runs the body. From here on a drop acts.
    pub async fn run<B: Future>(&mut self, mut body: Pin<&mut B>) -> B::Output {
        self.armed = true;
        poll_fn(|context| {
            let _nested = call::nest();
            body.as_mut().poll(context)
        })
        .await
    }

    /// The body failed: nothing is done, but that a guard ends.
    pub fn abandon(&mut self) {
        self.work = std::mem::take(&mut self.work).only_lifting().unwrap_or_default();
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
        let work = transaction::hold_back(&self.cache, work)?;
        Work::spawn(vec![(self.cache.clone(), work)])
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if self.armed {
            drop(self.start());
        }
    }
}
