//! A call on its way to what comes of it.

use std::task::{Context, Poll};

#[cfg(feature = "redis")]
use super::aside::{Aside, Heard};
use super::lookup::{Answer, Asking};
use crate::boxed::pinned;
use crate::cache::Boxed;
use crate::wire::DecodeError;

/// It gives the call back, and borrows nothing of the key: so it is one future, compiled once, whatever the key's type.
pub struct Driven<'a>(Stage<'a>);

enum Stage<'a> {
    /// Most reads of a store that many ask are no more than this.
    #[cfg(feature = "redis")]
    Aside(Aside<'a>),
    /// All that it may come to.
    Whole(Boxed<'a, (Box<Asking<'a>>, Answer)>),
}

impl<'a> Driven<'a> {
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(Box<Asking<'a>>, Answer)> {
        #[cfg(feature = "redis")]
        if let Stage::Aside(aside) = &mut self.0 {
            let (asking, heard) = std::task::ready!(aside.poll(context));
            self.0 = match heard {
                Heard::Offer => return Poll::Ready((asking, Answer::Offer)),
                Heard::Nothing => asking.whole(None, true),
                Heard::Other => asking.whole(None, false),
            };
        }
        match &mut self.0 {
            Stage::Whole(whole) => whole.as_mut().poll(context),
            #[cfg(feature = "redis")]
            Stage::Aside(_) => Poll::Pending,
        }
    }
}

impl<'a> Asking<'a> {
    /// Looks for a value, waits for others who do, or takes the lead. What was offered before, if anything, was refused.
    pub(crate) fn drive(self: Box<Self>, refused: Option<DecodeError>) -> Driven<'a> {
        #[cfg(feature = "redis")]
        if refused.is_none() && self.may_look_aside() {
            return Driven(match Aside::join(self) {
                Ok(aside) => Stage::Aside(aside),
                Err(asking) => {
                    let aside = asking.reads_plainly();
                    asking.whole(None, aside)
                }
            });
        }
        Driven(self.whole(refused, false))
    }

    /// `aside`: it looks into the store first, without leading.
    fn whole(mut self: Box<Self>, refused: Option<DecodeError>, aside: bool) -> Stage<'a> {
        Stage::Whole(pinned(|| async move {
            let answer = self.next(refused, aside).await;
            (self, answer)
        }))
    }
}
