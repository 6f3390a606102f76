//! What a caller can ask of the calls inside one future.

use std::cell::Cell;
use std::future::Future;

use crate::outcome::Outcome;

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
pub async fn bypass<F: Future>(future: F) -> F::Output {
    MODE.scope(Mode::Bypass, future).await
}

/// Runs `future` so that annotated functions load a new value and store it, also those that their bodies call. Callers that
/// ask at the same time share one load.
pub async fn refresh<F: Future>(future: F) -> F::Output {
    MODE.scope(Mode::Refresh, future).await
}

/// Runs `future` and says what its annotated function did. Of several calls in a row it is the last; calls inside a body do
/// not count. Without any it is [`Status::Uncached`](crate::Status::Uncached).
pub async fn outcome<F: Future>(future: F) -> (F::Output, Outcome) {
    OUTCOME
        .scope(Cell::new(Outcome::UNCACHED), async {
            let value = future.await;
            (value, OUTCOME.with(Cell::get))
        })
        .await
}

pub(crate) fn mode() -> Mode {
    MODE.try_with(|mode| *mode).unwrap_or(Mode::Usual)
}

pub(crate) fn report(outcome: Outcome) {
    let _ = OUTCOME.try_with(|cell| cell.set(outcome));
}

/// Runs a body in another task as it would run here: what the caller asked for holds there as well. Says what it did.
pub(crate) fn carried<F: Future>(body: F) -> impl Future<Output = (F::Output, Outcome)> {
    let mode = mode();
    async move { MODE.scope(mode, outcome(body)).await }
}

/// Runs a body, so that the calls it makes do not report in place of the one around it.
pub(crate) async fn nested<F: Future>(body: F) -> F::Output {
    if OUTCOME.try_with(|_| ()).is_ok() { OUTCOME.scope(Cell::new(Outcome::UNCACHED), body).await } else { body.await }
}
