//! A call while the breaker is open: the store is not asked and nothing will be stored, so next to nothing is prepared.

use std::time::Duration;

use super::lead::failed;
use super::{Load, finish};
use crate::cache::{Cache, Handle};
use crate::call;
use crate::error::{ErrorKind, Operation};
use crate::flight::Leader;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::private::EntryKey;
use crate::telemetry::{self, FillEnd};

/// The leader of a flight that ends with its body.
pub(crate) struct Refused {
    pub(super) cache: Cache,
    pub(super) resource: &'static str,
    leader: Leader,
    /// Whether a "there is none" would have been stored.
    keeps_none: bool,
}

impl Load {
    /// Leave to run the body at once. `Err` where the breaker lets calls through, where another caller loads already, and where
    /// there is more to know of the call: then it goes the usual way, which comes to the same.
    pub(crate) fn refused<'a>(
        cache: Handle<'a>,
        policy: &Policy,
        none_ttl: Option<Duration>,
        key: &dyn EntryKey,
    ) -> Result<Self, Handle<'a>> {
        let Some(leader) = Self::leads_refused(&cache, policy, key) else { return Err(cache) };
        cache.refused(Operation::Get);
        let spec = key.spec();
        let keeps_none = none_ttl.or(spec.none_ttl).is_some();
        Ok(Self::of_refused(Refused { cache: cache.owned(), resource: spec.resource, leader, keeps_none }))
    }

    fn leads_refused(cache: &Cache, policy: &Policy, key: &dyn EntryKey) -> Option<Leader> {
        if !cache.0.breaker.refuses() || call::mode() != call::Mode::Usual {
            return None;
        }
        let spec = key.spec();
        let hard = policy.hard_timeout.or(spec.policy.hard_timeout).or(cache.0.settings.policy.hard_timeout);
        if hard.is_some() {
            return None;
        }
        let located = cache.locate_as(key, spec, key.suffix().as_deref())?;
        if located.awaits_commit(cache) || located.awaits_store(cache) {
            return None;
        }
        cache.0.flights.try_lead(located.key)
    }
}

impl Refused {
    /// The body failed: dropped, the leader hands over to one that loads at once.
    pub(super) fn failed(self) {
        self.finish();
    }

    pub(super) fn none(self) {
        let keep = self.keeps_none;
        self.value(keep);
    }

    /// Nobody is given the value: all that wait came after the load had begun. The next of them loads for the others.
    pub(super) fn value(self, keep: bool) {
        let end = if keep { FillEnd::Failed } else { FillEnd::Declined };
        telemetry::fill(&self.cache.0.name, self.resource, end);
        self.finish();
        self.leader.retire();
    }

    fn finish(&self) {
        finish(&self.cache, self.resource, Self::outcome());
    }

    const fn outcome() -> Outcome {
        failed(ErrorKind::BreakerOpen)
    }
}
