//! The second half of an annotated read: runs the body and stores what it returned.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::shape::{CacheValue, Fate, Shape};
use super::sharing::Sharing;
use super::tags::ValueTag;
use crate::engine::Load;
use crate::wire::{Payload, decode};

/// Leave to run the body, and what to do with its value.
pub struct Fill<S: Shape> {
    pub(super) load: Load,
    /// What its caller is served in any case: the body runs in the background.
    pub(super) now: Option<S::Return>,
    pub(super) late: Late<S::Value>,
}

/// What is done with the value, beside what the attribute says.
pub(super) struct Late<V> {
    /// Tags of the key that name the value.
    pub tags: Vec<ValueTag<V>>,
    /// How it is held in the local tier.
    pub sharing: Option<Sharing<V>>,
}

impl<S: Shape> Fill<S> {
    pub(super) fn new(load: Load, sharing: Option<Sharing<S::Value>>) -> Self {
        Self { load, now: None, late: Late { tags: Vec::new(), sharing } }
    }

    pub(super) fn behind(now: S::Return, load: Load, sharing: Option<Sharing<S::Value>>) -> Self {
        Self { now: Some(now), ..Self::new(load, sharing) }
    }

    /// Tags of the key that name the value.
    pub(super) fn tags(mut self, tags: Vec<ValueTag<S::Value>>) -> Self {
        self.late.tags = tags;
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
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// `cache_if = ..`.
    #[must_use]
    pub fn keep(mut self, keep: bool) -> Self {
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

/// Runs the body and fills.
pub(super) async fn run<S, B, D>(load: Load, late: Late<S::Value>, body: Pin<&mut B>, decide: D) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    let running = load.start();
    let returned = load.nested(body).await;
    let landing = match S::fate(&returned) {
        Fate::Value(value) => {
            let decision = decide(value).also(&late.tags, value);
            load.value(running, value, decision, late.sharing)
        }
        Fate::None => load.none(running),
        Fate::Err => return load.failed(running).and_then(|old| reopened::<S>(&old)).unwrap_or(returned),
    };
    landing.land().await;
    returned
}

/// A value that was read before, to be returned after all.
pub(super) fn reopened<S>(old: &Payload) -> Option<S::Return>
where
    S: Shape,
    S::Value: CacheValue,
{
    match decode::<S::Value>(old, true).ok()?.value {
        Some(value) => Some(S::some(value)),
        None => S::none(),
    }
}
