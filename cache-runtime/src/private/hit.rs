//! A hit of the local tier, which is returned before anything is awaited.

use super::enter::Gist;
use super::key::KeyOf;
use super::shape::Shape;
use super::sharing::{Held, Way};
use crate::cache::{Cache, Handle};
use crate::engine::{self, Wanted};
use crate::local::Take;
use crate::scope;

/// What is near to this thread and given away as it is, which most hits are: what others need is not made for it.
#[inline(always)]
pub(super) fn shared<S, K, W>(call: &Gist<'_>, key: &K, way: W) -> Option<S::Return>
where
    S: Shape,
    K: KeyOf<S::Value>,
    W: Way<S::Value>,
{
    // Asked here, so that a program with scopes does nothing twice.
    if !W::IS_SHARED || scope::any() || call.bypass || key.is_picky() {
        return None;
    }
    let cache = match call.cache {
        Some(cache) => cache,
        None => Cache::usual()?,
    };
    let spec = key.spec();
    if spec.suffix.is_some() || !engine::may_be_held(cache, call.local, spec) {
        return None;
    }
    let held = engine::share_held(cache, spec, &key.short()?)?;
    let given = way.given(held);
    if given.is_none() {
        engine::not_shared(cache, spec);
    }
    Some(S::some(given?))
}

/// What the local tier holds; the cache where it holds nothing.
#[inline(always)]
pub(super) fn held<'a, S, K, W>(call: &Gist<'a>, key: &K, way: W) -> Result<S::Return, Handle<'a>>
where
    S: Shape,
    K: KeyOf<S::Value>,
    W: Way<S::Value>,
{
    let cache = match call.cache {
        Some(cache) => Handle::Borrowed(cache),
        None => Cache::ambient(),
    };
    if way.holds() && !call.bypass {
        let spec = key.spec();
        if engine::may_be_held(&cache, call.local, spec) {
            // Looked at here, where the type of the key is known.
            let short = if spec.suffix.is_none() { key.short() } else { None };
            let mut taking = Taking::<S, W> { key: if key.is_picky() { Some(key) } else { None }, way, found: None };
            engine::serve_held(&cache, &Wanted { key, spec, short }, &mut taking);
            if let Some(found) = taking.found {
                return Ok(found);
            }
        }
    }
    Err(cache)
}

/// Takes what the local tier holds.
pub(super) struct Taking<'a, S: Shape, W> {
    /// Where it may refuse a value.
    pub(super) key: Option<&'a dyn KeyOf<S::Value>>,
    pub(super) way: W,
    pub(super) found: Option<S::Return>,
}

impl<S: Shape, W: Way<S::Value>> Take for Taking<'_, S, W> {
    fn take(&mut self, value: Option<&Held>) -> bool {
        self.found = match value {
            None => S::none(),
            Some(held) => match self.way.give(held) {
                Some(value) if self.key.is_none_or(|key| key.accepts(&value)) => Some(S::some(value)),
                _ => None,
            },
        };
        self.found.is_some()
    }

    fn copy(&self, value: &Held) -> Option<Held> {
        self.way.copy(value)
    }
}
