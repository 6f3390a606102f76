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
use crate::engine::{self, Found, Lookup};
use crate::error::{CacheError, ErrorKind, Operation};
use crate::key::{KeyText, TypedKey, Unversioned};
use crate::private::{Decision, Typed};
use crate::registry;
use crate::wire::{Meta, Payload, decode, encode_packed, is_lease};

impl Cache {
    /// The value under `key`, if it is stored.
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
        let mut budget = self.budget();
        let found = self.ask(Operation::Get, &mut budget, self.0.store.get(&located.key)).await?;
        let Some(bytes) = found.filter(|bytes| !is_lease(bytes)) else { return Ok(None) };
        self.opened(Operation::Get, key, &located.key, &bytes).await
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
        let found = self.ask(Operation::GetMany, &mut self.budget(), self.0.store.get_many(&texts)).await?;
        let mut values = Vec::with_capacity(keys.len());
        for (((key, text), entry), bytes) in keys.iter().zip(&texts).zip(&entries).zip(found) {
            values.push(match bytes {
                Some(bytes) if !is_lease(&bytes) && !self.0.recovery.covers(self, entry) => {
                    self.opened(Operation::GetMany, key, text, &bytes).await.unwrap_or(None)
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
        let bytes = self.encoded(Operation::Put, key, value, ttl)?;
        let removal = self.removal(located.unversioned, &K::SPEC, None, true);
        if ttl.is_zero() {
            return self.remove(&[removal]).await.map(|_| ());
        }
        registry::note_version(K::SPEC.resource, K::SPEC.suffix, K::SPEC.version);
        let registration = self.registration(&K::SPEC, None, ttl);
        self.replace(&[Replacement { removal, registration, key: located.key, bytes, ttl }]).await
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
            let bytes = self.encoded(Operation::PutMany, key, value, ttl)?;
            let removal = self.removal(located.unversioned, &K::SPEC, None, true);
            let registration = self.registration(&K::SPEC, None, ttl);
            replacements.push(Replacement { removal, registration, key: located.key, bytes, ttl });
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
        };
        let leave = match engine::look_up::<K::Value, _>(lookup, &Typed(key)).await {
            Found::Value(value, outcome) => {
                engine::finish(self, K::SPEC.resource, outcome);
                return Ok(value);
            }
            Found::Load(leave) => leave,
            Found::None(_) => unreachable!("a caller that wants no `None` is not given one"),
        };
        let running = leave.start();
        match leave.nested(pin!(load())).await {
            Ok(value) => {
                leave.value(running, &value, Decision::new(), None).await;
                Ok(value)
            }
            Err(error) => {
                leave.failed(running);
                Err(CacheError::new(Operation::Load, ErrorKind::Load).with_source(error))
            }
        }
    }

    /// Removes the entry under `key`, in every version this process knows. Returns how many there were.
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
    ) -> Result<Option<K::Value>, CacheError>
    where
        K::Value: DeserializeOwned,
    {
        let failure = match decode::<K::Value>(bytes, true) {
            Ok(decoded) => match decoded.value {
                Some(value) if !key.accepts(&value) => crate::wire::DecodeError::Rejected,
                value => return Ok(value),
            },
            Err(error) => error,
        };
        self.discard(K::SPEC.resource, text, bytes, failure, &mut self.budget()).await;
        Err(CacheError::new(operation, ErrorKind::Decode).with_detail(failure.as_str()))
    }

    fn encoded<K: TypedKey>(
        &self,
        operation: Operation,
        key: &K,
        value: &K::Value,
        ttl: Duration,
    ) -> Result<Payload, CacheError>
    where
        K::Value: Serialize,
    {
        let now = self.0.clock.now();
        let meta = Meta {
            created: Some(now),
            expires: Some(now.saturating_add(millis(ttl))),
            tags: key.tags(),
            ..Meta::default()
        };
        let bytes = encode_packed(value, &meta, self.0.settings.compress_above)
            .map_err(|error| CacheError::new(operation, ErrorKind::Encode).with_detail(error.to_string()))?;
        let limit = self.0.settings.max_value_bytes;
        if bytes.len() > limit {
            let detail = format!("{} bytes, at most {limit} are stored (`max_value_bytes`)", bytes.len());
            return Err(CacheError::new(operation, ErrorKind::TooLarge).with_detail(detail));
        }
        Ok(bytes)
    }
}
