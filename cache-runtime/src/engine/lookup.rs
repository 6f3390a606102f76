//! Is there a value, and if not, who loads it.

use std::time::Duration;

use tokio::time::Instant;

use super::Load;
use crate::cache::{Budget, Cache, Located};
use crate::call::Mode;
use crate::error::Operation;
use crate::flight::{Joined, Landed, Leader, Turn, Wish};
use crate::key::KeyText;
use crate::outcome::{Level, Outcome, Status};
use crate::private::{CacheValue, KeyOf};
use crate::telemetry;
use crate::wire::{DecodeError, Payload, decode};

/// What is looked up, besides the key.
pub(crate) struct Lookup<'a> {
    pub cache: &'a Cache,
    pub ttl: Option<Duration>,
    pub none_ttl: Option<Duration>,
    /// Whether the caller can return "there is none".
    pub wants_none: bool,
    pub mode: Mode,
}

/// What was found.
pub(crate) enum Found<V> {
    Value(V, Outcome),
    None(Outcome),
    Load(Load),
}

/// What a read of the store gave the leader.
enum Read<V> {
    Hit(Option<V>, Landed),
    Miss,
    Failed(Outcome),
}

/// Looks a key up, waits for others who do, or takes the lead.
pub(crate) async fn look_up<V: CacheValue, K: KeyOf<V>>(lookup: Lookup<'_>, key: &K) -> Found<V> {
    let cache = lookup.cache;
    let spec = key.spec();
    if lookup.mode == Mode::Bypass {
        return Found::Load(Load::uncached(cache.clone(), spec.resource, Outcome::new(Status::Bypass, Level::Body)));
    }
    let Some(located) = cache.locate(key) else {
        telemetry::tenant_missing(&cache.0.name, spec.resource);
        return Found::Load(Load::uncached(cache.clone(), spec.resource, Outcome::new(Status::Bypass, Level::Body)));
    };
    match take_lead(&lookup, key, &located).await {
        Lead::Served(found) => found,
        Lead::Alone => {
            telemetry::wait_ended(&cache.0.name, spec.resource);
            Found::Load(Load::uncached(cache.clone(), spec.resource, Outcome::new(Status::Miss, Level::Body)))
        }
        Lead::Mine(leader) => lead(&lookup, key, located, leader).await,
    }
}

enum Lead<V> {
    Served(Found<V>),
    Mine(Leader),
    /// Waited to the deadline.
    Alone,
}

async fn take_lead<V: CacheValue, K: KeyOf<V>>(lookup: &Lookup<'_>, key: &K, located: &Located) -> Lead<V> {
    let wish = if lookup.mode == Mode::Refresh { Wish::Fresh } else { Wish::Any };
    let flights = &lookup.cache.0.flights;
    let mut wait = match flights.join(&located.key, wish) {
        Joined::Lead(leader) => return Lead::Mine(leader),
        Joined::Wait(wait) => wait,
    };
    let deadline = Instant::now() + lookup.cache.0.settings.wait_timeout;
    loop {
        let Ok(turn) = tokio::time::timeout_at(deadline, wait).await else { return Lead::Alone };
        match turn {
            Ok(Turn::Lead(leader)) => return Lead::Mine(leader),
            Ok(Turn::Landed(landed)) => {
                if let Some(found) = landed_value(lookup, key, &landed) {
                    return Lead::Served(found);
                }
            }
            // Every flight ends by a landing or a hand-over; should one not, asking anew is right.
            Err(_) => {}
        }
        wait = match flights.join(&located.key, wish) {
            Joined::Lead(leader) => return Lead::Mine(leader),
            Joined::Wait(wait) => wait,
        };
    }
}

/// What another caller's read or load gave. `None` where it is of no use to this one.
fn landed_value<V: CacheValue, K: KeyOf<V>>(lookup: &Lookup<'_>, key: &K, landed: &Landed) -> Option<Found<V>> {
    let outcome = Outcome::new(Status::Hit, Level::Flight);
    match landed {
        Landed::None if lookup.wants_none => Some(Found::None(outcome)),
        Landed::None => None,
        Landed::Value(bytes) => match accepted(bytes, lookup.wants_none, key) {
            Ok(Some(value)) => Some(Found::Value(value, outcome)),
            Ok(None) => Some(Found::None(outcome)),
            Err(_) => None,
        },
    }
}

async fn lead<V: CacheValue, K: KeyOf<V>>(lookup: &Lookup<'_>, key: &K, located: Located, leader: Leader) -> Found<V> {
    let cache = lookup.cache;
    let mut budget = cache.budget();
    let mut outcome = Outcome::new(Status::Miss, Level::Body);
    // An invalidation of this key has not reached the store yet: what is there is not to be read.
    let left_out = cache.0.recovery.covers(cache, &located.key);
    if left_out {
        outcome.status = Status::Bypass;
    } else if leader.reads() {
        leader.begins();
        match read(lookup, key, &located.key, &mut budget).await {
            Read::Hit(value, landed) => {
                leader.land_read(&landed);
                let outcome = Outcome::new(Status::Hit, cache.0.store.level());
                return value.map_or(Found::None(outcome), |value| Found::Value(value, outcome));
            }
            Read::Miss => {}
            Read::Failed(failed) => outcome = failed,
        }
    } else if lookup.mode == Mode::Refresh {
        outcome.status = Status::Refresh;
    }
    leader.begins();
    let spec = key.spec();
    Found::Load(Load::leading(super::load::Plan {
        cache: cache.clone(),
        resource: spec.resource,
        ttl: lookup.ttl.or(spec.ttl).unwrap_or(cache.0.settings.default_ttl),
        none_ttl: lookup.none_ttl.or(spec.none_ttl),
        version: spec.version,
        suffix: key.suffix().map(std::borrow::Cow::into_owned),
        own_suffix: spec.suffix,
        tags: key.tags(),
        key: located.key,
        leader,
        budget,
        left_out,
        outcome,
    }))
}

async fn read<V: CacheValue, K: KeyOf<V>>(
    lookup: &Lookup<'_>,
    key: &K,
    text: &KeyText,
    budget: &mut Budget,
) -> Read<V> {
    let cache = lookup.cache;
    let failed = |kind| Read::Failed(Outcome { error: Some(kind), ..Outcome::new(Status::Error, Level::Body) });
    match cache.ask(Operation::Get, budget, cache.0.store.get(text)).await {
        Ok(None) => Read::Miss,
        Ok(Some(bytes)) => match accepted(&bytes, lookup.wants_none, key) {
            Ok(value) => Read::Hit(value, Landed::Value(bytes)),
            Err(error) => {
                cache.discard(key.spec().resource, text, &bytes, error, budget).await;
                failed(crate::ErrorKind::Decode)
            }
        },
        Err(error) => failed(error.kind()),
    }
}

/// Decodes an entry and asks the key whether it may be served.
fn accepted<V: CacheValue, K: KeyOf<V>>(bytes: &Payload, wants_none: bool, key: &K) -> Result<Option<V>, DecodeError> {
    let value = decode::<V>(bytes, wants_none)?.value;
    if value.as_ref().is_some_and(|value| !key.accepts(value)) {
        return Err(DecodeError::Rejected);
    }
    Ok(value)
}

impl Cache {
    /// Counts an entry that did not decode and removes it, if it is still the same.
    pub(crate) async fn discard(
        &self,
        resource: &'static str,
        key: &KeyText,
        bytes: &Payload,
        error: DecodeError,
        budget: &mut Budget,
    ) {
        self.0.counts.decode_failures.add();
        telemetry::decode_failure(&self.0.name, resource, key, error);
        // Counted where it fails; the next reader meets the entry again.
        let _ = self.ask(Operation::Discard, budget, self.0.store.remove_same(key, bytes)).await;
    }
}
