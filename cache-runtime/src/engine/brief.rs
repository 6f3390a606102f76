//! A call of which there is little to know: it reads a store that many read at once, and what it finds is served as it is. With
//! many callers that is most of what happens, so it is made of what that needs. Whatever else comes of it goes on as any
//! other call, with what was heard.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::age::Due;
use super::aside::Heard;
use super::entry::Hit;
use super::finish;
use super::load::Load;
use super::local::local_ttl;
use super::lookup::{Asking, Lookup};
use super::offer::{Accepted, Then};
use crate::boxed::boxed;
use crate::cache::Cache;
use crate::call::Mode;
use crate::clock::Reading;
use crate::key::Asked as _;
use crate::outcome::{Level, Outcome, Status};
use crate::private::EntryKey;
use crate::store::{Asks, Get, Store, StoreResult, Stored, Together, TogetherAnswer};
use crate::tags::{self, Names, Stamps};
use crate::transaction;
use crate::wire::{Body, Content, Payload, is_lease, usual};

pub(super) struct Brief<'a>(Option<Box<BriefOffer<'a>>>);

pub(crate) struct BriefOffer<'a> {
    lookup: Lookup<'a>,
    holds: bool,
    resource: &'static str,
    /// Under which names it is invalidated.
    names: Names,
    begun: Reading,
    stage: Stage,
}

enum Stage {
    Waits(Together),
    /// Bytes that may be a value, and how long they took.
    Offers(Payload, Content, Duration),
    Over,
}

/// What came of it.
pub(super) enum Said<'a> {
    /// Something to serve.
    Offer,
    /// What it is to go on with.
    More(Box<Asking<'a>>, Heard),
    /// The call leaves the cache out by now.
    Load(Load),
}

/// What was heard of the store.
enum Told {
    Nothing,
    Read(Duration, StoreResult<(Option<Stored>, Option<Stamps>)>),
}

impl<'a> Brief<'a> {
    /// `Err` where few read the store, and where there is more to know of the call or of the store.
    #[inline(always)]
    pub(super) fn begin(lookup: Lookup<'a>, key: &dyn EntryKey, holds: bool) -> Result<Self, Lookup<'a>> {
        let spec = key.spec();
        let Some((together, names)) = joined(&lookup, key, holds) else { return Err(lookup) };
        let resource = spec.resource;
        let stage = Stage::Waits(together);
        Ok(Self(Some(boxed(|| BriefOffer { lookup, holds, resource, names, begun: Reading::now(), stage }))))
    }

    /// Not to be polled again once it gave the call away.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, key: &dyn EntryKey) -> Poll<Said<'a>> {
        let Some(inner) = &mut self.0 else { return Poll::Pending };
        let answer = match &mut inner.stage {
            Stage::Waits(together) => ready!(together.poll(context)),
            Stage::Offers(..) => return Poll::Ready(Said::Offer),
            Stage::Over => return Poll::Pending,
        };
        let Some(told) = inner.hear(answer) else { return Poll::Ready(Said::Offer) };
        let Some(inner) = self.0.take() else { return Poll::Pending };
        Poll::Ready(inner.goes_on(told, key))
    }

    /// What it offers, once it does.
    pub(super) fn offered(&self) -> Option<&BriefOffer<'a>> {
        self.0.as_deref()
    }

    /// What is offered is no value of this type. `Err` where the call leaves the cache out by now.
    #[cold]
    pub(super) fn refused(mut self, key: &dyn EntryKey) -> Option<Result<Box<Asking<'a>>, Load>> {
        let mut inner = self.0.take()?;
        let Stage::Offers(bytes, content, took) = std::mem::replace(&mut inner.stage, Stage::Over) else { return None };
        Some(inner.whole(key).map(|mut asking| {
            asking.budget.spend(took);
            asking.aside = true;
            asking.offer(Hit { content, bytes, due: Due::Not, pending: None, slide: None }, false, Then::Serve);
            asking
        }))
    }
}

/// A place among those who read together, where that is all that the call needs.
fn joined(lookup: &Lookup<'_>, key: &dyn EntryKey, holds: bool) -> Option<(Together, Names)> {
    let (cache, spec) = (&*lookup.cache, key.spec());
    let Store::Redis(store) = &cache.0.store else { return None };
    let names = || {
        let suits = lookup.mode == Mode::Usual
            && !(holds && local_ttl(lookup.policy()).is_some())
            && lookup.asks(false) == Asks::Bytes
            && !store.expects_miss(spec.resource, false)
            && cache.0.recovery.len() == 0
            && !transaction::is_open()
            && key.suffix().is_none();
        if !suits {
            return None;
        }
        Some((cache.may_share(&cache.budget())?, tags::names(spec.resource, &key.tags())))
    };
    store.join_where(cache, names, || cache.lend_key(key, spec, None, |lent| Get::new(lent.text())))
}

impl BriefOffer<'_> {
    /// The value, as JSON.
    pub(super) fn json(&self) -> Option<&[u8]> {
        match &self.stage {
            Stage::Offers(bytes, content, _) => Some(content.json(bytes)),
            Stage::Waits(_) | Stage::Over => None,
        }
    }

    /// It is one.
    pub(super) fn accept(&self) -> Accepted {
        let cache = &self.lookup.cache;
        finish(cache, self.resource, Outcome::new(Status::Hit, cache.0.store.level()));
        Accepted::Serve
    }

    /// A load for this caller alone.
    pub(super) fn uncached(&self, status: Status) -> Load {
        Load::uncached(Cache::clone(&self.lookup.cache), self.resource, Outcome::new(status, Level::Body))
    }
}

impl<'a> BriefOffer<'a> {
    /// `None` where that is something to serve.
    fn hear(&mut self, answer: Option<TogetherAnswer>) -> Option<Told> {
        let Stage::Waits(together) = std::mem::replace(&mut self.stage, Stage::Over) else {
            return Some(Told::Nothing);
        };
        let Store::Redis(store) = &self.lookup.cache.0.store else { return Some(Told::Nothing) };
        let Some((answer, took)) = answer else { return Some(Told::Nothing) };
        match store.read_taken(together, answer, &self.names) {
            Ok((Some(stored), Some(stamps))) => {
                match served(&stored.bytes, &self.names, stamps, self.lookup.wants_none) {
                    Some(content) => {
                        store.learn_miss(self.resource, false);
                        self.stage = Stage::Offers(stored.bytes, content, took);
                        None
                    }
                    None => Some(Told::Read(took, Ok((Some(stored), Some(stamps))))),
                }
            }
            read => Some(Told::Read(took, read)),
        }
    }

    #[cold]
    fn goes_on(self, told: Told, key: &dyn EntryKey) -> Said<'a> {
        let begun = self.begun;
        let mut asking = match self.whole(key) {
            Ok(asking) => asking,
            Err(load) => return Said::Load(load),
        };
        match told {
            // Alone it has what is left of its time.
            Told::Nothing => {
                asking.budget.spend_since(begun);
                Said::More(asking, Heard::Nothing)
            }
            Told::Read(took, read) => {
                asking.name();
                asking.budget.spend(took);
                let heard = asking.heard(read);
                Said::More(asking, heard)
            }
        }
    }

    /// All that a call may need.
    fn whole(self, key: &dyn EntryKey) -> Result<Box<Asking<'a>>, Load> {
        let Self { lookup, holds, .. } = self;
        Asking::new(lookup, key, holds).map_err(Load::from)
    }
}

/// Where the value is, if the bytes are an entry that may be served as it is.
#[inline(always)]
fn served(bytes: &Payload, names: &[String], stamps: Stamps, none_allowed: bool) -> Option<Content> {
    match usual(bytes) {
        Some((since, value)) => stamps.allow(since).then(|| Content::within(value)),
        None => served_opened(bytes, names, stamps, none_allowed),
    }
}

/// The same of any entry.
#[inline(never)]
fn served_opened(bytes: &Payload, names: &[String], stamps: Stamps, none_allowed: bool) -> Option<Content> {
    if is_lease(bytes) {
        return None;
    }
    let Body { facts, tags, content } = Body::open(bytes, none_allowed, false).ok()?;
    // Of other tags there are stamps to be asked for, and with a grace it may be due.
    let known = tags.iter().all(|tag| names.contains(&tags::tag(tag)));
    (!content.none && known && facts.grace == 0 && stamps.allow(facts.since)).then_some(content)
}
