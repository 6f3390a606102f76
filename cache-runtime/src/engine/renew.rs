//! Loading anew what is still there: before it expires, or after, while it may be served.
//!
//! Such loads have flights of their own: who finds the entry is served it and does not wait. Who finds nothing joins them.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::age::Due;
use super::entry::{Hit, Read, accepted};
use super::lead::{Asking, Leave, Next, Renewal, Served};
use crate::flight::{Joined, Landed, Leader, Turn, Wish};
use crate::outcome::{Level, Outcome, Status};
use crate::policy::Revalidate;
use crate::private::{CacheValue, KeyOf};
use crate::store::Store;
use crate::telemetry;
use crate::wire::Payload;

/// How often a caller looks whether another process's renewal has ended.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Whether this process may renew an entry now.
pub(super) enum Marked {
    Here(Leave),
    /// Another process does.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server has other processes"))]
    Elsewhere,
    /// The store fails.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server fails"))]
    Unknown,
}

impl<K> Asking<'_, K> {
    /// An entry that is served in any case: one caller renews it.
    pub(super) async fn renew<V>(&mut self, hit: Hit<V>, stale: bool) -> Next<V>
    where
        K: KeyOf<V>,
    {
        let cache = self.lookup.cache;
        let Some(leader) = cache.0.renewals.try_lead(&self.located.key) else {
            let mut served = self.served(hit, stale);
            served.outcome.revalidating = true;
            return Next::Served(served);
        };
        let old = hit.bytes.clone();
        let leave = self.in_place_of(&old);
        let status = Status::Refresh;
        if self.lookup.detached && self.lookup.policy.revalidate != Some(Revalidate::Inline) {
            return match cache.0.background.has_room() {
                true => Next::Renew(
                    self.served(hit, stale),
                    Renewal { leader, leave, mark: Leave::None, old, stale, status },
                ),
                false => {
                    telemetry::renewal(&cache.0.name, self.key.spec().resource, "refused");
                    Next::Served(self.served(hit, stale))
                }
            };
        }
        match self.mark().await {
            Marked::Here(mark) => Next::Reload(Renewal { leader, leave, mark, old, stale, status }),
            Marked::Elsewhere | Marked::Unknown => Next::Served(self.served(hit, stale)),
        }
    }

    /// An entry that is served only if a load fails or takes long.
    pub(super) async fn reload<V: CacheValue>(&mut self, mut hit: Hit<V>) -> Result<Next<V>, Option<Payload>>
    where
        K: KeyOf<V>,
    {
        let cache = self.lookup.cache;
        let key = &self.located.key;
        let latest = Instant::now() + cache.0.settings.wait_timeout;
        let until = self.soft.map_or(latest, |soft| soft.min(latest));
        let mut pause = FIRST_PAUSE;
        loop {
            if cache.0.throttles.holds(key, cache.0.clock.now()) {
                return Ok(Next::Served(self.served(hit, true)));
            }
            let leader = match cache.0.renewals.join(key, Wish::Any) {
                Joined::Lead(leader) => leader,
                Joined::Wait(wait) => match timeout_at(until, wait).await {
                    Ok(Ok(Turn::Lead(leader))) if cache.0.throttles.holds(key, cache.0.clock.now()) => {
                        leader.retire();
                        return Ok(Next::Served(self.served(hit, true)));
                    }
                    Ok(Ok(Turn::Lead(leader))) => leader,
                    Ok(Ok(Turn::Landed(landed))) => match self.landed(landed) {
                        Some(served) => return Ok(Next::Served(served)),
                        None => continue,
                    },
                    Ok(Err(_)) => continue,
                    Err(_) => return Ok(self.rather_stale(hit)),
                },
            };
            match self.mark().await {
                Marked::Here(mark) => return Ok(self.reloads(leader, hit, mark)),
                // It is not known whether another process loads; somebody has to.
                Marked::Unknown => return Ok(self.reloads(leader, hit, Leave::None)),
                Marked::Elsewhere => leader.retire(),
            }
            if Instant::now() + pause >= until {
                return Ok(self.rather_stale(hit));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.budget = cache.budget();
            match self.read().await {
                Read::Hit(found) if found.due == Due::Reload => hit = found,
                Read::Hit(found) => {
                    let stale = matches!(found.due, Due::Renew { stale: true });
                    return Ok(Next::Served(self.served(found, stale)));
                }
                Read::Void(bytes) => return Err(Some(bytes)),
                Read::Miss | Read::Leased => return Err(None),
                Read::Failed(outcome) => {
                    self.outcome = outcome;
                    return Ok(self.rather_stale(hit));
                }
            }
        }
    }

    fn reloads<V>(&self, leader: Leader, hit: Hit<V>, mark: Leave) -> Next<V> {
        let leave = self.in_place_of(&hit.bytes);
        Next::Reload(Renewal { leader, leave, mark, old: hit.bytes, stale: true, status: Status::Miss })
    }

    /// The load goes on elsewhere, and the caller has waited long enough.
    fn rather_stale<V>(&self, hit: Hit<V>) -> Next<V> {
        let mut served = self.served(hit, true);
        served.outcome.revalidating = true;
        Next::Served(served)
    }

    /// Nothing is there, or nothing that may be served; but a load may be under way that began when there was.
    pub(super) async fn follow_renewal<V: CacheValue>(&mut self) -> Option<Next<V>>
    where
        K: KeyOf<V>,
    {
        self.leader.begins();
        let wait = self.lookup.cache.0.renewals.follow(&self.located.key)?;
        Box::pin(self.followed(wait)).await
    }

    async fn followed<V: CacheValue>(&mut self, wait: oneshot::Receiver<Turn>) -> Option<Next<V>>
    where
        K: KeyOf<V>,
    {
        let deadline = Instant::now() + self.lookup.cache.0.settings.wait_timeout;
        match timeout_at(deadline, wait).await {
            Ok(Ok(Turn::Landed(landed))) => self.landed(landed).map(Next::Served),
            Ok(Ok(Turn::Lead(leader))) => {
                leader.retire();
                None
            }
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// What another caller's load gave.
    fn landed<V: CacheValue>(&self, landed: Landed) -> Option<Served<V>>
    where
        K: KeyOf<V>,
    {
        let wants_none = self.lookup.wants_none;
        let value = match &landed {
            Landed::None => wants_none.then_some(None),
            Landed::Value(bytes) => accepted(bytes, wants_none, self.key).ok().map(|opened| opened.value),
            Landed::Stale(_) => None,
        }?;
        Some(Served { value, landed, outcome: Outcome::new(Status::Hit, Level::Flight) })
    }

    fn in_place_of(&self, old: &Payload) -> Leave {
        match &self.lookup.cache.0.store {
            Store::Memory(_) => {
                let _ = old;
                Leave::Own
            }
            #[cfg(feature = "redis")]
            Store::Redis(_) => {
                Leave::While(super::lease::Standing::value(self.lookup.cache, &self.located.key, Payload::clone(old)))
            }
        }
    }

    async fn mark(&mut self) -> Marked {
        mark(self.lookup.cache, &self.located.key, &mut self.budget).await
    }
}

/// Asks the other processes' leave to renew an entry, which none of them does meanwhile.
pub(super) async fn mark(
    cache: &crate::cache::Cache,
    key: &crate::key::KeyText,
    budget: &mut crate::cache::Budget,
) -> Marked {
    match &cache.0.store {
        Store::Memory(_) => {
            let _ = (key, budget);
            Marked::Here(Leave::None)
        }
        #[cfg(feature = "redis")]
        Store::Redis(store) => {
            let (name, token) =
                (crate::key::KeyText::from_text(&format!("{{{}}}:renewal", key.as_str())), crate::wire::new_lease());
            let asked = store.mark(&name, &token, cache.0.settings.lease_ttl);
            match cache.ask(crate::error::Operation::Claim, budget, asked).await {
                Ok(true) => Marked::Here(Leave::While(super::lease::Standing::lease(cache, &name, token))),
                Ok(false) => Marked::Elsewhere,
                Err(_) => Marked::Unknown,
            }
        }
    }
}
