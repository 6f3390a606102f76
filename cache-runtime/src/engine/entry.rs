//! One read of the store, and what it says.

use std::time::Duration;

use super::age::{Due, due};
use super::lead::failed;
#[cfg(feature = "redis")]
use super::lease::Standing;
use super::local::{Hold, Lives, Pending, local_ticket, local_ttl, watched};
use super::lookup::Asking;
use crate::error::{ErrorKind, Operation};
use crate::outcome::Outcome;
use crate::store::{Asks, Store, Stored};
use crate::tags::{self, Stamps};
use crate::wire::{Body, Content, DecodeError, Payload, is_lease};

/// What a read of the store gave.
pub(super) enum Read {
    Hit(Hit),
    Miss,
    /// Nothing, and leave to fill it.
    #[cfg(feature = "redis")]
    Granted(Box<Standing>),
    /// Nothing, and nothing may be filled now.
    #[cfg(feature = "redis")]
    Guarded,
    /// Another process loads.
    Leased,
    /// An entry that a tag, its resource or everything was invalidated after.
    Void(Payload),
    Failed(Outcome),
}

/// An entry that may be served, as far as invalidations are concerned.
pub(super) struct Hit {
    pub content: Content,
    pub bytes: Payload,
    pub due: Due,
    /// To be held decoded.
    pub pending: Option<Box<Pending>>,
    /// To be prolonged to this life.
    pub slide: Option<Duration>,
}

/// What an entry needs before it is known what it comes to.
pub(super) enum Needs {
    /// To be removed: it is no entry.
    Discard(Payload, DecodeError),
    /// The stamps of more names.
    Stamps(Box<Unjudged>),
}

/// An entry whose value has names that its key does not tell.
pub(super) struct Unjudged {
    more: Vec<String>,
    stored: Stored,
    body: Body,
    stamps: Stamps,
    hold: Option<Box<Hold>>,
}

impl Asking<'_> {
    pub(super) async fn read(&mut self) -> Read {
        self.begins();
        let cache = &self.lookup.cache.clone();
        // Boxed here and below is what is rare: the future of a call is as large as what it may come to.
        let hold = match local_ttl(self.lookup.policy()) {
            Some(ttl) if self.subject.holds => Box::pin(self.may_hold(ttl)).await,
            _ => None,
        };
        let asks = self.asks(hold.is_some());
        match cache.read(&self.subject.located.key, asks, &self.names, &mut self.budget).await {
            Ok((stored, stamps)) => match self.seen(stored, stamps, hold) {
                Ok(read) => read,
                Err(more) => Box::pin(self.needs(more)).await,
            },
            Err(error) => Read::Failed(failed(error.kind())),
        }
    }

    /// What a read of the store comes to. `Err` where that is not enough to know.
    pub(super) fn seen(
        &mut self,
        stored: Option<Stored>,
        stamps: Stamps,
        hold: Option<Box<Hold>>,
    ) -> Result<Read, Needs> {
        self.since = stamps.clock;
        self.learn(stored.is_none());
        match stored {
            None => Ok(Read::Miss),
            Some(stored) if is_lease(&stored.bytes) => Ok(Read::Leased),
            Some(stored) => self.opened(stored, stamps, hold),
        }
    }

    /// Nobody else fills the embedded store.
    #[cfg(not(feature = "redis"))]
    pub(super) async fn read_or_claim(&mut self) -> Read {
        self.read().await
    }

    /// How likely the next read is one that finds nothing.
    fn learn(&self, missed: bool) {
        match &self.lookup.cache.0.store {
            Store::Memory(_) => {
                let _ = missed;
            }
            #[cfg(feature = "redis")]
            Store::Redis(store) => store.learn_miss(self.subject.resource, missed),
        }
    }

    /// What is needed to hold what is read, before it is.
    async fn may_hold(&mut self, ttl: Duration) -> Option<Box<Hold>> {
        let cache = &self.lookup.cache;
        let watch = watched(cache, &self.names, &mut self.budget).await?;
        Some(Box::new(Hold { ttl, watch, ticket: local_ticket(cache, &self.subject.located.key) }))
    }

    /// Whether what is left of an entry's life has to be known to judge it.
    pub(super) fn asks(&self, holds: bool) -> Asks {
        self.lookup.asks(holds)
    }

    /// What an entry comes to, with the stamps of the names that its key tells. `Err` where that is not enough.
    pub(super) fn opened(&mut self, stored: Stored, stamps: Stamps, hold: Option<Box<Hold>>) -> Result<Read, Needs> {
        let body = match Body::open(&stored.bytes, self.lookup.wants_none, self.loosely) {
            Ok(body) => body,
            Err(error) => return Err(Needs::Discard(stored.bytes, error)),
        };
        let names = body.tags.iter().map(|tag| tags::tag(tag));
        let more: Vec<String> = names.filter(|name| !self.names.contains(name)).collect();
        if more.is_empty() {
            return Ok(self.judged(stored, body, stamps, hold));
        }
        // Before their stamps are read.
        let hold = hold.map(|hold| Box::new(Hold { watch: hold.watch.and(&self.lookup.cache, &more), ..*hold }));
        Err(Needs::Stamps(Box::new(Unjudged { more, stored, body, stamps, hold })))
    }

    pub(super) async fn needs(&mut self, needs: Needs) -> Read {
        match needs {
            Needs::Discard(bytes, error) => self.flawed(bytes, error).await,
            Needs::Stamps(unjudged) => {
                let Unjudged { more, stored, body, stamps, hold } = *unjudged;
                match self.with_stamps_of(stamps, &more).await {
                    Ok(stamps) => self.judged(stored, body, stamps, hold),
                    Err(outcome) => Read::Failed(outcome),
                }
            }
        }
    }

    async fn flawed(&mut self, bytes: Payload, error: DecodeError) -> Read {
        let (cache, resource) = (&self.lookup.cache, self.subject.resource);
        cache.discard(resource, &self.subject.located.key, &bytes, error, &mut self.budget).await;
        Read::Failed(failed(ErrorKind::Decode))
    }

    /// With the stamps of all its names.
    #[inline(always)]
    fn judged(&mut self, stored: Stored, body: Body, stamps: Stamps, hold: Option<Box<Hold>>) -> Read {
        let Stored { bytes, left, tether } = stored;
        // None where the clock is lost: then the load that follows has it made.
        self.since = stamps.clock;
        if !stamps.allow(body.facts.since) {
            return Read::Void(bytes);
        }
        let now = || self.lookup.cache.0.clock.now();
        let due = due(self.lookup.policy(), &body.facts, left, now, fastrand::f64);
        let (mut pending, mut slide) = (None, None);
        if due == Due::Not {
            slide = self.slide(body.facts, left);
            let lives = Lives { facts: body.facts, left, bytes: bytes.len() };
            pending = hold.zip(tether).map(|(hold, tether)| hold.of(lives, tether));
        }
        Read::Hit(Hit { content: body.content, bytes, due, pending, slide })
    }

    /// Tags that depend on the value are known once it is read, and asked for then.
    async fn with_stamps_of(&mut self, stamps: Stamps, more: &[String]) -> Result<Stamps, Outcome> {
        let cache = &self.lookup.cache;
        let asked = cache.ask(Operation::Get, &mut self.budget, cache.0.store.stamps(more)).await;
        asked.map(|found| stamps.and(found)).map_err(|error| failed(error.kind()))
    }
}
