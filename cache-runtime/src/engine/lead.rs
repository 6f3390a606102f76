//! What the leader of a flight does before it loads: reads the store, and asks it for leave to fill.

use std::borrow::Cow;
use std::time::Duration;

use tokio::time::Instant;

use super::age::Due;
use super::entry::{Hit, Read};
use super::load::Plan;
use super::local::local_ttl;
use super::{Found, Load, Lookup};
use crate::cache::{Budget, Located};
use crate::call::Mode;
use crate::error::ErrorKind;
use crate::flight::{Landed, Leader};
use crate::outcome::{Level, Outcome, Status};
use crate::private::{CacheValue, KeyOf};
use crate::store::Store;
use crate::tags;
use crate::wire::Payload;

/// What a leader may do next.
pub(super) enum Next<V> {
    Served(Served<V>),
    /// Serve this, and load anew in the background.
    Renew(Served<V>, Renewal),
    /// Load anew in place, and serve the old value should that fail.
    Reload(Renewal),
    Load(Leave),
}

/// A value to serve, for the leader and for those that wait.
pub(super) struct Served<V> {
    pub value: Option<V>,
    pub landed: Landed,
    pub outcome: Outcome,
}

/// Leave to load a value that is there, in place of it.
pub(super) struct Renewal {
    pub leader: Leader,
    pub leave: Leave,
    /// Tells other processes of the load.
    pub mark: Leave,
    /// What is there.
    pub old: Payload,
    /// Whether that is past its expiry.
    pub stale: bool,
    pub status: Status,
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

#[cfg(feature = "redis")]
impl Leave {
    /// What is to be prolonged while the body runs.
    pub(super) fn standing(&self) -> Option<&super::lease::Standing> {
        match self {
            Self::While(standing) => Some(standing),
            Self::Own | Self::None => None,
        }
    }
}

pub(super) async fn lead<V: CacheValue, K: KeyOf<V>>(
    lookup: &Lookup<'_>,
    key: &K,
    located: Located,
    leader: Leader,
) -> Found<V> {
    let cache = lookup.cache;
    let tags = key.tags();
    let mut asking = Asking {
        lookup,
        key,
        located: &located,
        leader: &leader,
        budget: cache.budget(),
        outcome: Outcome::new(Status::Miss, Level::Body),
        ttl: lookup.ttl.or(key.spec().ttl).unwrap_or(cache.0.settings.default_ttl),
        names: tags::names(key.spec().resource, &tags),
        since: None,
        soft: lookup.policy.soft_timeout.map(|timeout| Instant::now() + timeout),
    };
    let next = asking.next().await;
    let Asking { budget, outcome, ttl, since, soft, .. } = asking;
    let spec = key.spec();
    let plan = |leader, leave, outcome| Plan {
        cache: cache.clone(),
        resource: spec.resource,
        ttl,
        none_ttl: lookup.none_ttl.or(spec.none_ttl),
        policy: lookup.policy,
        local: key.sharing().and_then(|_| local_ttl(&lookup.policy)),
        version: spec.version,
        suffix: key.suffix().map(Cow::into_owned),
        spec,
        tags,
        since,
        soft,
        key: located.key.clone(),
        leader,
        leave,
        mark: Leave::None,
        old: None,
        stale: false,
        quiet: false,
        budget,
        outcome,
    };
    match next {
        Next::Served(served) => {
            leader.land_read(&served.landed);
            served.found()
        }
        Next::Renew(mut served, renewal) => {
            leader.land_read(&served.landed);
            served.outcome.revalidating = true;
            let Renewal { leader, leave, mark, old, stale, status } = renewal;
            leader.begins();
            let plan = plan(leader, leave, Outcome { status, ..outcome });
            let plan = Plan { mark, old: Some(old), stale, quiet: true, ..plan };
            Found::Renew(served.value, served.outcome, Load::leading(plan))
        }
        Next::Reload(renewal) => {
            // Who waits looks into the store as well, and finds this load.
            leader.retire();
            let Renewal { leader, leave, mark, old, stale, status } = renewal;
            leader.begins();
            let plan = Plan { mark, old: Some(old), stale, ..plan(leader, leave, Outcome { status, ..outcome }) };
            Found::Load(Load::leading(plan))
        }
        Next::Load(leave) => {
            leader.begins();
            Found::Load(Load::leading(plan(leader, leave, outcome)))
        }
    }
}

impl<V> Served<V> {
    pub(super) fn found(self) -> Found<V> {
        match self.value {
            Some(value) => Found::Value(value, self.outcome),
            None => Found::None(self.outcome),
        }
    }
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
    /// Under which names sets of entries are invalidated that this one is in, as far as its key tells.
    pub(super) names: Vec<String>,
    /// The time of the store's clock of tags before the load.
    pub(super) since: Option<u64>,
    /// When the caller would rather have a stale value.
    pub(super) soft: Option<Instant>,
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
            Store::Memory(store) => {
                if self.leader.reads() {
                    match self.read().await {
                        Read::Hit(hit) => {
                            if let Ok(next) = self.weigh(hit).await {
                                return next;
                            }
                        }
                        Read::Failed(outcome) => {
                            self.outcome = outcome;
                            if !is_replaceable(&self.outcome) {
                                return Next::Load(Leave::None);
                            }
                        }
                        Read::Miss | Read::Leased | Read::Void(_) => {}
                    }
                    if let Some(next) = self.follow_renewal().await {
                        return next;
                    }
                }
                self.since = Some(store.cells.clock());
                Next::Load(Leave::Own)
            }
            #[cfg(feature = "redis")]
            Store::Redis(store) => self.next_remote(store).await,
        }
    }

    /// What is to be done with an entry. Where it counts as nothing, what of it a load may replace.
    pub(super) async fn weigh<V: CacheValue>(&mut self, hit: Hit<V>) -> Result<Next<V>, Option<Payload>>
    where
        K: KeyOf<V>,
    {
        match hit.due {
            Due::Not => Ok(Next::Served(self.served(hit, false))),
            // Boxed, as they are rare and large.
            Due::Renew { stale } => Ok(Box::pin(self.renew(hit, stale)).await),
            Due::Reload => Box::pin(self.reload(hit)).await,
            Due::Expired => Err(Some(hit.bytes)),
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
