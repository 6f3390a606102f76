//! Direct calls with a typed key. Unlike annotated functions they tell the caller what went wrong.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Cache, Located, Replacement};
use crate::engine::{Due, due};
use crate::error::{CacheError, ErrorKind, Operation};
use crate::key::{KeySpec, KeyText, TypedKey};
use crate::policy::Policy;
use crate::private::{self, Call, Entered, Probe, Typed, ViaResult as _, enter, json};
use crate::registry;
use crate::store::Asks;
use crate::tags::{self, Stamps};
use crate::wire::{DecodeError, Draft, Meta, Payload, decode, is_lease};

/// By what an entry is judged that was read.
struct Judged<'a> {
    left: Option<Duration>,
    stamps: Stamps,
    /// Of which the stamps are.
    names: &'a [String],
}

impl Cache {
    /// The value under `key`, if it is stored and within its ttl. Read from the store: the local tier is left out.
    ///
    /// # Errors
    ///
    /// The store's, a missing tenant, and [`ErrorKind::Decode`] for bytes that are no value of the key's type; such an
    /// entry is removed.
    pub async fn get<K: TypedKey>(&self, key: &K) -> Result<Option<K::Value>, CacheError>
    where
        K::Value: DeserializeOwned,
    {
        let located = self.located(Operation::Get, key)?;
        if located.awaits_store(self) {
            return Ok(None);
        }
        let names = tags::names(K::SPEC.resource, &key.tags());
        let mut budget = self.budget();
        // An entry that is kept beyond its ttl is judged by what is left of its life, which a hit may have prolonged.
        let asks = if self.policy_of(&K::SPEC).grace().is_zero() { Asks::Bytes } else { Asks::Left };
        let (stored, stamps) = self.read(&located.key, asks, &names, &mut budget).await?;
        let Some(stored) = stored.filter(|stored| !is_lease(&stored.bytes)) else { return Ok(None) };
        let known = Judged { left: stored.left, stamps, names: &names };
        self.opened(Operation::Get, key, &located.key, &stored.bytes, known).await
    }

    /// The values under `keys`, in their order, with one command.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); an entry that does not decode is removed and `None`.
    pub async fn get_many<K: TypedKey>(&self, keys: &[K]) -> Result<Vec<Option<K::Value>>, CacheError>
    where
        K::Value: DeserializeOwned,
    {
        let located = keys.iter().map(|key| self.located(Operation::GetMany, key)).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<KeyText> = located.iter().map(|located| located.key.clone()).collect();
        let mut names: Vec<String> =
            keys.iter().flat_map(|key| tags::names(K::SPEC.resource, &key.tags()).to_vec()).collect();
        names.sort_unstable();
        names.dedup();
        let asked = self.0.store.read_many(&texts, &names);
        let (found, stamps) = self.ask(Operation::GetMany, &mut self.budget(), asked).await?;
        let mut values = Vec::with_capacity(keys.len());
        for ((key, located), bytes) in keys.iter().zip(&located).zip(found) {
            values.push(match bytes {
                Some(bytes) if !is_lease(&bytes) && !located.awaits_store(self) => {
                    let names = tags::names(K::SPEC.resource, &key.tags());
                    let known = Judged { left: None, stamps: stamps.of(&names).unwrap_or_default(), names: &names };
                    self.opened(Operation::GetMany, key, &located.key, &bytes, known).await.unwrap_or(None)
                }
                _ => None,
            });
        }
        Ok(values)
    }

    /// Stores `value` under `key` for the key's ttl, and removes the key's other versions.
    ///
    /// # Errors
    ///
    /// The store's, a missing tenant, [`ErrorKind::Encode`] and [`ErrorKind::TooLarge`]. After an error of the store the
    /// entry counts as invalidated.
    pub async fn put<K: TypedKey>(&self, key: &K, value: &K::Value) -> Result<(), CacheError>
    where
        K::Value: Serialize,
    {
        self.put_for(key, value, K::SPEC.ttl.unwrap_or(self.0.settings.default_ttl)).await
    }

    /// Stores `value` under `key` for `ttl`. A ttl of zero removes the entry.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    pub async fn put_for<K: TypedKey>(&self, key: &K, value: &K::Value, ttl: Duration) -> Result<(), CacheError>
    where
        K::Value: Serialize,
    {
        if ttl.is_zero() {
            return self.invalidate(key).await.map(|_| ());
        }
        let replacement = self.replacement(Operation::Put, key, value, ttl)?;
        self.replace(&[replacement]).await
    }

    /// Stores several values for the key's ttl, in three round trips.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    pub async fn put_many<K: TypedKey>(&self, entries: &[(K, K::Value)]) -> Result<(), CacheError>
    where
        K::Value: Serialize,
    {
        let ttl = K::SPEC.ttl.unwrap_or(self.0.settings.default_ttl);
        let replacements = entries.iter().map(|(key, value)| self.replacement(Operation::PutMany, key, value, ttl));
        let replacements = replacements.collect::<Result<Vec<_>, _>>()?;
        self.replace(&replacements).await
    }

    /// The value under `key`, loaded and stored if it is not there. A key with `local = ..` is looked for in the local tier
    /// first. Callers that ask together, here or through annotated functions, share one load.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Load`] with the loader's error as source. The store's failures are counted and not returned: the loader
    /// runs.
    pub async fn get_or_load<K, L, F, E>(&self, key: &K, load: L) -> Result<K::Value, CacheError>
    where
        K: TypedKey,
        K::Value: Serialize + DeserializeOwned,
        L: FnOnce() -> F,
        F: Future<Output = Result<K::Value, E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let shape = (&Probe::<Result<K::Value, Box<dyn Error + Send + Sync>>>::NEW).shape();
        let loaded = match enter(Call::through(self), (shape, K::sharing()), Typed(key)) {
            Entered::Hit(held) => held,
            Entered::Miss(enter) => {
                let entry = enter.await;
                private::load(entry, async { load().await.map_err(Into::into) }).await
            }
        };
        loaded.map_err(|error| CacheError::new(Operation::Load, ErrorKind::Load).with_source(error))
    }

    /// Removes the entry under `key`, in every version that is in use, also by other programs. Returns how many there were.
    ///
    /// # Errors
    ///
    /// The store's, and a missing tenant. After an error of the store the removal is tried again until it lands, and this
    /// process does not read the entry meanwhile.
    pub async fn invalidate<K: TypedKey>(&self, key: &K) -> Result<u64, CacheError> {
        self.invalidate_many(std::slice::from_ref(key)).await
    }

    /// Removes the entries under `keys` with one command. Returns how many there were.
    ///
    /// # Errors
    ///
    /// As [`invalidate`](Self::invalidate).
    pub async fn invalidate_many<K: TypedKey>(&self, keys: &[K]) -> Result<u64, CacheError> {
        let removals = keys
            .iter()
            .map(|key| {
                let located = self.located(Operation::Invalidate, key)?;
                Ok(self.removal(located.unversioned(), &K::SPEC, None, true))
            })
            .collect::<Result<Vec<_>, CacheError>>()?;
        self.remove(&removals).await
    }

    /// Asks the store whether it answers.
    ///
    /// # Errors
    ///
    /// The store's.
    pub async fn ping(&self) -> Result<(), CacheError> {
        self.ask(Operation::Ping, &mut self.budget(), self.0.store.ping()).await
    }

    /// The text of `key` as it stands in the store, for tools and tests. It can hold personal data: do not log it.
    pub fn key_for<K: TypedKey>(&self, key: &K) -> Option<String> {
        self.locate(&Typed(key)).map(|located| located.key.as_str().to_owned())
    }

    fn located<K: TypedKey>(&self, operation: Operation, key: &K) -> Result<Located, CacheError> {
        self.locate(&Typed(key)).ok_or_else(|| CacheError::new(operation, ErrorKind::TenantMissing))
    }

    async fn opened<K: TypedKey>(
        &self,
        operation: Operation,
        key: &K,
        text: &KeyText,
        bytes: &Payload,
        known: Judged<'_>,
    ) -> Result<Option<K::Value>, CacheError>
    where
        K::Value: DeserializeOwned,
    {
        let failure = match decode::<K::Value>(bytes, true) {
            Ok(decoded) => match decoded.value {
                Some(value) if !key.accepts(&value) => DecodeError::Rejected,
                value => {
                    let valid = self.is_valid(operation, &decoded.meta, known).await?;
                    return Ok(value.filter(|_| valid));
                }
            },
            Err(error) => error,
        };
        self.discard(K::SPEC.resource, text, bytes, failure, &mut self.budget()).await;
        Err(CacheError::new(operation, ErrorKind::Decode).with_detail(failure.as_str()))
    }

    /// Whether an entry is within its ttl and nothing invalidated it with others.
    async fn is_valid(&self, operation: Operation, meta: &Meta<'_>, known: Judged<'_>) -> Result<bool, CacheError> {
        let names = meta.tags.iter().map(|tag| tags::tag(tag));
        let more: Vec<String> = names.filter(|name| !known.names.contains(name)).collect();
        let stamps = match more.is_empty() {
            true => known.stamps,
            false => known.stamps.and(self.ask(operation, &mut self.budget(), self.0.store.stamps(&more)).await?),
        };
        let facts = meta.facts();
        let due = due(&Policy::new(), &facts, known.left, || self.0.clock.now(), || 1.0);
        Ok(due == Due::Not && stamps.allow(facts.since))
    }

    /// What is stored for a value.
    fn replacement<K: TypedKey>(
        &self,
        operation: Operation,
        key: &K,
        value: &K::Value,
        ttl: Duration,
    ) -> Result<Replacement, CacheError>
    where
        K::Value: Serialize,
    {
        let located = self.located(operation, key)?;
        let mut tags = key.tags();
        tags.extend(key.value_tags().iter().map(|tag| tag.of(value)));
        let policy = self.policy_of(&K::SPEC);
        let (ttl, grace) = (policy.jittered(ttl), policy.grace());
        let draft = Draft::new(&mut json(value), Meta::new(self.0.clock.now(), ttl, grace, tags))
            .map_err(|error| CacheError::new(operation, ErrorKind::Encode).with_detail(error.to_string()))?;
        let limit = self.0.settings.max_value_bytes;
        if draft.len() > limit {
            let detail = format!("{} bytes, at most {limit} are stored (`max_value_bytes`)", draft.len());
            return Err(CacheError::new(operation, ErrorKind::TooLarge).with_detail(detail));
        }
        registry::note_version(K::SPEC.resource, K::SPEC.suffix, K::SPEC.version);
        let lives = ttl.saturating_add(grace);
        Ok(Replacement {
            removal: self.removal(located.unversioned(), &K::SPEC, None, true),
            registration: self.registration(&K::SPEC, None, lives),
            key: located.key,
            draft,
            ttl: lives,
        })
    }

    fn policy_of(&self, spec: &KeySpec) -> Policy {
        spec.policy.or(self.0.settings.policy)
    }
}
