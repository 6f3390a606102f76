//! One read of the store, and what it says.

use super::age::{Due, due};
use super::lead::{Asking, Served, failed};
use crate::error::{ErrorKind, Operation};
use crate::flight::Landed;
use crate::outcome::{Outcome, Status};
use crate::private::{CacheValue, KeyOf};
use crate::store::Stored;
use crate::tags::{self, Stamps};
use crate::wire::{DecodeError, Facts, Payload, decode, is_lease};

/// What a read of the store gave.
pub(super) enum Read<V> {
    Hit(Hit<V>),
    Miss,
    /// Another process loads.
    Leased,
    /// An entry that a tag, its resource or everything was invalidated after.
    Void(Payload),
    Failed(Outcome),
}

/// An entry that may be served, as far as invalidations are concerned.
pub(super) struct Hit<V> {
    pub value: Option<V>,
    pub bytes: Payload,
    pub due: Due,
}

/// An opened entry, before anything is known of its validity.
pub(super) struct Opened<V> {
    pub value: Option<V>,
    pub facts: Facts,
    pub tags: Vec<String>,
}

impl<K> Asking<'_, K> {
    pub(super) async fn read<V: CacheValue>(&mut self) -> Read<V>
    where
        K: KeyOf<V>,
    {
        self.leader.begins();
        let cache = self.lookup.cache;
        let asked = cache.0.store.read(&self.located.key, self.asks_left(), &self.names);
        match cache.ask(Operation::Get, &mut self.budget, asked).await {
            Ok((stored, stamps)) => {
                self.since = stamps.clock;
                match stored {
                    None => Read::Miss,
                    Some(stored) if is_lease(&stored.bytes) => Read::Leased,
                    Some(stored) => self.opened(stored, stamps).await,
                }
            }
            Err(error) => Read::Failed(failed(error.kind())),
        }
    }

    /// Whether what is left of an entry's life has to be known to judge it.
    fn asks_left(&self) -> bool {
        let policy = &self.lookup.policy;
        !policy.grace().is_zero() || policy.refresh.is_some() || policy.sliding == Some(true)
    }

    async fn opened<V: CacheValue>(&mut self, stored: Stored, stamps: Stamps) -> Read<V>
    where
        K: KeyOf<V>,
    {
        let Stored { bytes, left } = stored;
        let Opened { value, facts, tags } = match accepted(&bytes, self.lookup.wants_none, self.key) {
            Ok(opened) => opened,
            Err(error) => {
                let resource = self.key.spec().resource;
                self.lookup.cache.discard(resource, &self.located.key, &bytes, error, &mut self.budget).await;
                return Read::Failed(failed(ErrorKind::Decode));
            }
        };
        match self.with_tags_of_value(stamps, &tags).await {
            Ok(stamps) if !stamps.allow(facts.since) => return Read::Void(bytes),
            Ok(_) => {}
            Err(outcome) => return Read::Failed(outcome),
        }
        let now = self.lookup.cache.0.clock.now();
        let due = due(&self.lookup.policy, facts, left, now, fastrand::f64());
        if due == Due::Not {
            self.slide(&bytes, facts, left);
        }
        Read::Hit(Hit { value, bytes, due })
    }

    /// Tags that depend on the value are known once it is read, and asked for then.
    async fn with_tags_of_value(&mut self, stamps: Stamps, tags: &[String]) -> Result<Stamps, Outcome> {
        let more: Vec<String> =
            tags.iter().map(|tag| tags::tag(tag)).filter(|name| !self.names.contains(name)).collect();
        if more.is_empty() {
            return Ok(stamps);
        }
        let cache = self.lookup.cache;
        let asked = cache.ask(Operation::Get, &mut self.budget, cache.0.store.stamps(&more)).await;
        asked.map(|found| stamps.and(found)).map_err(|error| failed(error.kind()))
    }

    pub(super) fn served<V>(&self, hit: Hit<V>, stale: bool) -> Served<V> {
        let status = if stale { Status::Stale } else { Status::Hit };
        let landed = if stale { Landed::Stale(hit.bytes) } else { Landed::Value(hit.bytes) };
        Served { value: hit.value, landed, outcome: Outcome::new(status, self.lookup.cache.0.store.level()) }
    }
}

/// Decodes an entry and asks the key whether it may be served.
pub(super) fn accepted<V: CacheValue, K: KeyOf<V>>(
    bytes: &Payload,
    wants_none: bool,
    key: &K,
) -> Result<Opened<V>, DecodeError> {
    let decoded = decode::<V>(bytes, wants_none)?;
    if decoded.value.as_ref().is_some_and(|value| !key.accepts(value)) {
        return Err(DecodeError::Rejected);
    }
    let facts = decoded.meta.facts();
    let tags = decoded.meta.tags.into_iter().map(std::borrow::Cow::into_owned).collect();
    Ok(Opened { value: decoded.value, facts, tags })
}
