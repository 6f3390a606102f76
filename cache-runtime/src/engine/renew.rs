//! Loading anew what is still there: before it expires, or after, while it may be served.
//!
//! Such loads have flights of their own: who finds the entry is served it and does not wait. Who finds nothing joins them.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::age::Due;
use super::entry::{Hit, Read};
use super::lead::{Leave, Next, Renewal};
use super::lookup::Asking;
use super::offer::{Offer, Then};
use crate::flight::{DecodedOnce, Joined, Landed, Leader, Turn, Wish};
use crate::outcome::{Level, Outcome, Status};
use crate::policy::Revalidate;
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

impl Asking<'_> {
    /// An entry that is served in any case: one caller renews it.
    pub(super) async fn renew(&mut self, hit: Hit, stale: bool) -> Next {
        let cache = &self.lookup.cache;
        let Some(leader) = cache.0.renewals.try_lead(&self.subject.located.key) else {
            return self.while_another_loads(hit, stale);
        };
        let old = hit.bytes.clone();
        let leave = self.in_place_of(&old);
        let status = Status::Refresh;
        if self.lookup.detached && self.lookup.policy().revalidate != Some(Revalidate::Inline) {
            return match cache.0.background.has_room() {
                true => {
                    let renewal = Renewal { leader, leave, mark: Leave::None, old, stale, status };
                    self.offer(hit, stale, Then::Renew(Box::new(renewal)));
                    Next::Offer
                }
                false => {
                    telemetry::renewal(&cache.0.name, self.subject.resource, "refused");
                    self.serve(hit, stale)
                }
            };
        }
        match self.mark().await {
            Marked::Here(mark) => {
                let renewal = Renewal { leader, leave, mark, old, stale, status };
                self.offer(hit, stale, Then::Reload(Box::new(renewal)));
                Next::Offer
            }
            Marked::Elsewhere | Marked::Unknown => self.serve(hit, stale),
        }
    }

    /// An entry that is served only if a load fails or takes long.
    pub(super) async fn reload(&mut self, mut hit: Hit) -> Result<Next, Option<Payload>> {
        let cache = &self.lookup.cache.clone();
        let key = self.subject.located.key.clone();
        let latest = Instant::now() + cache.0.settings.wait_timeout;
        let until = self.soft.map_or(latest, |soft| soft.min(latest));
        let mut pause = FIRST_PAUSE;
        loop {
            if cache.0.throttles.holds(&key, cache.0.clock.now()) {
                return Ok(self.serve(hit, true));
            }
            let leader = match cache.0.renewals.join(&key, Wish::Any) {
                Joined::Lead(leader) => leader,
                Joined::Wait(wait) => match timeout_at(until, wait).await {
                    Ok(Ok(Turn::Lead(leader))) if cache.0.throttles.holds(&key, cache.0.clock.now()) => {
                        leader.retire();
                        return Ok(self.serve(hit, true));
                    }
                    Ok(Ok(Turn::Lead(leader))) => leader,
                    Ok(Ok(Turn::Landed(landed, decoded))) => match self.landed_renewal(landed, decoded) {
                        Some(next) => return Ok(next),
                        None => continue,
                    },
                    Ok(Err(_)) => continue,
                    Err(_) => return Ok(self.while_another_loads(hit, true)),
                },
            };
            match self.mark().await {
                Marked::Here(mark) => return Ok(self.reloads(leader, hit, mark)),
                // It is not known whether another process loads; somebody has to.
                Marked::Unknown => return Ok(self.reloads(leader, hit, Leave::None)),
                Marked::Elsewhere => leader.retire(),
            }
            if Instant::now() + pause >= until {
                return Ok(self.while_another_loads(hit, true));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.budget = cache.budget();
            match self.read().await {
                Read::Hit(found) if found.due == Due::Reload => hit = found,
                Read::Hit(found) => {
                    let stale = matches!(found.due, Due::Renew { stale: true });
                    return Ok(self.serve(found, stale));
                }
                Read::Void(bytes) => return Err(Some(bytes)),
                #[cfg(feature = "redis")]
                Read::Granted(_) | Read::Guarded => return Err(None),
                Read::Miss | Read::Leased => return Err(None),
                Read::Failed(outcome) => {
                    self.outcome = outcome;
                    return Ok(self.while_another_loads(hit, true));
                }
            }
        }
    }

    fn reloads(&mut self, leader: Leader, hit: Hit, mark: Leave) -> Next {
        let (leave, old) = (self.in_place_of(&hit.bytes), Payload::clone(&hit.bytes));
        let renewal = Renewal { leader, leave, mark, old, stale: true, status: Status::Miss };
        self.offer(hit, true, Then::Reload(Box::new(renewal)));
        Next::Offer
    }

    /// The load goes on elsewhere, and this caller does not wait for it, or not any longer.
    fn while_another_loads(&mut self, hit: Hit, stale: bool) -> Next {
        self.offer(hit, stale, Then::Serve);
        if let Some(offer) = &mut self.offered {
            offer.outcome.revalidating = true;
        }
        Next::Offer
    }

    /// Nothing is there, or nothing that may be served; but a load may be under way that began when there was.
    pub(super) async fn follow_renewal(&mut self) -> Option<Next> {
        self.begins();
        let wait = self.lookup.cache.0.renewals.follow(&self.subject.located.key)?;
        Box::pin(self.followed(wait)).await
    }

    async fn followed(&mut self, wait: oneshot::Receiver<Turn>) -> Option<Next> {
        let deadline = Instant::now() + self.lookup.cache.0.settings.wait_timeout;
        match timeout_at(deadline, wait).await {
            Ok(Ok(Turn::Landed(landed, decoded))) => self.landed_renewal(landed, decoded),
            Ok(Ok(Turn::Lead(leader))) => {
                leader.retire();
                None
            }
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// What another caller's load gave.
    fn landed_renewal(&mut self, landed: Landed, decoded: Option<DecodedOnce>) -> Option<Next> {
        if matches!(landed, Landed::Stale(_)) {
            return None;
        }
        let outcome = Outcome::new(Status::Hit, Level::Flight);
        self.offered = Offer::landed(landed, outcome, self.lookup.wants_none, self.loosely, decoded);
        self.offered.is_some().then_some(Next::Offer)
    }

    fn in_place_of(&self, old: &Payload) -> Leave {
        match &self.lookup.cache.0.store {
            Store::Memory(_) => {
                let _ = old;
                Leave::Own
            }
            #[cfg(feature = "redis")]
            Store::Redis(_) => Leave::While(super::lease::Standing::value(
                &self.lookup.cache,
                &self.subject.located.key,
                Payload::clone(old),
            )),
        }
    }

    async fn mark(&mut self) -> Marked {
        mark(&self.lookup.cache, &self.subject.located.key, &mut self.budget).await
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
                Ok(true) => Marked::Here(Leave::While(super::lease::Standing::lease(cache, &name, token, None))),
                Ok(false) => Marked::Elsewhere,
                Err(_) => Marked::Unknown,
            }
        }
    }
}
