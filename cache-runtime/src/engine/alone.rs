//! A look aside by a caller alone, written out, as [`Aside`](super::aside::Aside) is.

use std::task::{Context, Poll, ready};

use super::aside::{Awaited, Heard};
use super::lookup::Asking;
use crate::store::{Solo, SoloAnswer};

/// A look by itself. With few callers it is most of what happens.
pub(super) struct Alone<'a>(Option<Box<Asking<'a>>>);

impl<'a> Alone<'a> {
    pub(super) fn of(mut asking: Box<Asking<'a>>, solo: Solo) -> Self {
        asking.awaited = Awaited::Solo(solo);
        Self(Some(asking))
    }

    /// Not to be polled again once it is ready.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(Box<Asking<'a>>, Heard)> {
        let Some(Awaited::Solo(solo)) = self.0.as_mut().map(|asking| &mut asking.awaited) else { return Poll::Pending };
        let answer = ready!(solo.poll(context));
        let Some(mut asking) = self.0.take() else { return Poll::Pending };
        let heard = asking.hear_alone(answer);
        Poll::Ready((asking, heard))
    }
}

/// Its caller gave up.
impl Drop for Alone<'_> {
    fn drop(&mut self) {
        if let Some(asking) = &mut self.0
            && let Awaited::Solo(solo) = asking.awaited.take()
        {
            asking.lookup.cache.leave_solo(&solo);
        }
    }
}

impl Asking<'_> {
    fn hear_alone(&mut self, answer: SoloAnswer) -> Heard {
        let Awaited::Solo(solo) = self.awaited.take() else { return Heard::Nothing };
        match self.lookup.cache.end_solo(&solo, answer, &mut self.budget, &self.names) {
            Some(read) => self.heard(read),
            None => Heard::Nothing,
        }
    }
}
