//! Bodies whose values are not stored: of a call that leaves the store out, and of one while the breaker is open. There next to
//! nothing is prepared.

use std::time::Duration;

use super::lead::failed;
use super::{finish, finish_refused};
use crate::boxed::boxed;
use crate::cache::{Cache, Handle};
use crate::call;
use crate::error::{ErrorKind, Operation};
use crate::flight::Lead;
use crate::key::Asked;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::private::EntryKey;
use crate::telemetry::{self, FillEnd};

/// For one caller alone.
pub(crate) struct Unstored {
    pub(super) cache: Handle<'static>,
    pub(super) resource: &'static str,
    outcome: Outcome,
    /// Where others wait for the key meanwhile.
    refused: Option<Refused>,
}

/// What the breaker kept from the store.
struct Refused {
    /// Of a flight that ends with the body.
    lead: Lead,
    /// Whether a "there is none" would have been stored.
    keeps_none: bool,
    /// Whether the next caller may look for what this one loaded.
    landed: bool,
    /// Whether it is counted that the store was not asked.
    counted: bool,
}

impl Unstored {
    /// Leave to run the body at once. `Err` where the breaker lets calls through, where another caller loads already, and where
    /// there is more to know of the call: then it goes the usual way, which comes to the same.
    pub(crate) fn refused<'a>(
        cache: Handle<'a>,
        policy: &Policy,
        none_ttl: Option<Duration>,
        key: &dyn EntryKey,
    ) -> Result<Box<Self>, Handle<'a>> {
        let Some(lead) = Self::leads_refused(&cache, policy, key) else { return Err(cache) };
        let spec = key.spec();
        let keeps_none = none_ttl.or(spec.none_ttl).is_some();
        let (cache, resource) = (cache.kept(), spec.resource);
        let refused = Some(Refused { lead, keeps_none, landed: false, counted: false });
        Ok(boxed(|| Self { cache, resource, outcome: failed(ErrorKind::BreakerOpen), refused }))
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
        let (suffix, flights) = (key.suffix(), &cache.0.flights);
        if !cache.awaits_any() {
            return cache.lend_key(key, spec, suffix.as_deref(), |lent| flights.try_lead_by_hand(lent.text()))?;
        }
        let located = cache.locate_as(key, spec, suffix.as_deref())?;
        if located.awaits_commit(cache) || located.awaits_store(cache) {
            return None;
        }
        flights.try_lead_by_hand(located.key.as_str())
    }

    pub(super) fn new(cache: Handle<'static>, resource: &'static str, outcome: Outcome) -> Self {
        Self { cache, resource, outcome, refused: None }
    }

    /// Whether the store is away.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// The body failed: dropped, the lead goes to one that loads at once.
    pub(super) fn failed(&self) {
        finish(&self.cache, self.resource, self.outcome);
    }

    pub(super) fn none(&mut self) {
        self.value(self.refused.as_ref().is_some_and(|refused| refused.keeps_none));
    }

    /// Nobody is given the value: all that wait came after the load had begun. The next of them loads for the others.
    pub(super) fn value(&mut self, keep: bool) {
        let Some(refused) = &mut self.refused else { return self.failed() };
        refused.landed = true;
        if keep {
            refused.counted = true;
            finish_refused(&self.cache, self.resource, self.outcome);
        } else {
            telemetry::fill(&self.cache.0.name, self.resource, FillEnd::Declined);
            finish(&self.cache, self.resource, self.outcome);
        }
    }
}

impl Drop for Unstored {
    fn drop(&mut self) {
        let Some(refused) = &self.refused else { return };
        if !refused.counted {
            self.cache.refused(Operation::Get);
        }
        self.cache.0.flights.retire(&refused.lead, refused.landed);
    }
}
