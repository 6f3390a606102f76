//! A look into the store by a caller that leads nobody.
//!
//! While many read, their keys go to the server together, and callers of one key share what is read for it there; while few do,
//! there is seldom anything to share. So most need no flight: it is written to by whoever begins one and by whoever ends it, and
//! goes from one processor to the other each time.
//! Who finds something that is to be served serves it. Anybody else takes the lead, and begins with what was found.

use std::task::{Context, Poll, ready};

use super::age::Due;
use super::entry::{Needs, Read};
use super::lead::{Start, failed};
use super::local::local_ttl;
use super::lookup::Asking;
use super::offer::Then;
use crate::call::Mode;
use crate::clock::Reading;
use crate::error::Operation;
use crate::store::{Asks, Solo, Store, StoreResult, Stored, Together, TogetherAnswer};
use crate::tags::{self, Stamps};

/// A look together with others. Written out, and without a box of its own: with many callers it is most of what happens.
pub(super) struct Aside<'a>(Option<Box<Asking<'a>>>);

/// What a look waits for.
pub(super) enum Awaited {
    /// Nothing yet, or not any more.
    Nothing,
    /// An answer to many, and since when.
    Shared(Together, Reading),
    /// An answer of its own.
    Solo(Solo),
}

impl Awaited {
    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Nothing)
    }
}

/// What came of it.
pub(super) enum Heard {
    /// Something to serve.
    Offer,
    /// Nothing: the caller is to look alone.
    Nothing,
    /// Anything else, which is for who leads.
    Other,
}

impl<'a> Aside<'a> {
    pub(super) fn of(mut asking: Box<Asking<'a>>, together: Together) -> Self {
        asking.awaited = Awaited::Shared(together, Reading::now());
        Self(Some(asking))
    }

    /// Not to be polled again once it is ready.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(Box<Asking<'a>>, Heard)> {
        let Some(Awaited::Shared(together, _)) = self.0.as_mut().map(|asking| &mut asking.awaited) else {
            return Poll::Pending;
        };
        let answer = ready!(together.poll(context));
        let Some(mut asking) = self.0.take() else { return Poll::Pending };
        let heard = asking.hear(answer);
        Poll::Ready((asking, heard))
    }
}

impl Asking<'_> {
    /// Whether this is a read that concerns nobody else: once, and not where a new value is asked for, where what is found is to be
    /// held or may be due, nor where a miss is likely, which takes leave.
    pub(super) fn may_look_aside(&self) -> bool {
        let Store::Redis(store) = &self.lookup.cache.0.store else { return false };
        !self.aside
            && self.start == Start::Read
            && self.lookup.mode == Mode::Usual
            && !(self.subject.holds && local_ttl(self.lookup.policy()).is_some())
            && self.asks(false) == Asks::Bytes
            && !store.expects_miss(self.subject.resource, false)
            && !self.subject.located.awaits_store(&self.lookup.cache)
    }

    /// Whether an entry is read without a look at the stamps, as a look aside is.
    pub(super) fn reads_plainly(&self) -> bool {
        matches!(&self.lookup.cache.0.store, Store::Redis(store) if store.reads_plainly())
    }

    pub(super) fn name(&mut self) {
        if self.names.is_empty() {
            self.names = tags::names(self.subject.resource, &self.subject.tags);
        }
    }

    /// Whether there is something to serve. If not, what there is is kept for who leads.
    pub(super) async fn look_aside(&mut self) -> bool {
        self.aside = true;
        self.name();
        let (cache, key) = (&self.lookup.cache, &self.subject.located.key);
        let read = cache.0.store.read(key, Asks::Bytes, &self.names);
        let read = match cache.ask(Operation::Get, &mut self.budget, read).await {
            Ok((stored, stamps)) => self.seen(stored, stamps, None),
            Err(error) => Ok(Read::Failed(failed(error.kind()))),
        };
        self.serves(read)
    }

    /// The same of what was read together with others.
    fn hear(&mut self, answer: Option<TogetherAnswer>) -> Heard {
        let Some((answer, took)) = answer else {
            // Alone it has what is left of its time.
            if let Awaited::Shared(_, begun) = self.awaited.take() {
                self.budget.spend_since(begun);
            }
            return Heard::Nothing;
        };
        let (Awaited::Shared(together, _), Store::Redis(store)) = (self.awaited.take(), &self.lookup.cache.0.store)
        else {
            return Heard::Nothing;
        };
        self.budget.spend(took);
        let read = store.read_taken(together, answer, &self.names);
        self.heard(read)
    }

    /// What a read comes to, where the server has not been asked for the stamps.
    pub(super) fn heard(&mut self, read: StoreResult<(Option<Stored>, Option<Stamps>)>) -> Heard {
        let read = match read {
            Ok((stored, Some(stamps))) => self.seen(stored, stamps, None),
            // It would have to be: then it is asked for both.
            Ok((_, None)) => return Heard::Nothing,
            Err(error) => Ok(Read::Failed(failed(self.lookup.cache.failed(Operation::Get, error).kind()))),
        };
        self.aside = true;
        if self.serves(read) { Heard::Offer } else { Heard::Other }
    }

    fn serves(&mut self, read: Result<Read, Needs>) -> bool {
        match read {
            Ok(Read::Hit(hit)) if hit.due == Due::Not => {
                self.offer(hit, false, Then::Serve);
                true
            }
            // A load of this process, most often, which is waited for; or it has ended, and there is a value by now.
            Ok(Read::Leased) => false,
            Ok(read) => {
                self.found = Some(Box::new(read));
                false
            }
            // To be removed, or judged by more: by who leads.
            Err(_) => false,
        }
    }
}
