//! The second half of an annotated read: runs the body and stores what it returned.

use std::borrow::Cow;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use super::shape::{CacheValue, Fate, Shape};
use super::tags::ValueTag;
use crate::engine::Load;

/// Leave to run the body, and what to do with its value.
pub struct Fill<S: Shape> {
    load: Load,
    tags: Vec<ValueTag<S::Value>>,
    shape: PhantomData<fn() -> S>,
}

impl<S: Shape> Fill<S> {
    pub(super) fn new(load: Load) -> Self {
        Self { load, tags: Vec::new(), shape: PhantomData }
    }

    /// Tags of the key that name the value.
    pub(super) fn tags(mut self, tags: Vec<ValueTag<S::Value>>) -> Self {
        self.tags = tags;
        self
    }
}

/// What the attribute says about a loaded value.
#[derive(Clone, Debug)]
pub struct Decision {
    pub(crate) ttl: Option<Duration>,
    pub(crate) keep: bool,
    /// Tags beside those of the key.
    pub(crate) tags: Vec<Cow<'static, str>>,
}

impl Decision {
    /// Keep it, for the usual time.
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    pub const fn new() -> Self {
        Self { ttl: None, keep: true, tags: Vec::new() }
    }

    /// `ttl = |value| ..`.
    #[must_use]
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// `cache_if = ..`.
    #[must_use]
    pub const fn keep(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }

    /// `tags("..{ret.field}..")`.
    #[must_use]
    pub fn tags(mut self, tags: Vec<Cow<'static, str>>) -> Self {
        self.tags.extend(tags);
        self
    }

    /// The tags of the key that name the value.
    fn also<V>(self, tags: &[ValueTag<V>], value: &V) -> Self {
        self.tags(tags.iter().map(|tag| tag.of(value)).collect())
    }
}

/// Runs the body in place and fills.
pub async fn load<S, B, D>(fill: Fill<S>, body: Pin<&mut B>, decide: D) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    let Fill { load, tags, .. } = fill;
    let running = load.start();
    let returned = load.nested(body).await;
    match S::fate(&returned) {
        Fate::Value(value) => {
            let decision = decide(value).also(&tags, value);
            load.value(running, value, decision).await;
        }
        Fate::None => load.none(running).await,
        Fate::Err => load.failed(running),
    }
    returned
}

/// Runs the body in place, for no longer than the `hard_timeout`; `late` is what to return then if there is no stale value.
pub async fn load_within<S, B, D>(fill: Fill<S>, body: Pin<&mut B>, decide: D, late: fn() -> S::Return) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    let _ = late;
    load(fill, body, decide).await
}

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
    let _ = late;
    load(fill, std::pin::pin!(body), decide).await
}
