//! Bytes on their way to the caller who knows their type, and what follows once they are a value.

use std::time::Duration;

use super::Load;
use super::finish;
use super::lead::{Renewal, Start, failed};
use super::local::{Pending, local_ttl};
use super::lookup::Asking;
use crate::cache::{Budget, Cache};
use crate::call::Mode;
use crate::error::{ErrorKind, Operation};
use crate::flight::{DecodedOnce, Landed};
use crate::key::KeyText;
use crate::local::Take;
use crate::outcome::{Outcome, Status};
use crate::private::Held;
use crate::telemetry::{self, VoidReason};
use crate::wire::{Body, Content, DecodeError, Payload, may_be_reordered};

/// How often bytes that are no value are removed, before a call goes on without storing anything.
const REFUSALS: u32 = 3;

/// Bytes that may be a value.
pub(crate) struct Offer {
    /// `None` for a "there is none" that is stored nowhere.
    pub(super) content: Option<Content>,
    pub(super) landed: Landed,
    pub(super) outcome: Outcome,
    /// Whether another caller of this process had them first.
    pub(super) shared: bool,
    /// What that one makes of them, or has made.
    pub(super) decoded: Option<DecodedOnce>,
    /// To be held decoded.
    pub(super) pending: Option<Box<Pending>>,
    /// To be prolonged to this life.
    pub(super) slide: Option<Duration>,
    pub(super) then: Then,
}

/// What follows a value.
pub(super) enum Then {
    /// It is served.
    Serve,
    /// It is served, and another one loaded behind its caller.
    Renew(Box<Renewal>),
    /// Another one is loaded in place, and this one served should that fail or take long.
    Reload(Box<Renewal>),
}

/// What to do with an accepted value.
pub(crate) enum Accepted {
    Serve,
    /// Serve it, and run the body in the background.
    Renew(Load),
    /// Run the body.
    Load(Load),
}

impl Offer {
    /// What another caller's read or load gave. `None` where it is of no use.
    pub(super) fn landed(
        landed: Landed,
        outcome: Outcome,
        wants_none: bool,
        loosely: bool,
        decoded: Option<DecodedOnce>,
    ) -> Option<Self> {
        let content = match &landed {
            Landed::None if !wants_none => return None,
            Landed::None => None,
            Landed::Value(bytes) | Landed::Stale(bytes) => Some(Body::open(bytes, wants_none, loosely).ok()?.content),
        };
        Some(Self { content, landed, outcome, shared: true, decoded, pending: None, slide: None, then: Then::Serve })
    }

    /// The value as JSON. `None` where there is no value.
    fn json(&self) -> Option<&[u8]> {
        let content = self.content.as_ref().filter(|content| !content.none)?;
        Some(content.json(self.bytes()?))
    }

    /// Whether the value is to be held decoded, should it be one: here, or by who waits as well.
    fn holds(&self) -> bool {
        self.pending.is_some() || self.decoded.is_some()
    }

    fn bytes(&self) -> Option<&Payload> {
        match &self.landed {
            Landed::Value(bytes) | Landed::Stale(bytes) => Some(bytes),
            Landed::None => None,
        }
    }
}

impl Asking<'_> {
    /// What is offered, as JSON, and whether it is to be held decoded. `None` where there is no value.
    pub(crate) fn json(&self) -> Option<(&[u8], bool)> {
        let offer = self.offered.as_ref()?;
        Some((offer.json()?, offer.holds()))
    }

    /// Whether another caller of this process may have decoded what is offered.
    pub(crate) fn may_share(&self) -> bool {
        self.offered.as_ref().is_some_and(|offer| offer.shared || offer.decoded.is_some())
    }

    /// Has the value taken that another caller has just read or loaded, where that one held it, or one that waited as well has
    /// decoded it: it need not be decoded again.
    pub(crate) fn share(&self, take: &mut dyn Take) -> bool {
        let decoded = self.offered.as_ref().and_then(|offer| offer.decoded.as_ref()?.get());
        if decoded.is_some_and(|value| take.take(Some(value))) {
            return true;
        }
        let lands = |offer: &Offer| offer.shared && matches!(offer.landed, Landed::Value(_));
        let (lookup, subject) = (&self.lookup, &self.subject);
        subject.holds
            && self.offered.as_ref().is_some_and(lands)
            && lookup.mode == Mode::Usual
            && local_ttl(lookup.policy()).is_some()
            && lookup.cache.0.local.share(subject.located.key.as_str(), &lookup.cache.0.clock.moment(), take)
    }

    /// What is offered is a value, which is held like this: hands it to those who wait.
    pub(crate) fn accept(&mut self, held: Option<Held>) -> Accepted {
        let Some(Offer { landed, mut outcome, decoded, pending, slide, then, .. }) = self.offered.take() else {
            return Accepted::Load(self.uncached(Status::Miss));
        };
        let cache = &self.lookup.cache;
        if let (Some(decoded), Some(held)) = (decoded, &held) {
            // Another one may have been first.
            let _ = decoded.set(Held::clone(held));
        }
        if let Some(pending) = pending {
            pending.hold(cache, &self.subject.located.key, self.subject.resource, held);
        }
        if let (Some(whole), Landed::Value(bytes)) = (slide, &landed) {
            self.prolong(bytes, whole);
        }
        let leader = self.leader.take();
        match then {
            Then::Serve => {
                if let Some(leader) = leader {
                    leader.land_read(&landed);
                }
                finish(cache, self.subject.resource, outcome);
                Accepted::Serve
            }
            Then::Renew(renewal) => {
                if let Some(leader) = leader {
                    leader.land_read(&landed);
                }
                outcome.revalidating = true;
                finish(cache, self.subject.resource, outcome);
                Accepted::Renew(self.renewing(*renewal, true))
            }
            Then::Reload(renewal) => {
                // Who waits looks into the store as well, and finds this load.
                if let Some(leader) = leader {
                    leader.retire();
                }
                Accepted::Load(self.renewing(*renewal, false))
            }
        }
    }

    /// What is offered is no value of this type.
    pub(super) async fn refuse(&mut self, error: DecodeError) {
        let Some(offer) = self.offered.take() else { return };
        let (shared, bytes) = (offer.shared, offer.bytes().cloned());
        if let Then::Renew(renewal) | Then::Reload(renewal) = offer.then {
            renewal.leader.retire();
        }
        let Some(bytes) = bytes else { return };
        if error == DecodeError::Malformed && !self.loosely && may_be_reordered(&bytes) {
            self.loosely = true;
            self.start = Start::Read;
            return;
        }
        if self.leader.is_none() {
            // Another caller's: this one asks anew.
            return;
        }
        self.refused += 1;
        self.start = if self.refused < REFUSALS { Start::Claim } else { Start::Alone };
        self.outcome = failed(ErrorKind::Decode);
        if !shared {
            let (cache, resource) = (&self.lookup.cache, self.subject.resource);
            cache.discard(resource, &self.subject.located.key, &bytes, error, &mut self.budget).await;
        }
    }
}

impl Cache {
    /// Counts an entry that did not decode and removes it, if it is still the same.
    pub(crate) async fn discard(
        &self,
        resource: &'static str,
        key: &KeyText,
        bytes: &Payload,
        error: DecodeError,
        budget: &mut Budget,
    ) {
        self.0.counts.decode_failures.add();
        telemetry::decode_failure(&self.0.name, resource, key, error);
        // Counted where it fails; the next reader meets the entry again.
        let _ = self.ask(Operation::Discard, budget, self.0.store.remove_same(key, bytes)).await;
        self.0.local.void(key.as_str(), VoidReason::Own);
    }
}
