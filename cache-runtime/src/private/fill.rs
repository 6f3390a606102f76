//! The second half of an annotated read: runs the body and stores what it returned.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;

use super::nested::Nested;
use super::shape::{CacheValue, Fate, Shape};
use super::sharing::{Held, Sharing};
use super::tags::ValueTag;
use crate::cache::Cache;
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
    pub(crate) fn new(load: Load, sharing: Option<Sharing<S::Value>>) -> Self {
        Self { load, now: None, late: Late { tags: Vec::new(), sharing } }
    }

    pub(super) fn behind(now: S::Return, load: Load, sharing: Option<Sharing<S::Value>>) -> Self {
        Self { now: Some(now), ..Self::new(load, sharing) }
    }

    /// Tags of the key that name the value.
    pub(crate) fn tags(mut self, tags: Vec<ValueTag<S::Value>>) -> Self {
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

/// Runs the body and fills. A caller that is not patient is given an old value, or `late`, when its time is over.
pub(crate) async fn run<S, B, D>(
    fill: Fill<S>,
    body: Pin<&mut B>,
    decide: D,
    late: Option<fn() -> S::Return>,
    limited: bool,
) -> S::Return
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    let Fill { load, late: value, .. } = fill;
    let end = if limited { load.patience(late.is_some()) } else { None };
    let running = load.start();
    let Some(returned) = (Nested { body, around: load.around(end) }).await else {
        let (cache, resource, old) = (load.cache(), load.resource(), load.old());
        drop((running, load));
        return early::<S>(&cache, resource, old.as_ref(), late, false);
    };
    let landing = match S::fate(&returned) {
        Fate::Value(found) => {
            let decision = decide(found).also(&value.tags, found);
            let hold = value.sharing.map(|sharing| move || (sharing.hold)(found));
            load.value(running, &mut json(found), decision, hold.as_ref().map(|hold| hold as &dyn Fn() -> Held))
        }
        Fate::None => load.none(running),
        Fate::Err => return load.failed(running).and_then(|old| reopened::<S>(&old)).unwrap_or(returned),
    };
    landing.land(end).await;
    returned
}

/// What is returned before the body has ended.
pub(super) fn early<S>(
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

/// Writes a value as JSON.
pub(crate) fn json<V: Serialize + ?Sized>(value: &V) -> impl FnMut(&mut Vec<u8>) -> serde_json::Result<()> {
    move |out| serde_json::to_writer(out, value)
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
