//! The second half of an annotated read: runs the body and stores what it returned.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use serde::Serialize;
use tokio::time::Instant;

use super::enter::{Alone, Entry};
use super::shape::{CacheValue, Fate, Shape};
use super::sharing::Sharing;
use super::tags::ValueTag;
use crate::cache::Cache;
use crate::engine::{Around, Load, Running};
use crate::wire::{Body, DecodeError, Payload, value};

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

impl<V> Late<V> {
    const fn nothing() -> Self {
        Self { tags: Vec::new(), sharing: None }
    }
}

impl<S: Shape> Fill<S> {
    /// `tags` are those of the key that name the value. Boxed, as it has room for a value, and passes through many hands.
    pub(super) fn new(
        load: Load,
        now: Option<S::Return>,
        sharing: Option<Sharing<S::Value>>,
        tags: Vec<ValueTag<S::Value>>,
    ) -> Box<Self> {
        Box::new(Self { load, now, late: Late { tags, sharing } })
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
    fn also<V>(mut self, tags: &[ValueTag<V>], value: &V) -> Self {
        for tag in tags {
            self.tags.push(tag.of(value));
        }
        self
    }
}

/// Asks what is to become of a value, once.
pub(super) trait Decide<V> {
    fn decide(&mut self, value: &V) -> Decision;
}

impl<V, D: FnOnce(&V) -> Decision> Decide<V> for Option<D> {
    fn decide(&mut self, value: &V) -> Decision {
        self.take().map_or(Decision::new(), |decide| decide(value))
    }
}

pin_project! {
    /// A body that runs and fills. Written out: what depends on the body's type is no more than this, and the rest is compiled
    /// once for each return type.
    #[must_use]
    pub struct Run<S: Shape, B, D = fn(&<S as Shape>::Value) -> Decision> {
        going: Going<S>,
        #[pin]
        body: B,
        decide: Option<D>,
    }
}

/// Runs the body and fills. A caller that is not patient is given an old value, or `late`, when its time is over.
pub(super) fn run<S: Shape, B, D>(
    entry: Entry<S>,
    body: B,
    decide: Option<D>,
    late: Option<fn() -> S::Return>,
    limited: bool,
) -> Run<S, B, D> {
    Run { going: Going::of(entry, late, limited), body, decide }
}

impl<S: Shape, B, D> Run<S, B, D> {
    /// What the attribute says about the value.
    pub fn decide<E: FnOnce(&S::Value) -> Decision>(self, decide: E) -> Run<S, B, E> {
        Run { going: self.going, body: self.body, decide: Some(decide) }
    }
}

impl<S, B, D> Future for Run<S, B, D>
where
    S: Shape,
    S::Value: CacheValue,
    B: Future<Output = S::Return>,
    D: FnOnce(&S::Value) -> Decision,
{
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<S::Return> {
        let this = self.project();
        this.going.poll(this.body, this.decide, context)
    }
}

/// What is known of the types.
struct Going<S: Shape> {
    progress: Progress,
    value: Late<S::Value>,
    late: Option<fn() -> S::Return>,
    /// What the body gave, while that is stored.
    returned: Option<S::Return>,
}

/// How far it is.
struct Progress {
    /// Until the body begins.
    load: Option<Load>,
    /// While it runs. What is around it stays where it is: it is large.
    running: Option<Running>,
    around: Option<Around>,
    /// Whether its caller may give up, and whether it has something to return then.
    limited: Option<bool>,
    end: Option<Instant>,
    landing: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Progress {
    /// Polls the body, which says whether it is ready. Ready with `false` once its caller gives up.
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        body: &mut dyn FnMut(&mut Context<'_>) -> bool,
    ) -> Poll<Option<(Running, bool)>> {
        if let Some(load) = self.load.take() {
            self.end = self.limited.and_then(|late| load.patience(late));
            self.around = Some(load.around(self.end));
            self.running = Some(load.start());
        }
        let (Some(running), Some(around)) = (&self.running, &mut self.around) else { return Poll::Ready(None) };
        let mut ended = false;
        if let Poll::Ready(entered) = around.enter(context) {
            ended = body(context);
            drop(entered);
        }
        if !ended {
            ready!(around.pending(running, context));
        }
        self.around = None;
        Poll::Ready(self.running.take().map(|running| (running, ended)))
    }

    fn landed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.landing {
            Some(landing) => landing.as_mut().poll(context),
            None => Poll::Ready(()),
        }
    }
}

impl<S: Shape> Going<S> {
    /// What needs no body was returned before; if not, it is now.
    fn of(entry: Entry<S>, late: Option<fn() -> S::Return>, limited: bool) -> Self {
        let (load, value, returned) = match entry {
            Entry::Load(fill) => {
                let Fill { load, late, .. } = *fill;
                (Some(load), late, None)
            }
            Entry::Alone(Alone(load)) => (Some(load.into()), Late::nothing(), None),
            Entry::Ready(returned) => (None, Late::nothing(), Some(returned)),
        };
        let limited = if limited { Some(late.is_some()) } else { None };
        let progress = Progress { load, running: None, around: None, limited, end: None, landing: None };
        Self { progress, value, late, returned }
    }
}

impl<S: Shape> Going<S>
where
    S::Value: CacheValue,
{
    fn poll(
        &mut self,
        mut body: Pin<&mut dyn Future<Output = S::Return>>,
        decide: &mut dyn Decide<S::Value>,
        context: &mut Context<'_>,
    ) -> Poll<S::Return> {
        let Self { progress, returned, .. } = self;
        let polled = progress.poll(context, &mut |context| match body.as_mut().poll(context) {
            Poll::Ready(value) => {
                *returned = Some(value);
                true
            }
            Poll::Pending => false,
        });
        match ready!(polled) {
            Some((running, false)) => {
                if let Some((cache, resource, old)) = left(running) {
                    return Poll::Ready(early::<S>(&cache, resource, old.as_ref(), self.late, false));
                }
            }
            Some((running, true)) => self.end(running, decide),
            None => {}
        }
        ready!(self.progress.landed(context));
        match self.returned.take() {
            Some(returned) => Poll::Ready(returned),
            None => Poll::Pending,
        }
    }

    /// The body has returned.
    fn end(&mut self, running: Running, decide: &mut dyn Decide<S::Value>) {
        let Some(returned) = &self.returned else { return };
        let landing = match S::fate(returned) {
            Fate::Value(found) => {
                let decision = decide.decide(found).also(&self.value.tags, found);
                match self.value.sharing {
                    Some(sharing) => running.value(&mut json(found), decision, Some(&|| (sharing.hold)(found))),
                    None => running.value(&mut json(found), decision, None),
                }
            }
            Fate::None => running.none(),
            Fate::Err => {
                if let Some(old) = running.failed()
                    && let Some(old) = reopened::<S>(&old)
                {
                    self.returned = Some(old);
                }
                return;
            }
        };
        self.progress.landing = landing.land(self.progress.end);
    }
}

/// The body is given up.
fn left(running: Running) -> Option<(Cache, &'static str, Option<Payload>)> {
    let load = running.load()?;
    Some((load.cache(), load.resource(), load.old()))
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
    match (stale, late) {
        (Some(stale), _) => stale,
        (None, Some(late)) => late(),
        (None, None) => unreachable!("one of the two ended the wait"),
    }
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
    for loosely in [false, true] {
        let Body { content, .. } = Body::open(old, true, loosely).ok()?;
        if content.none {
            return S::none();
        }
        match value(content.json(old)) {
            Ok(value) => return Some(S::some(value)),
            Err(DecodeError::Malformed) => {}
            Err(_) => return None,
        }
    }
    None
}
