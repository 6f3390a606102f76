//! The first half of an annotated read: is there a value, and if not, who loads it.

use std::borrow::Borrow;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::fill::Fill;
use super::find::{Found, find};
use super::key::KeyOf;
use super::shape::{CacheValue, Shape};
use super::sharing::Sharing;
use super::site::Site;
use crate::cache::{Cache, Handle};
use crate::call;
use crate::engine::{self, Load, Lookup};
use crate::outcome::{Level, Outcome, Status};
use crate::policy::Policy;

/// What an expansion knows of a call before the body runs.
pub struct Call<'a> {
    #[expect(dead_code, reason = "names the call site in a debugger; later policies read it")]
    site: &'static Site,
    cache: Option<&'a Cache>,
    bypass: bool,
    ttl: Option<Duration>,
    none_ttl: Option<Duration>,
    policy: Policy,
    detached: bool,
}

impl<'a> Call<'a> {
    /// A call with the key's own settings.
    pub fn new(site: &'static Site) -> Self {
        Self { site, cache: None, bypass: false, ttl: None, none_ttl: None, policy: Policy::new(), detached: false }
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

/// What to do next.
pub enum Entry<S: Shape> {
    /// Return this.
    Ready(S::Return),
    /// Run the body.
    Load(Fill<S>),
}

/// A key that is being looked up. What the local tier holds is there at once.
pub struct Enter<S: Shape, F> {
    held: Option<S::Return>,
    /// Boxed: it is large, and most functions with a local tier seldom need it.
    search: Option<Pin<Box<F>>>,
}

/// What is held is given away, never pinned; the box is `Unpin` itself.
impl<S: Shape, F> Unpin for Enter<S, F> {}

impl<S: Shape, F: Future<Output = Entry<S>>> Future for Enter<S, F> {
    type Output = Entry<S>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Entry<S>> {
        match (self.held.take(), &mut self.search) {
            (Some(held), _) => Poll::Ready(Entry::Ready(held)),
            (None, Some(search)) => search.as_mut().poll(context),
            (None, None) => Poll::Pending,
        }
    }
}

/// Looks the key up.
pub fn enter<'a, S, K>(
    call: Call<'a>,
    _shape: S,
    key: K,
    sharing: Option<Sharing<S::Value>>,
) -> Enter<S, impl Future<Output = Entry<S>>>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    let cache: Handle<'a> = match call.cache {
        Some(cache) => Handle::Borrowed(cache),
        None => Cache::ambient(),
    };
    if let Some(held) = sharing.and_then(|sharing| held::<S, K>(&cache, &call, &key, sharing)) {
        return Enter { held: Some(held), search: None };
    }
    let cache = match cache {
        Handle::Borrowed(cache) => cache.clone(),
        Handle::Owned(cache) => cache,
    };
    Enter { held: None, search: Some(Box::pin(search(cache, call, key, sharing))) }
}

/// What the local tier holds.
fn held<S, K>(cache: &Cache, call: &Call<'_>, key: &K, sharing: Sharing<S::Value>) -> Option<S::Return>
where
    S: Shape,
    K: KeyOf<S::Value>,
{
    if call.bypass {
        return None;
    }
    let mut found = None;
    engine::serve_held(cache, call.policy.local, key, &mut |value| {
        found = match value {
            None => S::none(),
            Some(held) => (sharing.give)(&**held).filter(|value| key.accepts(value)).map(S::some),
        };
        found.is_some()
    });
    found
}

async fn search<S, K>(cache: Cache, call: Call<'_>, key: K, sharing: Option<Sharing<S::Value>>) -> Entry<S>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    let resource = key.spec().resource;
    let lookup = Lookup {
        cache: &cache,
        ttl: call.ttl,
        none_ttl: call.none_ttl,
        policy: call.policy.or(key.spec().policy).or(cache.0.settings.policy),
        wants_none: S::none().is_some(),
        detached: call.detached,
        mode: if call.bypass { call::Mode::Bypass } else { call::mode() },
    };
    match find(lookup, &key, sharing).await {
        Found::Served(value) => match value.map_or_else(S::none, |value| Some(S::some(value))) {
            Some(found) => Entry::Ready(found),
            // Excluded by `wants_none`; running the body is right all the same.
            None => Entry::Load(Fill::new(
                Load::uncached(cache.clone(), resource, Outcome::new(Status::Bypass, Level::Body)),
                None,
            )),
        },
        Found::Renew(value, load) => match value.map_or_else(S::none, |value| Some(S::some(value))) {
            Some(now) => Entry::Load(Fill::behind(now, load, sharing).tags(key.late_tags())),
            // Excluded by `wants_none` as well.
            None => Entry::Load(Fill::new(load, sharing)),
        },
        Found::Load(load) => Entry::Load(Fill::new(load, sharing).tags(key.late_tags())),
    }
}
