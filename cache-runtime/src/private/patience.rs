//! Bodies that run in the background, or longer than their callers wait.

use std::future::Future;

use tokio::time::timeout_at;

use super::enter::{Alone, Entry};
use super::fill::{Decision, Fill, Run, early, run};
use super::shape::{CacheValue, Shape};
use crate::cache::Waited;
use crate::call;

/// Runs a body that needs nothing of its caller, which may be in the background, and fills. `late` is what to return when the
/// body takes longer than the `hard_timeout` and there is no stale value.
pub async fn load_detached<S, B, D>(entry: Entry<S>, body: B, decide: D, late: Option<fn() -> S::Return>) -> S::Return
where
    S: Shape + 'static,
    S::Value: CacheValue,
    S::Return: Send + 'static,
    B: Future<Output = S::Return> + Send + 'static,
    D: FnOnce(&S::Value) -> Decision + Send + 'static,
{
    let mut fill = match entry {
        Entry::Ready(returned) => return returned,
        Entry::Load(fill) => fill,
        Entry::Alone(Alone(load)) => Fill::new(load.into(), None, None, Vec::new()),
    };
    let body = Box::pin(body);
    let cache = fill.load.cache();
    if let Some(now) = fill.now.take() {
        let work = Box::pin(async move {
            if fill.load.renews().await {
                run(Entry::Load(fill), body, Some(decide), None, false).await;
            }
        });
        // Without room the value is left as it is, for a later caller to renew.
        if let Some(leave) = cache.0.background.enter() {
            drop(cache.spawn(leave, work));
        }
        return now;
    }
    let end = fill.load.patience(late.is_some());
    let (old, resource) = (fill.load.old(), fill.load.resource());
    let entry = Entry::Load(fill);
    let Some((leave, end)) = end.and_then(|end| Some((cache.0.background.enter()?, end))) else {
        return run(entry, body, Some(decide), None, false).await;
    };
    let work = Box::pin(call::carried(async move { run(entry, body, Some(decide), None, false).await }));
    let Waited { done, task } = cache.spawn(leave, work);
    match timeout_at(end, done).await {
        Ok(Ok((returned, outcome))) => {
            call::report(outcome);
            returned
        }
        Ok(Err(_)) => match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            // The panic stays with its caller.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            _ => panic!("the runtime ended while a load ran"),
        },
        Err(_) => early::<S>(&cache, resource, old.as_ref(), late, true),
    }
}

/// Runs the body in place and fills. A body that takes longer than the `soft_timeout` is dropped, if there is a stale value to
/// serve in its place.
pub fn load<S, B>(entry: Entry<S>, body: B) -> Run<S, B>
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
{
    run(entry, body, None, None, true)
}

/// Likewise, and drops a body that takes longer than the `hard_timeout`; `late` is what to return then if there is no stale
/// value.
pub fn load_within<S, B>(entry: Entry<S>, body: B, late: fn() -> S::Return) -> Run<S, B>
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
{
    run(entry, body, None, Some(late), true)
}
