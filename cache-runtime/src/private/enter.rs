//! The first half of an annotated read: is there a value, and if not, who loads it.

use std::borrow::Borrow;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::fill::Fill;
use super::find::{ask, poll};
use super::hit::{held, shared};
use super::key::KeyOf;
use super::shape::{CacheValue, Shape};
use super::sharing::Way;
use crate::cache::Cache;
use crate::engine::{Driven, Unstored};
use crate::policy::Policy;

/// What an expansion knows of a call before the body runs.
pub struct Call<'a> {
    cache: Option<&'a Cache>,
    pub(super) bypass: bool,
    pub(super) ttl: Option<Duration>,
    pub(super) none_ttl: Option<Duration>,
    pub(super) policy: Policy,
    pub(super) detached: bool,
}

/// Nothing is said of the call.
impl From<()> for Call<'_> {
    fn from((): ()) -> Self {
        Self::new()
    }
}

/// What is said of a call, or nothing: it is written out for who asks the store.
pub trait Calling<'a>: Into<Call<'a>> {
    /// What the local tier has to know of it.
    fn gist(&self) -> Gist<'a>;
}

/// What the local tier has to know of a call.
#[derive(Default)]
pub struct Gist<'a> {
    pub(super) cache: Option<&'a Cache>,
    pub(super) bypass: bool,
    pub(super) local: Option<Duration>,
}

impl<'a> Calling<'a> for () {
    #[inline(always)]
    fn gist(&self) -> Gist<'a> {
        Gist::default()
    }
}

impl<'a> Calling<'a> for Call<'a> {
    #[inline(always)]
    fn gist(&self) -> Gist<'a> {
        Gist { cache: self.cache, bypass: self.bypass, local: self.policy.local }
    }
}

impl<'a> Call<'a> {
    /// A call with the key's own settings.
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    pub fn new() -> Self {
        let (none_ttl, policy) = (None, Policy::new());
        Self { cache: None, bypass: false, ttl: None, none_ttl, policy, detached: false }
    }

    /// A call of no annotated function.
    pub(crate) fn through(cache: &'a Cache) -> Self {
        Self { cache: Some(cache), ..Self::new() }
    }

    /// `cache = ..`.
    #[must_use]
    pub fn cache<C: Borrow<Cache> + ?Sized>(mut self, cache: &'a C) -> Self {
        self.cache = Some(cache.borrow());
        self
    }

    /// `bypass = ..`.
    #[must_use]
    pub fn bypass(mut self, bypass: bool) -> Self {
        self.bypass |= bypass;
        self
    }

    /// `ttl = ..`, where it does not depend on the value.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The freshness policies of the attribute.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The body can run in the background.
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// `cache_none = ..`.
    #[must_use]
    pub fn none_ttl(mut self, ttl: Duration) -> Self {
        self.none_ttl = Some(ttl);
        self
    }
}

/// What to do next: an expansion looks for what it can return, and hands on the rest as it is.
pub enum Entry<S: Shape> {
    /// Return this.
    Ready(S::Return),
    /// Run the body.
    Load(Box<Fill<S>>),
    /// Run the body, whose value is not stored.
    Alone(Alone),
}

/// Leave to run a body whose value is not stored. Boxed, as a hit would have to carry its size as well.
pub struct Alone(pub(super) Box<Unstored>);

/// What the local tier says. An expansion returns what it holds before anything is awaited: a hit is so short that to keep it
/// in the future would be a part of it.
pub enum Entered<'a, S: Shape, K, W> {
    /// Return this.
    Hit(S::Return),
    /// Ask on.
    Miss(Enter<'a, S, K, W>),
}

/// A key that is being looked up.
///
/// Written out: what depends on the type of the key is no more than this.
pub enum Enter<'a, S: Shape, K, W> {
    /// The body is to run, and nothing is asked: until that is given away.
    Over(Option<Alone>, PhantomData<S>),
    /// The store and other callers are asked.
    Search(Driven<'a>, K, W),
}

/// What is held and the key are given away or lent, never pinned; the box is `Unpin` itself.
impl<S: Shape, K, W> Unpin for Enter<'_, S, K, W> {}

impl<S, K, W> Future for Enter<'_, S, K, W>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
    W: Way<S::Value>,
{
    type Output = Entry<S>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Entry<S>> {
        match &mut *self {
            Self::Over(alone, _) => match alone.take() {
                Some(alone) => Poll::Ready(Entry::Alone(alone)),
                None => Poll::Pending,
            },
            Self::Search(asking, key, way) => poll::<S>(asking, key, way.sharing(), context),
        }
    }
}

/// Looks the key up. What is found has this shape, and is held in this way.
pub fn enter<'a, S, K, W>(call: impl Calling<'a>, found: (S, W), key: K) -> Entered<'a, S, K, W>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
    W: Way<S::Value>,
{
    let (_, way) = found;
    let gist = call.gist();
    if let Some(shared) = shared::<S, K, W>(&gist, &key, way) {
        return Entered::Hit(shared);
    }
    let cache = match held::<S, K, W>(&gist, &key, way) {
        Ok(held) => return Entered::Hit(held),
        Err(cache) => cache,
    };
    Entered::Miss(match ask(cache, &call.into(), &key, S::none().is_some(), way.holds()) {
        Ok(asking) => Enter::Search(asking, key, way),
        Err(load) => Enter::Over(Some(Alone(load)), PhantomData),
    })
}
