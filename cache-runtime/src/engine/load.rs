//! Runs a body and stores what it gave.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Running;
use super::finish;
use super::lead::Leave;
use super::local::Holds;
use super::unstored::Unstored;
use crate::boxed::{boxed, pinned};
use crate::cache::{Budget, Cache, Handle};
use crate::clock::{Millis, millis};
use crate::error::ErrorKind;
use crate::flight::{Landed, Leader};
use crate::key::{KeyText, Version};
use crate::outcome::{Outcome, Status};
use crate::policy::Policy;
use crate::private::{Decision, Held};
use crate::telemetry::{self, FillEnd, LoadEnd};
use crate::wire::{Meta, Payload, WriteJson, encode_none, encode_packed};

/// Leave to run the body. Small, as it passes through many hands.
pub(crate) struct Load(Kind);

enum Kind {
    Unstored(Box<Unstored>),
    Leading(Box<Plan>),
}

/// What the leader of a flight does with the value.
pub(crate) struct Plan {
    pub cache: Cache,
    pub resource: &'static str,
    pub key: KeyText,
    pub version: Version,
    pub suffix: Option<Cow<'static, str>>,
    pub ttl: Duration,
    pub none_ttl: Option<Duration>,
    pub policy: Policy,
    /// For how long the value is held in the local tier at most.
    pub local: Option<Duration>,
    pub tags: Vec<Cow<'static, str>>,
    /// The time of the store's clock of tags before the load.
    pub since: Option<u64>,
    /// When the caller would rather have the old value.
    pub soft: Option<Instant>,
    // Before the leave: who takes over asks to replace the lease that is given back after it.
    pub leader: Leader,
    pub leave: Leave,
    /// Tells other processes of the load, where the value that it replaces is still there.
    pub mark: Leave,
    /// What is served should the body fail or take long.
    pub old: Option<Payload>,
    /// Whether that is past its expiry.
    pub stale: bool,
    /// Its caller has been served already.
    pub quiet: bool,
    pub budget: Budget,
    pub outcome: Outcome,
}

impl Load {
    pub(crate) fn uncached(cache: Cache, resource: &'static str, outcome: Outcome) -> Self {
        boxed(|| Unstored::new(Handle::Owned(cache), resource, outcome)).into()
    }

    pub(crate) fn leading(plan: impl FnOnce() -> Plan) -> Self {
        Self(Kind::Leading(boxed(plan)))
    }

    pub(super) fn names(&self) -> (&Cache, &'static str) {
        match &self.0 {
            Kind::Unstored(unstored) => (&unstored.cache, unstored.resource),
            Kind::Leading(plan) => (&plan.cache, plan.resource),
        }
    }

    pub(super) fn plan(&self) -> Option<&Plan> {
        match &self.0 {
            Kind::Unstored(_) => None,
            Kind::Leading(plan) => Some(plan),
        }
    }

    pub(super) fn plan_mut(&mut self) -> Option<&mut Plan> {
        match &mut self.0 {
            Kind::Unstored(_) => None,
            Kind::Leading(plan) => Some(plan),
        }
    }

    /// Whether the store is away, so that nothing but this process's flights stands between callers and the source.
    pub(super) fn is_fallback(&self) -> bool {
        match &self.0 {
            Kind::Unstored(unstored) => unstored.is_refused(),
            Kind::Leading(plan) => plan.is_fallback(),
        }
    }
}

impl From<Box<Unstored>> for Load {
    fn from(unstored: Box<Unstored>) -> Self {
        Self(Kind::Unstored(unstored))
    }
}

impl Running {
    /// The body failed: the next waiter loads, or everybody goes on with the old value. That is returned.
    pub(crate) fn failed(self) -> Option<Payload> {
        match self.end(LoadEnd::Error)?.0.0 {
            Kind::Unstored(unstored) => {
                unstored.failed();
                None
            }
            Kind::Leading(plan) => plan.failed(),
        }
    }

    /// The body found nothing.
    pub(crate) fn none(self) -> Landing {
        let Some((load, cost)) = self.end(LoadEnd::None) else { return Landing(None) };
        match load.0 {
            Kind::Unstored(mut unstored) => {
                unstored.none();
                Landing(None)
            }
            Kind::Leading(plan) => {
                // A "there is none" is not served past its ttl.
                let ttl = plan.none_ttl.map(|ttl| plan.policy.jittered(ttl));
                let stored = ttl.map(|ttl| (encode_none(&Meta { grace: None, ..plan.meta(ttl, cost) }), ttl));
                let holds = plan.held(ttl).map(|ttl| (None, ttl));
                Landing(Some((plan, stored, Landed::None, holds)))
            }
        }
    }

    /// The body gave a value, which `write` writes as JSON and `hold` makes one that is held decoded.
    pub(crate) fn value(
        self,
        write: &mut WriteJson<'_>,
        decision: Decision,
        hold: Option<&dyn Fn() -> Held>,
    ) -> Landing {
        let Some((load, cost)) = self.end(LoadEnd::Value) else { return Landing(None) };
        match load.0 {
            Kind::Unstored(mut unstored) => {
                unstored.value(decision.keep);
                Landing(None)
            }
            // Nobody could be given the bytes.
            Kind::Leading(plan) if matches!(plan.leave, Leave::None) && !plan.leader.is_awaited() => {
                plan.keep_nothing(if decision.keep { FillEnd::Failed } else { FillEnd::Declined });
                Landing(None)
            }
            Kind::Leading(mut plan) => {
                plan.tags.extend(decision.tags);
                let ttl = plan.policy.jittered(decision.ttl.unwrap_or(plan.ttl));
                match encode_packed(write, &plan.meta(ttl, cost), plan.cache.0.settings.compress_above) {
                    Ok(bytes) => {
                        let keeps = decision.keep && !ttl.is_zero();
                        let lives = ttl.saturating_add(plan.policy.grace());
                        let stored = keeps.then(|| (Payload::clone(&bytes), lives));
                        let holds = plan.held(Some(ttl)).zip(hold).map(|(ttl, hold)| (Some(hold()), ttl));
                        Landing(Some((plan, stored, Landed::Value(bytes), holds)))
                    }
                    Err(_) => {
                        plan.not_encoded();
                        Landing(None)
                    }
                }
            }
        }
    }
}

/// What a body gave, encoded: to be stored, and handed to those who wait.
pub(crate) struct Landing(Option<(Box<Plan>, Option<Stored>, Landed, Holds)>);

/// Bytes, and how long they lie in the store.
pub(super) type Stored = (Payload, Duration);

impl Landing {
    /// What is left to do, if there is something. Gives up at `end`: the caller has its value.
    pub(crate) fn land(self, end: Option<Instant>) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let (plan, stored, landed, holds) = self.0?;
        let land = pinned(|| plan.land(stored, landed, holds));
        Some(match end {
            Some(end) => pinned(|| async move { drop(timeout_at(end, land).await) }),
            None => land,
        })
    }
}

impl Plan {
    fn meta(&self, ttl: Duration, cost: Millis) -> Meta<'static> {
        let (now, grace) = (self.cache.0.clock.now(), self.policy.grace());
        Meta {
            since: self.since,
            cost: Some(cost).filter(|cost| *cost > 0),
            ..Meta::new(now, ttl, grace, self.tags.clone())
        }
    }

    /// For how long a value that lives for `ttl` is held here. `None` where it is not.
    fn held(&self, ttl: Option<Duration>) -> Option<Duration> {
        Some(self.local?.min(ttl?)).filter(|ttl| !ttl.is_zero())
    }

    /// As [`Load::is_fallback`].
    fn is_fallback(&self) -> bool {
        self.cache.is_remote()
            && matches!(self.leave, Leave::None)
            && (self.outcome.error.is_some_and(|kind| kind.is_outage() || kind == ErrorKind::BreakerOpen)
                || self.outcome.status == Status::Bypass)
    }

    fn failed(self) -> Option<Payload> {
        let Self { cache, resource, key, leader, outcome, old, stale, quiet, .. } = self;
        if quiet {
            telemetry::renewal(&cache.0.name, resource, "failed");
            return None;
        }
        let Some(old) = old else {
            finish(&cache, resource, outcome);
            return None;
        };
        let now = cache.0.clock.now();
        cache.0.throttles.set(&key, now.saturating_add(millis(cache.0.settings.stale_throttle)), now);
        // After the mark: who is next is served the old value as well.
        leader.retire();
        finish(&cache, resource, Outcome::new(if stale { Status::Stale } else { Status::Hit }, cache.0.store.level()));
        Some(old)
    }

    /// The value is its caller's alone.
    fn keep_nothing(self, end: FillEnd) {
        telemetry::fill(&self.cache.0.name, self.resource, end);
        self.finish();
        self.leader.retire();
    }

    fn not_encoded(self) {
        telemetry::fill(&self.cache.0.name, self.resource, FillEnd::NotEncoded);
        self.finish();
    }

    /// Counts the call, unless its caller was served before.
    pub(super) fn finish(&self) {
        if self.quiet {
            telemetry::renewal(&self.cache.0.name, self.resource, if self.outcome.stored { "stored" } else { "lost" });
        } else {
            finish(&self.cache, self.resource, self.outcome);
        }
    }
}
