//! Which versions of a resource are in use, by this program and by others.
//!
//! A version is registered in the store before its first entry is filled, by the same command that asks for leave to fill (on
//! a Cluster by one that is answered before); an invalidation reads the register with the command that removes, or, on a
//! Cluster, beside it. So a version that it does not find began to load after it, from a source that had the new value.
//! `docs/consistency.md` has the argument in full.

use std::collections::{BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use super::Cache;
use crate::key::{KeySpec, KeyText, KeyWriter, Unversioned, Version};
use crate::registry;
use crate::store::Registration;

/// A registration is made for twice this long at least, and twice the ttl: what is filled under it is gone before it ends.
const SHORTEST: Duration = Duration::from_secs(3600);

/// How many foreign versions are remembered for each resource; more are still removed, with one more round trip.
const MOST_SEEN: usize = 64;

/// Versions met in the store, by register.
#[derive(Default)]
pub(crate) struct Versions(RwLock<HashMap<KeyText, BTreeSet<String>>>);

impl Versions {
    fn seen(&self, register: &KeyText) -> Vec<String> {
        let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
        seen.get(register).into_iter().flatten().cloned().collect()
    }

    /// Remembers what a register holds now, so that the next invalidation removes it at once.
    pub(super) fn note(&self, register: &KeyText, versions: &[String]) {
        let known = {
            let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let known = seen.get(register);
            known.map_or(0, BTreeSet::len) == versions.len().min(MOST_SEEN)
                && versions.iter().take(MOST_SEEN).all(|version| known.is_some_and(|known| known.contains(version)))
        };
        if !known {
            let set = versions.iter().take(MOST_SEEN).cloned().collect();
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(register.clone(), set);
        }
    }
}

impl Cache {
    /// Where the versions of a resource and suffix are registered: a sorted set, by the server's time until which each is
    /// in use.
    pub(crate) fn register(&self, spec: &KeySpec, suffix: Option<&str>) -> KeyText {
        self.register_of(spec.resource, suffix.or(spec.suffix))
    }

    fn register_of(&self, resource: &str, suffix: Option<&str>) -> KeyText {
        let mut out = KeyWriter::with_room(96);
        out.raw(&self.0.settings.prefix);
        out.raw(":versions:");
        out.text(resource);
        if let Some(suffix) = suffix {
            out.raw(":");
            out.text(suffix);
        }
        KeyText::from_text(out.as_text())
    }

    /// What a fill registers.
    pub(crate) fn registration(&self, spec: &KeySpec, suffix: Option<&str>, ttl: Duration) -> Registration {
        self.registration_of(spec.resource, suffix.or(spec.suffix), spec.version, ttl)
    }

    /// The same, of a key whose facts are not at hand.
    pub(crate) fn registration_of(
        &self,
        resource: &str,
        suffix: Option<&str>,
        version: Version,
        ttl: Duration,
    ) -> Registration {
        let horizon = SHORTEST.max(ttl).saturating_mul(2);
        Registration { register: self.register_of(resource, suffix), version: version.escaped(), horizon }
    }

    /// The texts of an entry in every version known here.
    pub(super) fn known_keys(
        &self,
        unversioned: &Unversioned,
        register: &KeyText,
        spec: &KeySpec,
        suffix: Option<&str>,
    ) -> Vec<KeyText> {
        let linked = registry::versions(spec.resource, suffix.or(spec.suffix));
        let mut keys: Vec<KeyText> = linked.iter().map(|version| unversioned.with_version_text(version)).collect();
        for version in self.0.versions.seen(register) {
            let key = unversioned.with_escaped_version(&version);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}
