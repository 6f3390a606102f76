//! Leading on a server: reads, asks for leave to fill, waits while another process loads.

use std::time::Duration;

use tokio::time::Instant;

use super::entry::Read;
use super::lead::{Leave, Next, Start, failed, is_replaceable};
use super::lease::Standing;
use super::lookup::Asking;
use crate::error::{CacheError, Operation};
use crate::flight::Leader;
use crate::outcome::Outcome;
use crate::store::{Ask, Asks, Claim, RedisStore};
use crate::telemetry;
use crate::wire::{Payload, is_lease};

/// How often a caller looks whether another process's load has ended: soon at first, then with a pause that a busy server
/// does not feel.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What looking into the store came to.
enum Look {
    Done(Next),
    /// Another process loads.
    Leased,
    /// Leave to fill is to be asked for.
    Claim,
}

impl Asking<'_> {
    /// Reads, asks for leave to fill, waits while another process loads, to the deadline.
    pub(super) async fn find_remote(&mut self, store: &RedisStore) -> Next {
        let cache = &self.lookup.cache.clone();
        let (mut deadline, mut pause, mut again) = (None, FIRST_PAUSE, false);
        let mut reads = self.reads();
        let mut replaces = if reads { None } else { self.leader.as_ref().and_then(Leader::inherited) };
        if self.start == Start::Claim {
            if let Some(next) = self.follow_renewal().await {
                return next;
            }
            reads = false;
        // Who wants a new value replaces what is there, and keeps it until then.
        } else if !reads && replaces.is_none() {
            match Box::pin(self.standing_value()).await {
                Ok(Some(bytes)) if is_lease(&bytes) => replaces = Some(bytes),
                Ok(Some(bytes)) => {
                    return Next::Load(Leave::While(Standing::value(cache, &self.subject.located.key, bytes)));
                }
                Ok(None) => {}
                Err(outcome) => {
                    self.fail(outcome);
                    if !is_replaceable(&self.outcome) {
                        return Next::Load(Leave::None);
                    }
                }
            }
        }
        loop {
            let look = if reads { self.look(&mut replaces).await } else { Look::Claim };
            let look = match look {
                Look::Claim => Box::pin(self.claim(store, replaces.take())).await,
                other => other,
            };
            match look {
                Look::Done(next) => return next,
                // Stored a moment ago: the next read says whether it may be served.
                Look::Claim if !std::mem::replace(&mut again, true) => {}
                // Where it may not and cannot be removed either, that comes round again.
                Look::Leased | Look::Claim => {
                    let now = Instant::now();
                    if now + pause >= *deadline.get_or_insert(now + cache.0.settings.wait_timeout) {
                        telemetry::wait_ended(&cache.0.name, self.subject.resource);
                        return Next::Load(Leave::None);
                    }
                    Box::pin(tokio::time::sleep(pause)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            self.budget = cache.budget();
            reads = true;
        }
    }

    async fn look(&mut self, replaces: &mut Option<Payload>) -> Look {
        let read = match self.found.take() {
            Some(read) => *read,
            // Boxed, as what is asked a second time is rare.
            None => Box::pin(self.read_or_claim()).await,
        };
        match read {
            // Whoever renews it has it in hands already: what was given is given back.
            Read::Granted(standing) => {
                return Look::Done(match self.follow_renewal().await {
                    Some(next) => next,
                    None => Next::Load(Leave::While(*standing)),
                });
            }
            Read::Guarded => return Look::Done(Next::Load(Leave::None)),
            Read::Leased => return Look::Leased,
            Read::Hit(hit) => match self.weigh(hit).await {
                Ok(next) => return Look::Done(next),
                Err(old) => *replaces = old,
            },
            Read::Void(bytes) => *replaces = Some(bytes),
            Read::Miss => {}
            Read::Failed(outcome) => {
                self.outcome = outcome;
                // A store that just failed is not asked again: the delay of a call is bounded by one budget.
                if !is_replaceable(&self.outcome) {
                    return Look::Done(Next::Load(Leave::None));
                }
            }
        }
        self.follow_renewal().await.map_or(Look::Claim, Look::Done)
    }

    /// Keeps what the call is, but for the failure.
    fn fail(&mut self, outcome: Outcome) {
        self.outcome.error = outcome.error;
        if self.reads() {
            self.outcome.status = outcome.status;
        }
    }

    async fn standing_value(&mut self) -> Result<Option<Payload>, Outcome> {
        let cache = &self.lookup.cache;
        let asked = cache.0.store.read(&self.subject.located.key, Asks::Bytes, &[]);
        let (stored, stamps) =
            cache.ask(Operation::Get, &mut self.budget, asked).await.map_err(|error| failed(error.kind()))?;
        self.since = stamps.clock;
        Ok(stored.map(|stored| stored.bytes))
    }

    async fn claim(&mut self, store: &RedisStore, replaces: Option<Payload>) -> Look {
        self.begins();
        let (ask, standing) = self.ask_leave(replaces);
        match self.claim_at(store, &ask).await {
            Ok((claim, clock)) => {
                self.since = Some(clock);
                if let Claim::Granted = claim {
                    if let Some(leader) = &self.leader {
                        leader.hold(&ask.lease);
                    }
                    return Look::Done(Next::Load(Leave::While(standing)));
                }
                standing.forget();
                match claim {
                    Claim::Granted | Claim::Guarded => Look::Done(Next::Load(Leave::None)),
                    Claim::Stored => Look::Claim,
                    Claim::Held => Look::Leased,
                }
            }
            Err(error) => {
                standing.failed(error.kind());
                self.fail(failed(error.kind()));
                Look::Done(Next::Load(Leave::None))
            }
        }
    }

    /// How long an entry lies in the store.
    pub(super) fn lives(&self) -> Duration {
        self.lookup.ttl.saturating_add(self.lookup.policy().grace())
    }
}

impl Asking<'_> {
    /// Asks for leave, and for the time where it is not known: side by side, as the load begins after both.
    async fn claim_at(&mut self, store: &RedisStore, ask: &Ask) -> Result<(Claim, u64), CacheError> {
        let cache = &self.lookup.cache;
        let Some(since) = self.since else {
            let asked = Box::pin(async { tokio::try_join!(store.claim(ask), store.clock()) });
            return cache.ask(Operation::Claim, &mut self.budget, asked).await;
        };
        let claim = match cache.together(|| ask.clone(), &mut self.budget).await {
            Some(claim) => claim,
            None => cache.ask(Operation::Claim, &mut self.budget, Box::pin(store.claim(ask))).await,
        };
        claim.map(|claim| (claim, since))
    }
}
