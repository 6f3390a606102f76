//! The caller that asks the store, for all that ask for the same key: what it may do next.

use super::Load;
use super::age::Due;
use super::entry::{Hit, Read};
use super::load::Plan;
use super::local::local_ttl;
use super::lookup::{Answer, Asking};
use super::offer::{Offer, Then};
use crate::cache::Cache;
use crate::call::Mode;
use crate::error::ErrorKind;
use crate::flight::{Landed, Leader};
use crate::outcome::{Level, Outcome, Status};
use crate::store::Store;
use crate::wire::Payload;

/// Where a leader begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// It looks into the store.
    Read,
    /// What was there was no value, and is gone.
    Claim,
    /// That came round again and again: it loads, and stores nothing.
    Alone,
}

/// What a leader may do next.
pub(super) enum Next {
    /// Serve what is there.
    Offer,
    Load(Leave),
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

impl Asking<'_> {
    /// Whether the store is looked into before anything else.
    pub(super) fn looks(&self) -> bool {
        self.start == Start::Read && self.reads() && !self.subject.located.awaits_store(&self.lookup.cache)
    }

    /// With what the store said, if it was looked into.
    pub(super) async fn lead(&mut self) -> Answer {
        match self.find().await {
            Next::Offer => Answer::Offer,
            Next::Load(leave) => self.loads(leave),
        }
    }

    /// Whether leave that has just been given is all it takes to load: nothing was invalidated meanwhile that the store does not
    /// know of, and nobody loads already. [`find`](Self::find) says what else there is to do.
    #[cfg(feature = "redis")]
    pub(super) fn may_load_at_once(&self) -> bool {
        let cache = &self.lookup.cache;
        !self.subject.located.awaits_store(cache) && !cache.0.renewals.is_led(&self.subject.located.key)
    }

    pub(super) fn loads(&mut self, leave: Leave) -> Answer {
        // Without a leader nothing could be handed on; there is one since the store was looked into.
        let Some(leader) = self.leader.take() else { return Answer::Load(self.uncached(Status::Miss)) };
        leader.begins();
        let outcome = self.outcome;
        Answer::Load(Load::leading(|| self.plan(leader, leave, outcome)))
    }

    async fn find(&mut self) -> Next {
        let cache = &self.lookup.cache.clone();
        if !self.reads() && self.lookup.mode == Mode::Refresh {
            self.outcome.status = Status::Refresh;
        }
        if self.start == Start::Alone {
            return Next::Load(Leave::None);
        }
        // An invalidation of this entry has not reached the store yet: what is there is neither read nor filled.
        if self.subject.located.awaits_store(cache) {
            self.outcome.status = Status::Bypass;
            return Next::Load(Leave::None);
        }
        match &cache.0.store {
            Store::Memory(store) => {
                if self.reads() {
                    if self.start == Start::Read {
                        let read = match self.found.take() {
                            Some(read) => *read,
                            None => Box::pin(self.read()).await,
                        };
                        match read {
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
                            #[cfg(feature = "redis")]
                            Read::Granted(_) | Read::Guarded => {}
                            Read::Miss | Read::Leased | Read::Void(_) => {}
                        }
                    }
                    if let Some(next) = self.follow_renewal().await {
                        return next;
                    }
                }
                self.since = Some(store.cells.clock());
                Next::Load(Leave::Own)
            }
            #[cfg(feature = "redis")]
            // Boxed, here and there: an allocator is slow with what is larger than a thousand bytes.
            Store::Redis(store) => Box::pin(self.find_remote(store)).await,
        }
    }

    /// Whether to look into the store before loading.
    pub(super) fn reads(&self) -> bool {
        self.leader.as_ref().is_some_and(Leader::reads)
    }

    /// Marks the callers that wait now: what begins here serves them.
    pub(super) fn begins(&self) {
        if let Some(leader) = &self.leader {
            leader.begins();
        }
    }

    /// What is to be done with an entry. Where it counts as nothing, what of it a load may replace.
    pub(super) async fn weigh(&mut self, hit: Hit) -> Result<Next, Option<Payload>> {
        match hit.due {
            Due::Not => Ok(self.serve(hit, false)),
            // Boxed, as they are rare and large.
            Due::Renew { stale } => Ok(Box::pin(self.renew(hit, stale)).await),
            Due::Reload => Box::pin(self.reload(hit)).await,
            Due::Expired => Err(Some(hit.bytes)),
        }
    }

    pub(super) fn serve(&mut self, hit: Hit, stale: bool) -> Next {
        self.offer(hit, stale, Then::Serve);
        Next::Offer
    }

    pub(super) fn offer(&mut self, hit: Hit, stale: bool, then: Then) {
        let Hit { content, bytes, pending, slide, .. } = hit;
        let status = if stale { Status::Stale } else { Status::Hit };
        let landed = if stale { Landed::Stale(bytes) } else { Landed::Value(bytes) };
        let outcome = Outcome::new(status, self.lookup.cache.0.store.level());
        self.offered =
            Some(Offer { content: Some(content), landed, outcome, shared: false, decoded: None, pending, slide, then });
    }

    /// A load in place of an entry.
    pub(super) fn renewing(&mut self, renewal: Renewal, quiet: bool) -> Load {
        let Renewal { leader, leave, mark, old, stale, status } = renewal;
        leader.begins();
        let outcome = Outcome { status, ..self.outcome };
        Load::leading(|| Plan { mark, old: Some(old), stale, quiet, ..self.plan(leader, leave, outcome) })
    }

    /// What the leader will do with the value.
    fn plan(&mut self, leader: Leader, leave: Leave, outcome: Outcome) -> Plan {
        let (lookup, subject) = (&self.lookup, &mut self.subject);
        Plan {
            cache: Cache::clone(&lookup.cache),
            resource: subject.resource,
            ttl: lookup.ttl,
            none_ttl: lookup.none_ttl,
            policy: *lookup.policy(),
            local: local_ttl(lookup.policy()).filter(|_| subject.holds),
            version: subject.version,
            suffix: subject.suffix.take(),
            tags: std::mem::take(&mut subject.tags),
            since: self.since,
            soft: self.soft,
            key: subject.located.key.clone(),
            leader,
            leave,
            mark: Leave::None,
            old: None,
            stale: false,
            quiet: false,
            budget: self.budget,
            outcome,
        }
    }
}

pub(super) const fn failed(kind: ErrorKind) -> Outcome {
    Outcome { error: Some(kind), ..Outcome::new(Status::Error, Level::Body) }
}

/// Whether the store itself is well, and what it held is to be replaced.
pub(super) fn is_replaceable(outcome: &Outcome) -> bool {
    matches!(outcome.error, Some(ErrorKind::Decode | ErrorKind::WrongType))
}
