//! Is there a value, and if not, who loads it.

use std::time::Duration;

use tokio::time::Instant;

use super::Load;
use super::entry::accepted;
use crate::cache::{Budget, Cache, Located};
use crate::call::Mode;
use crate::error::Operation;
use crate::flight::{Joined, Landed, Leader, Turn, Wish};
use crate::key::KeyText;
use crate::outcome::{Level, Outcome, Status};
use crate::policy::Policy;
use crate::private::{CacheValue, KeyOf};
use crate::telemetry::{self, VoidReason};
use crate::transaction;
use crate::wire::{DecodeError, Payload};

/// What is looked up, besides the key.
pub(crate) struct Lookup<'a> {
    pub cache: &'a Cache,
    pub ttl: Option<Duration>,
    pub none_ttl: Option<Duration>,
    pub policy: Policy,
    /// Whether the caller can return "there is none".
    pub wants_none: bool,
    pub mode: Mode,
    /// Whether the body can run in the background.
    pub detached: bool,
}

/// What was found.
pub(crate) enum Found<V> {
    Value(V, Outcome),
    None(Outcome),
    Load(Load),
    /// Serve this, and run the body in the background.
    Renew(Option<V>, Outcome, Load),
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
    if transaction::covers(cache, &located.unversioned) {
        return Found::Load(Load::uncached(cache.clone(), spec.resource, Outcome::new(Status::Bypass, Level::Body)));
    }
    match take_lead(&lookup, key, &located).await {
        Lead::Served(found) => found,
        Lead::Alone => {
            telemetry::wait_ended(&cache.0.name, spec.resource);
            Found::Load(Load::uncached(cache.clone(), spec.resource, Outcome::new(Status::Miss, Level::Body)))
        }
        Lead::Mine(leader) => super::lead::lead(&lookup, key, located, leader).await,
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
    let (bytes, status) = match landed {
        Landed::None if lookup.wants_none => return Some(Found::None(Outcome::new(Status::Hit, Level::Flight))),
        Landed::None => return None,
        Landed::Value(bytes) => (bytes, Status::Hit),
        Landed::Stale(bytes) => (bytes, Status::Stale),
    };
    let outcome = Outcome::new(status, Level::Flight);
    match accepted(bytes, lookup.wants_none, key).ok()?.value {
        Some(value) => Some(Found::Value(value, outcome)),
        None => Some(Found::None(outcome)),
    }
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
        self.0.local.void(key.as_str(), VoidReason::Own);
    }
}
