//! A body, polled inside what surrounds it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::engine::Around;

/// Ready with `None` once the caller of the body has waited long enough.
pub(crate) struct Nested<'a, B> {
    pub body: Pin<&'a mut B>,
    pub around: Around,
}

impl<B: Future> Future for Nested<'_, B> {
    type Output = Option<B::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { body, around } = self.get_mut();
        if let Poll::Ready(entered) = around.enter(context) {
            let polled = body.as_mut().poll(context);
            drop(entered);
            if let Poll::Ready(returned) = polled {
                return Poll::Ready(Some(returned));
            }
        }
        around.pending(context).map(|()| None)
    }
}
