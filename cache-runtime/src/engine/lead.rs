//! What the leader of a flight does before it loads: reads the store, and asks it for leave to fill.

use std::borrow::Cow;
use std::time::Duration;

use super::load::Plan;
use super::lookup::accepted;
use super::{Found, Load, Lookup};
use crate::cache::{Budget, Located};
use crate::call::Mode;
use crate::error::{ErrorKind, Operation};
use crate::flight::{Landed, Leader};
use crate::outcome::{Level, Outcome, Status};
use crate::private::{CacheValue, KeyOf};
use crate::store::Store;
use crate::wire::{Payload, is_lease};

/// What a read of the store gave.
pub(super) enum Read<V> {
    Hit(Option<V>, Landed),
    Miss,
    /// Another process loads.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server has other processes"))]
    Leased,
    Failed(Outcome),
}

/// What a leader may do next.
pub(super) enum Next<V> {
    Served(Option<V>, Landed),
    Load(Leave),
}

/// Whether the value may be stored.
pub(crate) enum Leave {
    /// The store is this process's own: an invalidation voids the flight.
    Own,
    /// As long as this stands in the store.
    #[cfg(feature = "redis")]
    While(super::lease::Standing),
    /// Not at all.
    None,
}

pub(super) async fn lead<V: CacheValue, K: KeyOf<V>>(
    lookup: &Lookup<'_>,
    key: &K,
    located: Located,
    leader: Leader,
) -> Found<V> {
    let cache = lookup.cache;
    let mut asking = Asking {
        lookup,
        key,
        located: &located,
        leader: &leader,
        budget: cache.budget(),
        outcome: Outcome::new(Status::Miss, Level::Body),
        ttl: lookup.ttl.or(key.spec().ttl).unwrap_or(cache.0.settings.default_ttl),
    };
    let next = asking.next().await;
    let Asking { budget, outcome, ttl, .. } = asking;
    let leave = match next {
        Next::Served(value, landed) => {
            leader.land_read(&landed);
            let outcome = Outcome::new(Status::Hit, cache.0.store.level());
            return value.map_or(Found::None(outcome), |value| Found::Value(value, outcome));
        }
        Next::Load(leave) => leave,
    };
    leader.begins();
    let spec = key.spec();
    Found::Load(Load::leading(Plan {
        cache: cache.clone(),
        resource: spec.resource,
        ttl,
        none_ttl: lookup.none_ttl.or(spec.none_ttl),
        version: spec.version,
        suffix: key.suffix().map(Cow::into_owned),
        spec,
        tags: key.tags(),
        key: located.key,
        leader,
        leave,
        budget,
        outcome,
    }))
}

pub(super) struct Asking<'a, K> {
    pub(super) lookup: &'a Lookup<'a>,
    pub(super) key: &'a K,
    pub(super) located: &'a Located,
    pub(super) leader: &'a Leader,
    pub(super) budget: Budget,
    pub(super) outcome: Outcome,
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "told to a server"))]
    pub(super) ttl: Duration,
}

impl<K> Asking<'_, K> {
    async fn next<V: CacheValue>(&mut self) -> Next<V>
    where
        K: KeyOf<V>,
    {
        let cache = self.lookup.cache;
        if !self.leader.reads() && self.lookup.mode == Mode::Refresh {
            self.outcome.status = Status::Refresh;
        }
        // An invalidation of this entry has not reached the store yet: what is there is neither read nor filled.
        if cache.0.recovery.covers(cache, &self.located.unversioned) {
            self.outcome.status = Status::Bypass;
            return Next::Load(Leave::None);
        }
        match &cache.0.store {
            Store::Memory(_) => {
                if self.leader.reads() {
                    self.leader.begins();
                    match self.read().await {
                        Read::Hit(value, landed) => return Next::Served(value, landed),
                        Read::Failed(outcome) => {
                            self.outcome = outcome;
                            if !is_replaceable(&self.outcome) {
                                return Next::Load(Leave::None);
                            }
                        }
                        Read::Miss | Read::Leased => {}
                    }
                }
                Next::Load(Leave::Own)
            }
            #[cfg(feature = "redis")]
            Store::Redis(store) => self.next_remote(store).await,
        }
    }

    pub(super) async fn read<V: CacheValue>(&mut self) -> Read<V>
    where
        K: KeyOf<V>,
    {
        let cache = self.lookup.cache;
        match cache.ask(Operation::Get, &mut self.budget, cache.0.store.get(&self.located.key)).await {
            Ok(None) => Read::Miss,
            Ok(Some(bytes)) if is_lease(&bytes) => Read::Leased,
            Ok(Some(bytes)) => self.opened(bytes).await,
            Err(error) => Read::Failed(failed(error.kind())),
        }
    }

    async fn opened<V: CacheValue>(&mut self, bytes: Payload) -> Read<V>
    where
        K: KeyOf<V>,
    {
        match accepted(&bytes, self.lookup.wants_none, self.key) {
            Ok(value) => Read::Hit(value, Landed::Value(bytes)),
            Err(error) => {
                let resource = self.key.spec().resource;
                self.lookup.cache.discard(resource, &self.located.key, &bytes, error, &mut self.budget).await;
                Read::Failed(failed(ErrorKind::Decode))
            }
        }
    }
}

pub(super) fn failed(kind: ErrorKind) -> Outcome {
    Outcome { error: Some(kind), ..Outcome::new(Status::Error, Level::Body) }
}

/// Whether the store itself is well, and what it held is to be replaced.
pub(super) fn is_replaceable(outcome: &Outcome) -> bool {
    matches!(outcome.error, Some(ErrorKind::Decode | ErrorKind::WrongType))
}
