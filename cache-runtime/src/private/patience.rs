//! Bodies that run in the background, or longer than their callers wait.

use std::future::Future;
use std::pin::{Pin, pin};

use tokio::time::{Instant, sleep_until};

use super::fill::{Decision, Fill, reopened, run};
use super::shape::{CacheValue, Shape};
use crate::cache::{Cache, Waited};
use crate::call;
use crate::engine::{Load, Patience};
use crate::wire::Payload;

/// Runs a body that needs nothing of its caller, which may be in the background, and fills. `late` is what to return when the
/// body takes longer than the `hard_timeout` and there is no stale value.
pub async fn load_detached<S, B, D>(fill: Fill<S>, body: B, decide: D, late: Option<fn() -> S::Return>) -> S::Return
where
    S: Shape + 'static,
    S::Value: CacheValue,
    S::Return: Send + 'static,
    B: Future<Output = S::Return> + Send + 'static,
    D: FnOnce(&S::Value) -> Decision + Send + 'static,
{
    let Fill { mut load, now, late: value } = fill;
    let mut body = Box::pin(body);
    let cache = load.cache();
    if let Some(now) = now {
        let work = Box::pin(async move {
            if load.renews().await {
                run::<S, B, D>(load, value, body.as_mut(), decide).await;
            }
        });
        // Without room the value is left as it is, for a later caller to renew.
        if let Some(leave) = cache.0.background.enter() {
            drop(cache.spawn(leave, work));
        }
        return now;
    }
    let patience = load.patience();
    let leave = if patience.is_limited() { cache.0.background.enter() } else { None };
    let Some(leave) = leave else {
        return run::<S, B, D>(load, value, body.as_mut(), decide).await;
    };
    let (old, resource) = (load.old(), load.resource());
    let work = Box::pin(call::carried(async move { run::<S, B, D>(load, value, body.as_mut(), decide).await }));
    let Waited { mut done, task } = cache.spawn(leave, work);
    match patience.wait(Pin::new(&mut done), old.is_some(), late.is_some()).await {
        Some(Ok((returned, outcome))) => {
            call::report(outcome);
            returned
        }
        Some(Err(_)) => match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            // The panic stays with its caller.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            _ => panic!("the runtime ended while a load ran"),
        },
        None => early::<S>(&cache, resource, old.as_ref(), late, true),
    }
}

/// Runs the body in place and fills. A body that takes longer than the `soft_timeout` is dropped, if there is a stale value to
/// serve in its place.
pub async fn load<S, B, D>(fill: Fill<S>, body: Pin<&mut B>, decide: D) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    in_place::<S, B, D>(fill, body, decide, None).await
}

/// Likewise, and drops a body that takes longer than the `hard_timeout`; `late` is what to return then if there is no stale
/// value.
pub async fn load_within<S, B, D>(fill: Fill<S>, body: Pin<&mut B>, decide: D, late: fn() -> S::Return) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    in_place::<S, B, D>(fill, body, decide, Some(late)).await
}

async fn in_place<S, B, D>(fill: Fill<S>, body: Pin<&mut B>, decide: D, late: Option<fn() -> S::Return>) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    let Fill { load, late: value, .. } = fill;
    let (patience, old, cache, resource) = (load.patience(), load.old(), load.cache(), load.resource());
    if !patience.is_limited() {
        return run::<S, B, D>(load, value, body, decide).await;
    }
    let running = pin!(run::<S, B, D>(load, value, body, decide));
    match patience.wait(running, old.is_some(), late.is_some()).await {
        Some(returned) => returned,
        None => early::<S>(&cache, resource, old.as_ref(), late, false),
    }
}

/// What is returned before the body has ended.
fn early<S>(
    cache: &Cache,
    resource: &'static str,
    old: Option<&Payload>,
    late: Option<fn() -> S::Return>,
    goes_on: bool,
) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
{
    let stale = old.and_then(reopened::<S>);
    Load::left(cache, resource, stale.is_some(), goes_on);
    stale.or_else(|| late.map(|late| late())).unwrap_or_else(|| unreachable!("one of the two ended the wait"))
}

impl Patience {
    fn is_limited(&self) -> bool {
        self.soft.is_some() || self.hard.is_some()
    }

    /// Waits no longer than that, if there is something else to return.
    async fn wait<F: Future>(self, running: Pin<&mut F>, has_old: bool, has_late: bool) -> Option<F::Output> {
        let soft = self.soft.filter(|_| has_old);
        let hard = self.hard.filter(|_| has_old || has_late);
        let end: Option<Instant> = [soft, hard].into_iter().flatten().min();
        let Some(end) = end else { return Some(running.await) };
        tokio::select! {
            biased;
            done = running => Some(done),
            () = sleep_until(end) => None,
        }
    }
}
