//! A call on its way to what comes of it.

#[cfg(feature = "redis")]
use std::task::ready;
use std::task::{Context, Poll};

#[cfg(feature = "redis")]
use super::alone::Alone;
#[cfg(feature = "redis")]
use super::aside::{Aside, Heard};
use super::lookup::{Answer, Asking};
use crate::boxed::pinned;
use crate::cache::Boxed;
#[cfg(feature = "redis")]
use crate::store::Begun;
use crate::wire::DecodeError;

/// It gives the call back, and borrows nothing of the key: so it is one future, compiled once, whatever the key's type.
pub struct Driven<'a>(Stage<'a>);

enum Stage<'a> {
    /// Most reads of a store that many ask are no more than this.
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
}

impl<'a> Driven<'a> {
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(Box<Asking<'a>>, Answer)> {
        #[cfg(feature = "redis")]
        loop {
            self.0 = match &mut self.0 {
                Stage::Together(aside) => match ready!(aside.poll(context)) {
                    (asking, Heard::Offer) => return Poll::Ready((asking, Answer::Offer)),
                    (asking, Heard::Nothing) => asking.begin_aside(false),
                    (asking, Heard::Other) => asking.whole(None),
                },
                Stage::Alone(alone) => match ready!(alone.poll(context)) {
                    (asking, Heard::Offer) => return Poll::Ready((asking, Answer::Offer)),
                    (asking, Heard::Nothing) => Stage::Further(asking.further()),
                    (asking, Heard::Other) => asking.whole(None),
                },
                Stage::Further(further) => match ready!(further.as_mut().poll(context)) {
                    (asking, true) => return Poll::Ready((asking, Answer::Offer)),
                    (asking, false) => asking.whole(None),
                },
                Stage::Whole(whole) => return whole.as_mut().poll(context),
            };
        }
        #[cfg(not(feature = "redis"))]
        match &mut self.0 {
            Stage::Whole(whole) => whole.as_mut().poll(context),
        }
    }
}

impl<'a> Asking<'a> {
    /// Looks for a value, waits for others who do, or takes the lead. What was offered before, if anything, was refused.
    pub(crate) fn drive(self: Box<Self>, refused: Option<DecodeError>) -> Driven<'a> {
        #[cfg(feature = "redis")]
        if refused.is_none() && self.may_look_aside() {
            return Driven(self.begin_aside(true));
        }
        Driven(self.whole(refused))
    }

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
