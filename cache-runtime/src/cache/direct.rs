//! Direct calls with a typed key. Unlike annotated functions they tell the caller what went wrong.

use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Cache, Located, Replacement};
use crate::call;
use crate::clock::millis;
use crate::engine::{self, Due, Found, Lookup, due};
use crate::error::{CacheError, ErrorKind, Operation};
use crate::key::{KeySpec, KeyText, TypedKey, Unversioned};
use crate::policy::Policy;
use crate::private::{Decision, Typed};
use crate::registry;
use crate::store::Asks;
use crate::tags::{self, Stamps};
use crate::wire::{DecodeError, Draft, Meta, Payload, decode, is_lease};

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
        if self.0.recovery.covers(self, &located.unversioned) {
            return Ok(None);
        }
        let names = tags::names(K::SPEC.resource, &key.tags());
        let mut budget = self.budget();
        let asked = self.0.store.read(&located.key, Asks::Bytes, &names);
        let (stored, stamps) = self.ask(Operation::Get, &mut budget, asked).await?;
        let Some(bytes) = stored.map(|stored| stored.bytes).filter(|bytes| !is_lease(bytes)) else { return Ok(None) };
        self.opened(Operation::Get, key, &located.key, &bytes, stamps, &names).await
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
        let (entries, texts): (Vec<Unversioned>, Vec<KeyText>) = keys
            .iter()
            .map(|key| self.located(Operation::GetMany, key).map(|located| (located.unversioned, located.key)))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .unzip();
        let mut names: Vec<String> = keys.iter().flat_map(|key| tags::names(K::SPEC.resource, &key.tags())).collect();
        names.sort_unstable();
        names.dedup();
        let asked = self.0.store.read_many(&texts, &names);
        let (found, stamps) = self.ask(Operation::GetMany, &mut self.budget(), asked).await?;
        let mut values = Vec::with_capacity(keys.len());
        for (((key, text), entry), bytes) in keys.iter().zip(&texts).zip(&entries).zip(found) {
            values.push(match bytes {
                Some(bytes) if !is_lease(&bytes) && !self.0.recovery.covers(self, entry) => {
                    let names = tags::names(K::SPEC.resource, &key.tags());
                    let known = stamps.of(&names).unwrap_or_default();
                    self.opened(Operation::GetMany, key, text, &bytes, known, &names).await.unwrap_or(None)
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
        let located = self.located(Operation::Put, key)?;
        let draft = self.drafted(Operation::Put, key, value, ttl)?;
        let removal = self.removal(located.unversioned, &K::SPEC, None, true);
        if ttl.is_zero() {
            return self.remove(&[removal]).await.map(|_| ());
        }
        registry::note_version(K::SPEC.resource, K::SPEC.suffix, K::SPEC.version);
        let ttl = ttl.saturating_add(self.grace_of(&K::SPEC));
        let registration = self.registration(&K::SPEC, None, ttl);
        self.replace(&[Replacement { removal, registration, key: located.key, draft, ttl }]).await
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
        let mut replacements = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let located = self.located(Operation::PutMany, key)?;
            let draft = self.drafted(Operation::PutMany, key, value, ttl)?;
            let removal = self.removal(located.unversioned, &K::SPEC, None, true);
            let lives = ttl.saturating_add(self.grace_of(&K::SPEC));
            let registration = self.registration(&K::SPEC, None, lives);
            replacements.push(Replacement { removal, registration, key: located.key, draft, ttl: lives });
        }
        registry::note_version(K::SPEC.resource, K::SPEC.suffix, K::SPEC.version);
        self.replace(&replacements).await
    }

    /// The value under `key`, loaded and stored if it is not there. Callers that ask together, here or through annotated
    /// functions, share one load.
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
        let lookup = Lookup {
            cache: self,
            ttl: None,
            none_ttl: None,
            policy: K::SPEC.policy.or(self.0.settings.policy),
            wants_none: false,
            mode: call::mode(),
            detached: false,
        };
        let leave = match engine::look_up::<K::Value, _>(lookup, &Typed(key)).await {
            Found::Value(value, outcome) => {
                engine::finish(self, K::SPEC.resource, outcome);
                return Ok(value);
            }
            Found::Load(leave) => leave,
            Found::Renew(..) => unreachable!("a caller whose body is not detached is not asked to renew"),
            Found::None(_) => unreachable!("a caller that wants no `None` is not given one"),
        };
        let running = leave.start();
        match leave.nested(pin!(load())).await {
            Ok(value) => {
                let tags = key.value_tags().iter().map(|tag| tag.of(&value)).collect();
                leave.value(running, &value, Decision::new().tags(tags), K::sharing()).land().await;
                Ok(value)
            }
            Err(error) => {
                if let Some(old) = leave.failed(running).and_then(|old| decode::<K::Value>(&old, false).ok()?.value) {
                    return Ok(old);
                }
                Err(CacheError::new(Operation::Load, ErrorKind::Load).with_source(error))
            }
        }
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
                Ok(self.removal(located.unversioned, &K::SPEC, None, true))
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
        stamps: Stamps,
        asked: &[String],
    ) -> Result<Option<K::Value>, CacheError>
    where
        K::Value: DeserializeOwned,
    {
        let failure = match decode::<K::Value>(bytes, true) {
            Ok(decoded) => match decoded.value {
                Some(value) if !key.accepts(&value) => DecodeError::Rejected,
                value => {
                    let valid = self.is_valid(operation, &decoded.meta, stamps, asked).await?;
                    return Ok(value.filter(|_| valid));
                }
            },
            Err(error) => error,
        };
        self.discard(K::SPEC.resource, text, bytes, failure, &mut self.budget()).await;
        Err(CacheError::new(operation, ErrorKind::Decode).with_detail(failure.as_str()))
    }

    /// Whether an entry is within its ttl and nothing invalidated it with others.
    async fn is_valid(
        &self,
        operation: Operation,
        meta: &Meta<'_>,
        stamps: Stamps,
        asked: &[String],
    ) -> Result<bool, CacheError> {
        let more: Vec<String> =
            meta.tags.iter().map(|tag| tags::tag(tag)).filter(|name| !asked.contains(name)).collect();
        let stamps = match more.is_empty() {
            true => stamps,
            false => stamps.and(self.ask(operation, &mut self.budget(), self.0.store.stamps(&more)).await?),
        };
        let facts = meta.facts();
        let due = due(&Policy::new(), facts, None, self.0.clock.now(), 1.0);
        Ok(due == Due::Not && stamps.allow(facts.since))
    }

    fn drafted<K: TypedKey>(
        &self,
        operation: Operation,
        key: &K,
        value: &K::Value,
        ttl: Duration,
    ) -> Result<Draft, CacheError>
    where
        K::Value: Serialize,
    {
        let (now, grace) = (self.0.clock.now(), self.grace_of(&K::SPEC));
        let mut tags = key.tags();
        tags.extend(key.value_tags().iter().map(|tag| tag.of(value)));
        let meta = Meta {
            created: Some(now),
            expires: Some(now.saturating_add(millis(ttl))),
            grace: Some(millis(grace)).filter(|grace| *grace > 0),
            tags,
            ..Meta::default()
        };
        let draft = Draft::new(value, meta)
            .map_err(|error| CacheError::new(operation, ErrorKind::Encode).with_detail(error.to_string()))?;
        let limit = self.0.settings.max_value_bytes;
        if draft.len() > limit {
            let detail = format!("{} bytes, at most {limit} are stored (`max_value_bytes`)", draft.len());
            return Err(CacheError::new(operation, ErrorKind::TooLarge).with_detail(detail));
        }
        Ok(draft)
    }

    fn grace_of(&self, spec: &KeySpec) -> Duration {
        spec.policy.or(self.0.settings.policy).grace()
    }
}
