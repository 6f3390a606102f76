//! Stores what a body gave, and hands it to those who wait.

use std::future::Future;
use std::time::Duration;

use super::lead::Leave;
use super::load::{Plan, Stored};
use super::local::{Holding, Holds, filled_ticket, hold_local, local_ticket, watched};
use crate::error::Operation;
use crate::flight::Landed;
use crate::local::Tether;
use crate::registry;
use crate::store::Store;
use crate::tags;
use crate::telemetry::{self, FillEnd};
use crate::wire::Payload;

/// How a fill ended.
struct Filled {
    end: FillEnd,
    /// Whether no invalidation came between the load's beginning and the fill. Only then may callers that came in between
    /// be served: one of them may have come after an invalidation had returned, in this process or another.
    proved: bool,
}

#[expect(
    clippy::manual_async_fn,
    reason = "an async function holds its arguments twice, and this is kept for each load"
)]
impl Plan {
    /// Stores, hands the value to those who wait, and reports.
    pub(super) fn land(
        mut self: Box<Self>,
        stored: Option<Stored>,
        landed: Landed,
        mut holds: Holds,
    ) -> impl Future<Output = ()> + Send {
        async move {
            self.leader.fills();
            let Filled { end, proved } = match &stored {
                Some((bytes, _)) if bytes.len() > self.cache.0.settings.max_value_bytes => {
                    Box::pin(self.decline(FillEnd::TooLarge)).await
                }
                Some((bytes, lives)) => self.fill_and_hold(bytes, *lives, &mut holds).await,
                None => Box::pin(self.decline(FillEnd::Declined)).await,
            };
            telemetry::fill(&self.cache.0.name, self.resource, end);
            if end == FillEnd::Stored {
                self.cache.0.counts.fills.add();
                self.outcome.stored = true;
                self.cache.0.throttles.lift(&self.key);
            }
            // After the fill, so that who asks next finds it stored.
            self.finish();
            self.leader.land_load(&landed, proved);
        }
    }

    fn fill_and_hold<'a>(
        &'a mut self,
        bytes: &'a Payload,
        lives: Duration,
        holds: &'a mut Holds,
    ) -> impl Future<Output = Filled> + Send + use<'a> {
        async move {
            let names = tags::names(self.resource, &self.tags);
            let watch = match holds {
                Some(_) => watched(&self.cache, &names, &mut self.budget).await,
                None => None,
            };
            let ticket = local_ticket(&self.cache, &self.key);
            let mut tether = None;
            let filled = self.fill(bytes, lives, &names, watch.is_some(), &mut tether).await;
            let ticket = filled_ticket(&self.cache, ticket, &self.key).filter(|_| filled.end == FillEnd::Stored);
            if let (Some(ticket), Some(watch), Some(tether), Some((value, ttl)), Some(since)) =
                (ticket, watch, tether, holds.take(), self.since)
            {
                let what = Holding { value, bytes: bytes.len(), ttl, since, tether, watch };
                hold_local(&self.cache, ticket, &self.key, self.resource, what);
            }
            filled
        }
    }

    /// Says who tells of changes, if the value is to be held here.
    fn fill<'a>(
        &'a mut self,
        bytes: &'a Payload,
        ttl: Duration,
        names: &'a [String],
        #[cfg_attr(not(feature = "redis"), allow(unused_variables, reason = "a server is asked to tell of changes"))]
        holds: bool,
        tether: &'a mut Option<Tether>,
    ) -> impl Future<Output = Filled> + Send + use<'a> {
        async move {
            registry::note_version(self.resource, self.suffix.as_deref(), self.version);
            match std::mem::replace(&mut self.leave, Leave::None) {
                Leave::None => Filled { end: FillEnd::Failed, proved: false },
                // Nobody joins a flight after it was voided.
                Leave::Own => match &self.cache.0.store {
                    Store::Memory(store) => {
                        let set = async { Ok(self.leader.unless_void(|| store.set(&self.key, bytes, ttl))) };
                        match self.cache.ask(Operation::Put, &mut self.budget, set).await {
                            Ok(Some(true)) => {
                                let proved = store.cells.read(names).allow(self.since);
                                if !proved {
                                    store.remove_same(&self.key, bytes);
                                }
                                *tether = Some(Tether::Own);
                                Filled { end: if proved { FillEnd::Stored } else { FillEnd::Voided }, proved }
                            }
                            // Nothing was stored: the stamps alone tell.
                            Ok(Some(false) | None) => {
                                Filled { end: FillEnd::Voided, proved: store.cells.read(names).allow(self.since) }
                            }
                            // Only a test's faults come here.
                            Err(error) => {
                                self.outcome.error = Some(error.kind());
                                Filled { end: FillEnd::Failed, proved: store.cells.read(names).allow(self.since) }
                            }
                        }
                    }
                    #[cfg(feature = "redis")]
                    Store::Redis(_) => Filled { end: FillEnd::Failed, proved: false },
                },
                #[cfg(feature = "redis")]
                Leave::While(standing) if self.leader.is_void() => {
                    drop(standing);
                    Filled { end: FillEnd::Voided, proved: false }
                }
                #[cfg(feature = "redis")]
                Leave::While(standing) => {
                    let lives = ttl.max(self.ttl);
                    let register =
                        || self.cache.registration_of(self.resource, self.suffix.as_deref(), self.version, lives);
                    let registration = (!standing.is_registered(lives)).then(register);
                    // Boxed, as it is large, and the embedded store has no use for it.
                    let fill = crate::boxed::pinned(|| {
                        standing.fill(bytes, ttl, registration, names, holds, &mut self.budget)
                    });
                    match fill.await {
                        Ok((true, told, stamps)) => {
                            *tether = told;
                            let proved = stamps.allow(self.since);
                            if !proved {
                                Box::pin(self.take_back(bytes)).await;
                            }
                            Filled { end: if proved { FillEnd::Stored } else { FillEnd::Voided }, proved }
                        }
                        Ok((false, ..)) => Filled { end: FillEnd::Voided, proved: false },
                        Err(error) => {
                            self.outcome.error = Some(error.kind());
                            Filled { end: FillEnd::Failed, proved: false }
                        }
                    }
                }
            }
        }
    }

    /// Removes what was stored in vain: it is not valid, and would lie there to its ttl.
    #[cfg(feature = "redis")]
    async fn take_back(&mut self, bytes: &Payload) {
        let removed = self.cache.0.store.remove_same(&self.key, bytes);
        let _ = self.cache.ask(Operation::Invalidate, &mut self.budget, removed).await;
    }

    /// Nothing is stored; the lease is given back.
    async fn decline(&mut self, end: FillEnd) -> Filled {
        let leave = std::mem::replace(&mut self.leave, Leave::None);
        let names = tags::names(self.resource, &self.tags);
        let proved = match (leave, &self.cache.0.store) {
            (Leave::Own, Store::Memory(store)) => store.cells.read(&names).allow(self.since),
            #[cfg(feature = "redis")]
            (Leave::While(standing), _) => {
                let stamps = Box::pin(standing.give_back(&names, &mut self.budget)).await;
                stamps.is_some_and(|stamps| stamps.allow(self.since))
            }
            (Leave::None, _) => false,
            #[cfg(feature = "redis")]
            (Leave::Own, Store::Redis(_)) => false,
        };
        Filled { end, proved }
    }
}
