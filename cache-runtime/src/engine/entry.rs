//! One read of the store, and what it says.

use std::time::Duration;

use super::age::{Due, due};
use super::lead::{Asking, Served, failed};
use super::local::{Holding, Watched, hold_local, local_ticket, local_ttl, watched};
use crate::error::{ErrorKind, Operation};
use crate::flight::Landed;
use crate::local::{Tether, Ticket};
use crate::outcome::{Outcome, Status};
use crate::private::{CacheValue, KeyOf, Sharing};
use crate::store::{Asks, Stored};
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

/// How what is read is held.
struct Hold<V> {
    sharing: Sharing<V>,
    ttl: Duration,
    watch: Watched,
    ticket: Ticket,
}

/// How long an entry may be held.
struct Lives {
    facts: Facts,
    left: Option<Duration>,
    since: u64,
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
        let hold = self.may_hold().await;
        let asked = cache.0.store.read(&self.located.key, self.asks(hold.is_some()), &self.names);
        match cache.ask(Operation::Get, &mut self.budget, asked).await {
            Ok((stored, stamps)) => {
                self.since = stamps.clock;
                match stored {
                    None => Read::Miss,
                    Some(stored) if is_lease(&stored.bytes) => Read::Leased,
                    Some(stored) => self.opened(stored, stamps, hold).await,
                }
            }
            Err(error) => Read::Failed(failed(error.kind())),
        }
    }

    /// What is needed to hold what is read, before it is.
    async fn may_hold<V: CacheValue>(&mut self) -> Option<Hold<V>>
    where
        K: KeyOf<V>,
    {
        let (sharing, ttl) = (self.key.sharing()?, local_ttl(&self.lookup.policy)?);
        let cache = self.lookup.cache;
        let watch = watched(cache, &self.names, &mut self.budget).await?;
        Some(Hold { sharing, ttl, watch, ticket: local_ticket(cache, &self.located.key) })
    }

    /// Whether what is left of an entry's life has to be known to judge it.
    fn asks(&self, holds: bool) -> Asks {
        let policy = &self.lookup.policy;
        let ages = !policy.grace().is_zero() || policy.refresh.is_some() || policy.sliding == Some(true);
        match (holds, ages) {
            (true, _) => Asks::Tether,
            (false, true) => Asks::Left,
            (false, false) => Asks::Bytes,
        }
    }

    async fn opened<V: CacheValue>(&mut self, stored: Stored, stamps: Stamps, hold: Option<Hold<V>>) -> Read<V>
    where
        K: KeyOf<V>,
    {
        let Stored { bytes, left, tether } = stored;
        let Opened { value, facts, tags } = match accepted(&bytes, self.lookup.wants_none, self.key) {
            Ok(opened) => opened,
            Err(error) => {
                let resource = self.key.spec().resource;
                self.lookup.cache.discard(resource, &self.located.key, &bytes, error, &mut self.budget).await;
                return Read::Failed(failed(ErrorKind::Decode));
            }
        };
        let more: Vec<String> =
            tags.iter().map(|tag| tags::tag(tag)).filter(|name| !self.names.contains(name)).collect();
        // Before their stamps are read.
        let hold = hold.map(|hold| Hold { watch: hold.watch.and(self.lookup.cache, &more), ..hold });
        match self.with_stamps_of(stamps, &more).await {
            Ok(stamps) => {
                // None where the clock is lost: then the load that follows has it made.
                self.since = stamps.clock;
                if !stamps.allow(facts.since) {
                    return Read::Void(bytes);
                }
            }
            Err(outcome) => return Read::Failed(outcome),
        }
        let now = self.lookup.cache.0.clock.now();
        let due = due(&self.lookup.policy, facts, left, now, fastrand::f64());
        if due == Due::Not {
            self.slide(&bytes, facts, left);
            if let (Some(hold), Some(tether)) = (hold, tether) {
                // One that does not say when it was loaded goes with the first stamp of any of its names.
                let since = facts.since.unwrap_or(0);
                self.hold(hold, value.as_ref(), bytes.len(), Lives { facts, left, since }, tether);
            }
        }
        Read::Hit(Hit { value, bytes, due })
    }

    /// Tags that depend on the value are known once it is read, and asked for then.
    async fn with_stamps_of(&mut self, stamps: Stamps, more: &[String]) -> Result<Stamps, Outcome> {
        if more.is_empty() {
            return Ok(stamps);
        }
        let cache = self.lookup.cache;
        let asked = cache.ask(Operation::Get, &mut self.budget, cache.0.store.stamps(more)).await;
        asked.map(|found| stamps.and(found)).map_err(|error| failed(error.kind()))
    }

    /// Holds what was read, no longer than it is fresh in the store.
    fn hold<V>(&self, hold: Hold<V>, value: Option<&V>, bytes: usize, lives: Lives, tether: Tether)
    where
        K: KeyOf<V>,
    {
        let Hold { sharing, ttl, watch, ticket } = hold;
        let grace = Duration::from_millis(lives.facts.grace.unwrap_or(0));
        let ttl = lives.left.map_or(ttl, |left| ttl.min(left.saturating_sub(grace)));
        let value = value.map(sharing.hold);
        let what = Holding { value, bytes, ttl, since: lives.since, tether, watch };
        hold_local(self.lookup.cache, ticket, &self.located.key, self.key.spec().resource, what);
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
