//! Removing named entries: in every version that is in use, and kept for later where the store cannot be reached.

use std::time::Duration;

use super::Cache;
use crate::error::{CacheError, Operation};
use crate::key::{KeySpec, KeyText, Unversioned};
use crate::store::{Invalidation, Removed, StoreResult};
use crate::switch::{Mechanism, without};
use crate::telemetry::{self, VoidReason};

/// What one invalidation removes.
#[derive(Clone)]
pub(crate) struct Removal {
    pub resource: &'static str,
    pub unversioned: Unversioned,
    pub register: KeyText,
    /// The entry in the versions known here.
    pub keys: Vec<KeyText>,
}

/// What else an invalidation does to the keys.
#[derive(Clone, Copy, Default)]
pub(crate) struct Then<'a> {
    /// The guard that ends with it.
    pub lift: Option<&'a str>,
    /// For how long nothing is filled after it.
    pub fence: Option<Duration>,
}

impl Cache {
    /// The entry in its own version and in every other one known for the resource and suffix.
    pub(crate) fn removal(&self, unversioned: Unversioned, spec: &KeySpec, suffix: Option<&str>, own: bool) -> Removal {
        let register = self.register(spec, suffix);
        let mut keys = self.known_keys(&unversioned, &register, spec, suffix);
        let key = unversioned.with_version(spec.version);
        if own && !keys.contains(&key) {
            keys.push(key);
        }
        Removal { resource: spec.resource, unversioned, register, keys }
    }

    /// Removes entries. What fails is kept and tried again; meanwhile this process does not read it.
    pub(crate) async fn remove(&self, removals: &[Removal]) -> Result<u64, CacheError> {
        self.remove_then(removals, Then::default()).await
    }

    /// Removes entries, lifts their guard, sets a fence.
    pub(crate) async fn remove_then(&self, removals: &[Removal], then: Then<'_>) -> Result<u64, CacheError> {
        if removals.is_empty() {
            return Ok(0);
        }
        // Before: what loads now began before the write. After: what began meanwhile may have read the old entry.
        self.void(removals);
        let done = self.ask(Operation::Invalidate, &mut self.budget(), self.remove_in_store(removals, then)).await;
        if done.is_err() {
            self.0.recovery.keep(self, removals, then.fence);
        }
        self.void(removals);
        for removal in removals {
            self.count_invalidation(removal.resource, done.is_ok());
        }
        done
    }

    /// One command removes what is known here and reads which other versions are in use; those take one more, once.
    pub(crate) async fn remove_in_store(&self, removals: &[Removal], then: Then<'_>) -> StoreResult<u64> {
        let (keys, registers) = keys_and_registers(removals);
        let token = then.fence.map(|window| (crate::wire::token(), window));
        let fence = token.as_ref().map(|(token, window)| (token.as_str(), *window));
        let what = Invalidation { keys: &keys, registers: &registers, lift: then.lift, fence };
        let mut removed = self.0.store.invalidate(&what).await?;
        let unknown = self.unknown_keys(removals, &registers, &removed);
        if !unknown.is_empty() {
            let what = Invalidation { keys: &unknown, registers: &[], lift: then.lift, fence };
            let done = self.0.store.invalidate(&what).await;
            self.void_local(&unknown);
            removed.count += done?.count;
        }
        Ok(removed.count)
    }

    /// Removes the entries and refuses fills of them until the guard ends. Where that fails there is no guard: the body runs
    /// all the same.
    pub(crate) async fn guard(&self, removals: &[Removal], token: &str, ttl: Duration) {
        if without(Mechanism::Guard) {
            return;
        }
        self.void(removals);
        let done = self.ask(Operation::Guard, &mut self.budget(), self.guard_in_store(removals, token, ttl)).await;
        self.void(removals);
        telemetry::guard(&self.0.name, done.is_ok());
    }

    async fn guard_in_store(&self, removals: &[Removal], token: &str, ttl: Duration) -> StoreResult<()> {
        let (keys, registers) = keys_and_registers(removals);
        let guarded = self.0.store.guard(&keys, &registers, token, ttl).await?;
        let unknown = self.unknown_keys(removals, &registers, &guarded);
        if !unknown.is_empty() {
            let done = self.0.store.guard(&unknown, &[], token, ttl).await;
            self.void_local(&unknown);
            done?;
        }
        Ok(())
    }

    /// The entries in versions that are registered and not known here. They are, from now on.
    fn unknown_keys(&self, removals: &[Removal], registers: &[KeyText], found: &Removed) -> Vec<KeyText> {
        let mut unknown = Vec::new();
        if without(Mechanism::Versions) {
            return unknown;
        }
        for (register, versions) in registers.iter().zip(&found.versions) {
            self.0.versions.note(register, versions);
            for removal in removals.iter().filter(|removal| removal.register == *register) {
                let texts = versions.iter().map(|version| removal.unversioned.with_escaped_version(version));
                unknown.extend(texts.filter(|key| !removal.keys.contains(key)));
            }
        }
        unknown
    }

    pub(super) fn void(&self, removals: &[Removal]) {
        self.void_local(removals.iter().flat_map(|removal| &removal.keys));
        if without(Mechanism::FlightVoid) {
            return;
        }
        for key in removals.iter().flat_map(|removal| &removal.keys) {
            self.0.flights.void(key);
            self.0.renewals.void(key);
            self.0.throttles.lift(key);
        }
    }

    /// The server tells this process of its own writes too, but later than their callers go on.
    fn void_local<'a>(&self, keys: impl IntoIterator<Item = &'a KeyText>) {
        for key in keys {
            self.0.local.void(key.as_str(), VoidReason::Own);
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

fn keys_and_registers(removals: &[Removal]) -> (Vec<KeyText>, Vec<KeyText>) {
    let keys = removals.iter().flat_map(|removal| removal.keys.iter().cloned()).collect();
    let mut registers: Vec<KeyText> = Vec::new();
    for removal in removals {
        if !registers.contains(&removal.register) {
            registers.push(removal.register.clone());
        }
    }
    (keys, registers)
}
