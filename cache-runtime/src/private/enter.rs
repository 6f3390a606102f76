//! The first half of an annotated read: is there a value, and if not, who loads it.

use std::borrow::Borrow;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::fill::Fill;
use super::find::{ask, take};
use super::key::{EntryKey, KeyOf};
use super::shape::{CacheValue, Shape};
use super::sharing::{Held, Sharing};
use super::site::Site;
use crate::boxed::pinned;
use crate::cache::{Cache, Handle};
use crate::engine::{self, Load};
use crate::local::Take;
use crate::policy::Policy;

/// What an expansion knows of a call before the body runs.
pub struct Call<'a> {
    #[expect(dead_code, reason = "names the call site in a debugger; later policies read it")]
    site: Option<&'static Site>,
    cache: Option<&'a Cache>,
    pub(super) bypass: bool,
    pub(super) ttl: Option<Duration>,
    pub(super) none_ttl: Option<Duration>,
    pub(super) policy: Policy,
    pub(super) detached: bool,
}

impl From<&'static Site> for Call<'_> {
    fn from(site: &'static Site) -> Self {
        Self::new(site)
    }
}

/// A call, or a site where nothing is to be said of it: it is written out for who asks the store.
pub trait Calling<'a>: Into<Call<'a>> {
    /// What the local tier has to know of it.
    fn gist(&self) -> Gist<'a>;
}

/// What the local tier has to know of a call.
#[derive(Default)]
pub struct Gist<'a> {
    cache: Option<&'a Cache>,
    bypass: bool,
    local: Option<Duration>,
}

impl<'a> Calling<'a> for &'static Site {
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
    pub fn new(site: &'static Site) -> Self {
        Self {
            site: Some(site),
            cache: None,
            bypass: false,
            ttl: None,
            none_ttl: None,
            policy: Policy::new(),
            detached: false,
        }
    }

    /// A call of no annotated function.
    pub(crate) fn through(cache: &'a Cache) -> Self {
        let (none_ttl, policy) = (None, Policy::new());
        Self { site: None, cache: Some(cache), bypass: false, ttl: None, none_ttl, policy, detached: false }
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
}

/// A key that is being looked up. What the local tier holds is there at once.
pub struct Enter<S: Shape, F> {
    held: Option<S::Return>,
    next: Next<S, F>,
}

/// What there is to do where nothing is held.
enum Next<S: Shape, F> {
    /// Nothing.
    Over,
    /// Run the body.
    Load(Box<Fill<S>>),
    /// It is large, and most functions with a local tier seldom need it.
    Search(Pin<Box<F>>),
}

/// What is held is given away, never pinned; the box is `Unpin` itself.
impl<S: Shape, F> Unpin for Enter<S, F> {}

impl<S: Shape, F: Future<Output = Entry<S>>> Future for Enter<S, F> {
    type Output = Entry<S>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Entry<S>> {
        if let Some(held) = self.held.take() {
            return Poll::Ready(Entry::Ready(held));
        }
        if let Next::Search(search) = &mut self.next {
            return search.as_mut().poll(context);
        }
        match std::mem::replace(&mut self.next, Next::Over) {
            Next::Load(fill) => Poll::Ready(Entry::Load(fill)),
            Next::Over | Next::Search(_) => Poll::Pending,
        }
    }
}

/// Looks the key up.
pub fn enter<'a, S, K>(
    call: impl Calling<'a>,
    _shape: S,
    key: K,
    sharing: Option<Sharing<S::Value>>,
) -> Enter<S, impl Future<Output = Entry<S>>>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    let cache = match held::<S>(&call.gist(), &key, sharing) {
        Ok(held) => return Enter { held: Some(held), next: Next::Over },
        Err(cache) => cache,
    };
    let call = call.into();
    let next = match refused(&cache, &call, &key) {
        Some(load) => Next::Load(Fill::new(load, None, sharing, key.late_tags())),
        None => Next::Search(pinned(|| search(cache, call, key, sharing))),
    };
    Enter { held: None, next }
}

/// Leave to run the body at once, as the breaker is open.
fn refused(cache: &Cache, call: &Call<'_>, key: &dyn EntryKey) -> Option<Load> {
    if call.bypass { None } else { Load::refused(cache, &call.policy, call.none_ttl, key) }
}

/// What the local tier holds; the cache where it holds nothing.
#[inline(always)]
fn held<'a, S: Shape>(
    call: &Gist<'a>,
    key: &dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
) -> Result<S::Return, Handle<'a>> {
    let cache = match call.cache {
        Some(cache) => Handle::Borrowed(cache),
        None => Cache::ambient(),
    };
    if let Some(sharing) = sharing
        && !call.bypass
    {
        let mut taking = Taking::<S> { key, sharing: &sharing, found: None };
        engine::serve_held(&cache, call.local, key, &mut taking);
        if let Some(found) = taking.found {
            return Ok(found);
        }
    }
    Err(cache)
}

/// Takes what the local tier holds.
pub(super) struct Taking<'a, S: Shape> {
    pub(super) key: &'a dyn KeyOf<S::Value>,
    pub(super) sharing: &'a Sharing<S::Value>,
    pub(super) found: Option<S::Return>,
}

impl<S: Shape> Take for Taking<'_, S> {
    fn take(&mut self, value: Option<&Held>) -> bool {
        self.found = match value {
            None => S::none(),
            Some(held) => (self.sharing.give)(held).filter(|value| self.key.accepts(value)).map(S::some),
        };
        self.found.is_some()
    }

    fn copy(&self, value: &Held) -> Option<Held> {
        (self.sharing.copy)(value)
    }
}

/// What depends on the type of the key is no more than this.
#[expect(clippy::manual_async_fn, reason = "an async function holds its arguments twice")]
fn search<'a, S, K>(
    cache: Handle<'a>,
    call: Call<'a>,
    key: K,
    sharing: Option<Sharing<S::Value>>,
) -> impl Future<Output = Entry<S>> + use<'a, S, K>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    async move {
        let mut asking = match ask::<S>(&cache, &call, &key, sharing) {
            Ok(asking) => asking,
            Err(fill) => return Entry::Load(fill),
        };
        let mut refused = None;
        loop {
            let answer = asking.next(refused).await;
            match take::<S>(&cache, &mut asking, answer, &key, sharing) {
                Ok(entry) => return entry,
                Err(error) => refused = Some(error),
            }
        }
    }
}
