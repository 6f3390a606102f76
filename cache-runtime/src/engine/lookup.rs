//! Is there a value, and if not, who loads it: one call on its way, whatever the type of its value.
//!
//! Everything here is compiled once. The bytes of a value are offered to `private/find.rs`, which knows the type and accepts or
//! refuses them.

use std::borrow::Cow;
use std::time::Duration;

use tokio::time::Instant;

use super::Load;
use super::age::Due;
#[cfg(feature = "redis")]
use super::aside::Awaited;
use super::entry::Read;
#[cfg(feature = "redis")]
use super::lead::Leave;
use super::lead::Start;
use super::offer::{Offer, Then};
use super::unstored::Unstored;
use crate::boxed::{boxed, pinned};
use crate::cache::{Boxed, Budget, Cache, Handle, Located};
use crate::call::Mode;
use crate::flight::{DecodedOnce, Joined, Landed, Leader, Turn, Wish};
use crate::key::Version;
use crate::outcome::{Level, Outcome, Status};
use crate::policy::Policy;
use crate::private::EntryKey;
use crate::store::Asks;
use crate::tags::{self, Names};
use crate::telemetry;
use crate::wire::DecodeError;

/// What is looked up, besides the key.
pub(crate) struct Lookup<'a> {
    pub cache: Handle<'a>,
    pub ttl: Duration,
    pub none_ttl: Option<Duration>,
    /// Where the call or its key have policies of their own.
    pub own_policy: Option<Box<Policy>>,
    /// Whether the caller can return "there is none".
    pub wants_none: bool,
    pub mode: Mode,
    /// Whether the body can run in the background.
    pub detached: bool,
}

impl Lookup<'_> {
    pub(super) fn policy(&self) -> &Policy {
        self.own_policy.as_deref().unwrap_or(&self.cache.0.settings.policy)
    }

    /// Whether what is left of an entry's life has to be known to judge it.
    pub(super) fn asks(&self, holds: bool) -> Asks {
        let policy = self.policy();
        let ages = !policy.grace().is_zero() || policy.refresh.is_some() || policy.sliding == Some(true);
        match (holds, ages) {
            (true, _) => Asks::Tether,
            (false, true) => Asks::Left,
            (false, false) => Asks::Bytes,
        }
    }
}

/// What the engine knows of a key.
pub(super) struct Subject {
    pub resource: &'static str,
    pub version: Version,
    pub suffix: Option<Cow<'static, str>>,
    pub tags: Vec<Cow<'static, str>>,
    pub located: Located,
    /// Whether its values can be held decoded.
    pub holds: bool,
}

/// One call on its way.
pub(crate) struct Asking<'a> {
    pub(super) lookup: Lookup<'a>,
    pub(super) subject: Subject,
    /// Once this caller leads.
    pub(super) leader: Option<Leader>,
    pub(super) start: Start,
    pub(super) budget: Budget,
    pub(super) outcome: Outcome,
    /// What the store said, where that is no value to be served at once. Here, and what is offered as well: they are large, and
    /// pass through many hands.
    pub(super) found: Option<Box<Read>>,
    pub(super) offered: Option<Offer>,
    /// Under which names sets of entries are invalidated that this one is in, as far as its key tells.
    pub(super) names: Names,
    /// The time of the store's clock of tags before the load.
    pub(super) since: Option<u64>,
    /// When the caller would rather have a stale value.
    pub(super) soft: Option<Instant>,
    /// Envelopes are taken in any order of their fields.
    pub(super) loosely: bool,
    /// How often what was offered was no value.
    pub(super) refused: u32,
    /// Whether it has looked into the store without leading.
    #[cfg(feature = "redis")]
    pub(super) aside: bool,
    /// What it waits for meanwhile.
    #[cfg(feature = "redis")]
    pub(super) awaited: Awaited,
}

/// What comes of it.
pub(crate) enum Answer {
    /// What is [`offered`](Asking::offered) is to be decoded, and then accepted or refused.
    Offer,
    /// To be loaded.
    Load(Load),
}

enum Lead {
    Offer,
    /// At once.
    Mine(Leader),
    /// After a wait for another one.
    Inherited(Leader),
    /// Waited to the deadline.
    Alone,
}

impl<'a> Asking<'a> {
    /// `Err` where the call leaves the cache out. Boxed, as it is large, and here, as it would be moved once more elsewhere.
    pub(crate) fn new(lookup: Lookup<'a>, key: &dyn EntryKey, holds: bool) -> Result<Box<Self>, Box<Unstored>> {
        let (cache, spec) = (&lookup.cache, key.spec());
        let outcome = Outcome::new(Status::Bypass, Level::Body);
        let bypass = || boxed(|| Unstored::new(cache.clone().kept(), spec.resource, outcome));
        if lookup.mode == Mode::Bypass {
            return Err(bypass());
        }
        let suffix = key.suffix().map(|suffix| Cow::Owned(suffix.into_owned())).or(spec.suffix.map(Cow::Borrowed));
        let Some(located) = cache.locate_as(key, spec, suffix.as_deref()) else {
            telemetry::tenant_missing(&cache.0.name, spec.resource);
            return Err(bypass());
        };
        if located.awaits_commit(cache) {
            return Err(bypass());
        }
        let (resource, version) = (spec.resource, spec.version);
        let (budget, tags) = (cache.budget(), key.tags());
        Ok(boxed(|| Self {
            lookup,
            subject: Subject { resource, version, suffix, tags, located, holds },
            leader: None,
            start: Start::Read,
            budget,
            outcome: Outcome::new(Status::Miss, Level::Body),
            found: None,
            offered: None,
            names: Names::default(),
            since: None,
            soft: None,
            loosely: false,
            refused: 0,
            #[cfg(feature = "redis")]
            aside: false,
            #[cfg(feature = "redis")]
            awaited: Awaited::Nothing,
        }))
    }

    pub(super) async fn next(&mut self, refused: Option<DecodeError>) -> Answer {
        if let Some(error) = refused {
            self.refuse_boxed(error).await;
        }
        if self.leader.is_none() {
            #[cfg(feature = "redis")]
            if refused.is_some() && self.may_look_aside() && self.reads_plainly() && self.look_aside_boxed().await {
                return Answer::Offer;
            }
            match self.take_lead().await {
                Lead::Offer => return Answer::Offer,
                Lead::Mine(leader) => self.leads(leader),
                Lead::Inherited(leader) => {
                    // What it saw before that is old.
                    self.found = None;
                    self.budget = self.lookup.cache.budget();
                    self.leads(leader);
                }
                Lead::Alone => {
                    telemetry::wait_ended(&self.lookup.cache.0.name, self.subject.resource);
                    return Answer::Load(self.uncached(Status::Miss));
                }
            }
        }
        let looks = self.found.is_none() && self.looks();
        let first = if looks { Some(self.read_or_claim().await) } else { None };
        match first {
            Some(Read::Hit(hit)) if hit.due == Due::Not => {
                self.offer(hit, false, Then::Serve);
                Answer::Offer
            }
            // The usual end of a miss.
            #[cfg(feature = "redis")]
            Some(Read::Granted(standing)) if self.may_load_at_once() => self.loads(Leave::While(*standing)),
            // Boxed: it is large, and most calls end above.
            first => {
                self.found = first.map(Box::new).or(self.found.take());
                self.lead_boxed().await
            }
        }
    }

    /// By what is no `async fn`, so that it is compiled with this crate, and not with each that has annotated functions.
    fn lead_boxed(&mut self) -> Boxed<'_, Answer> {
        pinned(|| self.lead())
    }

    /// Likewise.
    #[cfg(feature = "redis")]
    fn look_aside_boxed(&mut self) -> Boxed<'_, bool> {
        pinned(|| self.look_aside())
    }

    /// Likewise.
    fn refuse_boxed(&mut self, error: DecodeError) -> Boxed<'_, ()> {
        pinned(|| self.refuse(error))
    }

    /// For this caller alone.
    pub(crate) fn uncached(&self, status: Status) -> Load {
        let outcome = Outcome::new(status, Level::Body);
        Load::uncached(Cache::clone(&self.lookup.cache), self.subject.resource, outcome)
    }

    fn leads(&mut self, leader: Leader) {
        self.leader = Some(leader);
        self.start = Start::Read;
        self.names = tags::names(self.subject.resource, &self.subject.tags);
        self.soft = self.lookup.policy().soft_timeout.map(|timeout| Instant::now() + timeout);
    }

    async fn take_lead(&mut self) -> Lead {
        let wish = if self.lookup.mode == Mode::Refresh { Wish::Fresh } else { Wish::Any };
        let key = &self.subject.located.key;
        let flights = &self.lookup.cache.0.flights;
        let mut wait = match flights.join(key, wish) {
            Joined::Lead(leader) => return Lead::Mine(leader),
            Joined::Wait(wait) => wait,
        };
        let deadline = Instant::now() + self.lookup.cache.0.settings.wait_timeout;
        loop {
            let Ok(turn) = tokio::time::timeout_at(deadline, wait).await else { return Lead::Alone };
            match turn {
                Ok(Turn::Lead(leader)) => return Lead::Inherited(leader),
                Ok(Turn::Landed(landed, decoded)) => {
                    self.offered = self.landed(landed, decoded);
                    if self.offered.is_some() {
                        return Lead::Offer;
                    }
                }
                // Every flight ends by a landing or a hand-over; should one not, asking anew is right.
                Err(_) => {}
            }
            wait = match flights.join(key, wish) {
                Joined::Lead(leader) => return Lead::Inherited(leader),
                Joined::Wait(wait) => wait,
            };
        }
    }

    /// What another caller's read or load gave. `None` where it is of no use to this one.
    fn landed(&self, landed: Landed, decoded: Option<DecodedOnce>) -> Option<Offer> {
        let status = if matches!(landed, Landed::Stale(_)) { Status::Stale } else { Status::Hit };
        Offer::landed(landed, Outcome::new(status, Level::Flight), self.lookup.wants_none, self.loosely, decoded)
    }
}
