//! A call on its way to what comes of it.

use std::task::{Context, Poll, ready};

use super::Load;
#[cfg(feature = "redis")]
use super::alone::Alone;
#[cfg(feature = "redis")]
use super::aside::{Aside, Heard};
#[cfg(feature = "redis")]
use super::brief::{Brief, BriefOffer, Said};
use super::lookup::{Answer, Asking, Lookup};
use super::offer::Accepted;
use super::unstored::Unstored;
use crate::boxed::pinned;
use crate::cache::Boxed;
use crate::local::Take;
use crate::outcome::Status;
use crate::private::{EntryKey, Held};
#[cfg(feature = "redis")]
use crate::store::Begun;
use crate::wire::DecodeError;

/// It borrows nothing of the key, which is lent to it: so it is one future, compiled once, whatever the key's type.
pub struct Driven<'a>(Stage<'a>);

enum Stage<'a> {
    /// Most reads of a store that many ask are no more than this.
    #[cfg(feature = "redis")]
    Brief(Brief<'a>),
    /// Those of them of which there is more to know.
    #[cfg(feature = "redis")]
    Together(Aside<'a>),
    /// Most reads of one that few ask.
    #[cfg(feature = "redis")]
    Alone(Alone<'a>),
    /// Those of them that need more than one answer.
    #[cfg(feature = "redis")]
    Further(Boxed<'a, (Box<Asking<'a>>, bool)>),
    /// All that it may come to.
    Whole(Boxed<'a, (Box<Asking<'a>>, Answer)>),
    /// It offers something.
    Offers(Box<Asking<'a>>),
    /// It is to load.
    Loads(Load),
    /// It is over.
    Over,
}

/// What comes of it.
pub(crate) enum Found<'b, 'a> {
    /// To be decoded, and then accepted or [refused](Driven::refuse).
    Offer(Offered<'b, 'a>),
    /// To be loaded.
    Load(Load),
}

/// Bytes that may be a value.
pub(crate) enum Offered<'b, 'a> {
    #[cfg(feature = "redis")]
    Brief(&'b BriefOffer<'a>),
    Whole(&'b mut Asking<'a>),
}

impl<'a> Driven<'a> {
    /// `Err` where the call leaves the cache out.
    pub(crate) fn begin(lookup: Lookup<'a>, key: &dyn EntryKey, holds: bool) -> Result<Self, Box<Unstored>> {
        #[cfg(feature = "redis")]
        let lookup = match Brief::begin(lookup, key, holds) {
            Ok(brief) => return Ok(Self(Stage::Brief(brief))),
            Err(lookup) => lookup,
        };
        Ok(Self(Asking::new(lookup, key, holds)?.drive()))
    }

    pub(crate) fn poll(&mut self, context: &mut Context<'_>, key: &dyn EntryKey) -> Poll<Found<'_, 'a>> {
        #[cfg(not(feature = "redis"))]
        let _ = key;
        loop {
            self.0 = match &mut self.0 {
                #[cfg(feature = "redis")]
                Stage::Brief(brief) => match ready!(brief.poll(context, key)) {
                    Said::Offer => break,
                    Said::More(asking, heard) => asking.after_together(heard),
                    Said::Load(load) => Stage::Loads(load),
                },
                #[cfg(feature = "redis")]
                Stage::Together(aside) => {
                    let (asking, heard) = ready!(aside.poll(context));
                    asking.after_together(heard)
                }
                #[cfg(feature = "redis")]
                Stage::Alone(alone) => match ready!(alone.poll(context)) {
                    (asking, Heard::Offer) => Stage::Offers(asking),
                    (asking, Heard::Nothing) => Stage::Further(asking.further()),
                    (asking, Heard::Other) => asking.whole(None),
                },
                #[cfg(feature = "redis")]
                Stage::Further(further) => match ready!(further.as_mut().poll(context)) {
                    (asking, true) => Stage::Offers(asking),
                    (asking, false) => asking.whole(None),
                },
                Stage::Whole(whole) => match ready!(whole.as_mut().poll(context)) {
                    (asking, Answer::Offer) => Stage::Offers(asking),
                    (_, Answer::Load(load)) => Stage::Loads(load),
                },
                Stage::Offers(_) | Stage::Loads(_) | Stage::Over => break,
            };
        }
        match &mut self.0 {
            #[cfg(feature = "redis")]
            Stage::Brief(brief) => match brief.offered() {
                Some(offer) => Poll::Ready(Found::Offer(Offered::Brief(offer))),
                None => Poll::Pending,
            },
            Stage::Offers(asking) => Poll::Ready(Found::Offer(Offered::Whole(asking))),
            stage => match std::mem::replace(stage, Stage::Over) {
                Stage::Loads(load) => Poll::Ready(Found::Load(load)),
                // Not to be polled again.
                _ => Poll::Pending,
            },
        }
    }

    /// What is offered is no value of the caller's type: goes on without it.
    #[cold]
    pub(crate) fn refuse(&mut self, error: DecodeError, key: &dyn EntryKey) {
        #[cfg(not(feature = "redis"))]
        let _ = key;
        self.0 = match std::mem::replace(&mut self.0, Stage::Over) {
            #[cfg(feature = "redis")]
            Stage::Brief(brief) => match brief.refused(key) {
                Some(Ok(asking)) => asking.whole(Some(error)),
                Some(Err(load)) => Stage::Loads(load),
                None => Stage::Over,
            },
            Stage::Offers(asking) => asking.whole(Some(error)),
            stage => stage,
        };
    }
}

impl Offered<'_, '_> {
    /// What is offered, as JSON, and whether it is to be held decoded. `None` where there is no value.
    pub(crate) fn json(&self) -> Option<(&[u8], bool)> {
        match self {
            #[cfg(feature = "redis")]
            Self::Brief(brief) => Some((brief.json()?, false)),
            Self::Whole(asking) => asking.json(),
        }
    }

    /// Whether another caller of this process may have decoded what is offered.
    pub(crate) fn may_share(&self) -> bool {
        matches!(self, Self::Whole(asking) if asking.may_share())
    }

    /// Has the value taken that another caller made of it, if there is one.
    pub(crate) fn share(&self, take: &mut dyn Take) -> bool {
        matches!(self, Self::Whole(asking) if asking.share(take))
    }

    /// What is offered is a value, which is held like this.
    pub(crate) fn accept(&mut self, held: Option<Held>) -> Accepted {
        match self {
            #[cfg(feature = "redis")]
            Self::Brief(brief) => brief.accept(),
            Self::Whole(asking) => asking.accept(held),
        }
    }

    /// A load for this caller alone.
    #[cold]
    pub(crate) fn uncached(&self, status: Status) -> Load {
        match self {
            #[cfg(feature = "redis")]
            Self::Brief(brief) => brief.uncached(status),
            Self::Whole(asking) => asking.uncached(status),
        }
    }
}

impl<'a> Asking<'a> {
    /// Looks for a value, waits for others who do, or takes the lead.
    fn drive(self: Box<Self>) -> Stage<'a> {
        #[cfg(feature = "redis")]
        if self.may_look_aside() {
            return self.begin_aside(true);
        }
        self.whole(None)
    }

    /// After an answer to many.
    #[cfg(feature = "redis")]
    fn after_together(self: Box<Self>, heard: Heard) -> Stage<'a> {
        match heard {
            Heard::Offer => Stage::Offers(self),
            Heard::Nothing => self.begin_aside(false),
            Heard::Other => self.whole(None),
        }
    }

    /// What was offered before, if anything, was refused.
    fn whole(mut self: Box<Self>, refused: Option<DecodeError>) -> Stage<'a> {
        Stage::Whole(pinned(|| async move {
            let answer = self.next(refused).await;
            (self, answer)
        }))
    }

    #[cfg(feature = "redis")]
    fn begin_aside(mut self: Box<Self>, shares: bool) -> Stage<'a> {
        self.name();
        let (cache, key) = (&self.lookup.cache, &self.subject.located.key);
        match cache.begin_read(&self.budget, shares, key, &self.names) {
            Some(Begun::Together(together)) => Stage::Together(Aside::of(self, together)),
            Some(Begun::Solo(solo)) => Stage::Alone(Alone::of(self, solo)),
            None if self.reads_plainly() => Stage::Further(self.further()),
            None => self.whole(None),
        }
    }

    /// Whether there is something to serve.
    #[cfg(feature = "redis")]
    fn further(mut self: Box<Self>) -> Boxed<'a, (Box<Self>, bool)> {
        pinned(|| async move {
            let serves = self.look_aside().await;
            (self, serves)
        })
    }
}
