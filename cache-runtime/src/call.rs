//! What a caller can ask of the calls inside one future.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

use crate::outcome::Outcome;
use crate::scope;

/// How annotated functions treat the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Usual,
    Bypass,
    Refresh,
}

tokio::task_local! {
    static MODE: Mode;
    static OUTCOME: Cell<Outcome>;
}

/// Runs `future` with the cache left out: annotated functions run their bodies, and store nothing. It also holds for the
/// annotated functions that those bodies call.
///
/// ```
/// # use cache_runtime::{bypass, cached, outcome};
/// # #[cached(resource = "price", key(sku), ttl = "1m")]
/// # async fn price(sku: u32) -> u32 { sku * 100 }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let (_, outcome) = outcome(bypass(price(7))).await;
/// assert!(outcome.is_bypass());
/// # });
/// ```
pub fn bypass<F: Future>(future: F) -> impl Future<Output = F::Output> {
    scope::begin();
    MODE.scope(Mode::Bypass, future)
}

/// Runs `future` so that annotated functions load a new value and store it, also those that their bodies call. Callers that
/// ask at the same time share one load.
pub fn refresh<F: Future>(future: F) -> impl Future<Output = F::Output> {
    scope::begin();
    MODE.scope(Mode::Refresh, future)
}

/// Runs `future` and says what its annotated function did. Of several calls in a row it is the last; calls inside a body do
/// not count. Without any it is [`Status::Uncached`](crate::Status::Uncached).
pub fn outcome<F: Future>(future: F) -> impl Future<Output = (F::Output, Outcome)> {
    scope::begin();
    Reported { scope: OUTCOME.scope(Cell::new(Outcome::UNCACHED), future) }
}

pin_project! {
    // Written out: an `async` block would hold the future twice.
    struct Reported<F> {
        #[pin]
        scope: TaskLocalFuture<Cell<Outcome>, F>,
    }
}

impl<F: Future> Future for Reported<F> {
    type Output = (F::Output, Outcome);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut scope = self.project().scope;
        let value = ready!(scope.as_mut().poll(context));
        let outcome = scope.take_value().map_or(Outcome::UNCACHED, Cell::into_inner);
        Poll::Ready((value, outcome))
    }
}

#[inline]
pub(crate) fn mode() -> Mode {
    if !scope::any() {
        return Mode::Usual;
    }
    MODE.try_with(|mode| *mode).unwrap_or(Mode::Usual)
}

#[inline]
pub(crate) fn report(outcome: Outcome) {
    if scope::any() {
        let _ = OUTCOME.try_with(|cell| cell.set(outcome));
    }
}

/// Runs a body in another task as it would run here: what the caller asked for holds there as well. Says what it did.
pub(crate) fn carried<F: Future>(body: F) -> impl Future<Output = (F::Output, Outcome)> {
    let mode = mode();
    async move { MODE.scope(mode, outcome(body)).await }
}

/// While it lives, calls do not report in place of the one around them.
pub(crate) struct Nested(Option<Outcome>);

/// To be held while a body is polled.
pub(crate) fn nest() -> Nested {
    if !scope::any() {
        return Nested(None);
    }
    Nested(OUTCOME.try_with(|cell| cell.replace(Outcome::UNCACHED)).ok())
}

impl Drop for Nested {
    fn drop(&mut self) {
        if let Some(before) = self.0 {
            report(before);
        }
    }
}
