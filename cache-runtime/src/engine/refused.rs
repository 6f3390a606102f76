//! A call while the breaker is open: the store is not asked and nothing will be stored, so next to nothing is prepared.

use std::time::Duration;

use super::lead::failed;
use super::{Load, finish, finish_refused};
use crate::cache::{Cache, Handle};
use crate::call;
use crate::error::{ErrorKind, Operation};
use crate::flight::Lead;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::private::EntryKey;
use crate::telemetry::{self, FillEnd};

/// The lead of a flight that ends with its body.
pub(crate) struct Refused {
    pub(super) cache: Cache,
    pub(super) resource: &'static str,
    lead: Lead,
    /// Whether a "there is none" would have been stored.
    keeps_none: bool,
    /// Whether the next caller may look for what this one loaded.
    landed: bool,
    /// Whether it is counted that the store was not asked.
    counted: bool,
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
        let Some(lead) = Self::leads_refused(&cache, policy, key) else { return Err(cache) };
        let spec = key.spec();
        let keeps_none = none_ttl.or(spec.none_ttl).is_some();
        let (cache, resource) = (cache.owned(), spec.resource);
        Ok(Self::of_refused(|| Refused { cache, resource, lead, keeps_none, landed: false, counted: false }))
    }

    fn leads_refused(cache: &Cache, policy: &Policy, key: &dyn EntryKey) -> Option<Lead> {
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
        cache.0.flights.try_lead_by_hand(located.key)
    }
}

impl Refused {
    /// The body failed: dropped, the lead goes to one that loads at once.
    pub(super) fn failed(self) {
        finish(&self.cache, self.resource, Self::outcome());
    }

    pub(super) fn none(self) {
        let keep = self.keeps_none;
        self.value(keep);
    }

    /// Nobody is given the value: all that wait came after the load had begun. The next of them loads for the others.
    pub(super) fn value(mut self, keep: bool) {
        self.landed = true;
        let outcome = Self::outcome();
        if keep {
            self.counted = true;
            finish_refused(&self.cache, self.resource, outcome);
        } else {
            telemetry::fill(&self.cache.0.name, self.resource, FillEnd::Declined);
            finish(&self.cache, self.resource, outcome);
        }
    }

    const fn outcome() -> Outcome {
        failed(ErrorKind::BreakerOpen)
    }
}

impl Drop for Refused {
    fn drop(&mut self) {
        if !self.counted {
            self.cache.refused(Operation::Get);
        }
        self.cache.0.flights.retire(&self.lead, self.landed);
    }
}
