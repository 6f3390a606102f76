//! One call, as seen by who knows the type of its value: decodes what the engine offers.

use std::task::{Context, Poll, ready};

use super::enter::{Call, Entry};
use super::fill::Fill;
use super::hit::Taking;
use super::key::{EntryKey, KeyOf};
use super::shape::{CacheValue, Fate, Shape};
use super::sharing::{Held, Sharing};
use crate::cache::Handle;
use crate::call;
use crate::engine::{Accepted, Driven, Found, Load, Lookup, Offered, Unstored};
use crate::outcome::Status;
use crate::policy::Policy;
use crate::wire::{DecodeError, value};

/// Begins to look a key up: in the flights of others, and in the store. `Err` where the body is to run at once, and nothing is stored.
pub(super) fn ask<'a>(
    cache: Handle<'a>,
    call: &Call<'_>,
    key: &dyn EntryKey,
    wants_none: bool,
    holds: bool,
) -> Result<Driven<'a>, Box<Unstored>> {
    // As the breaker is open.
    let refused = if call.bypass { Err(cache) } else { Unstored::refused(cache, &call.policy, call.none_ttl, key) };
    let cache = match refused {
        Ok(refused) => return Err(refused),
        Err(cache) => cache,
    };
    let (spec, settings) = (key.spec(), &cache.0.settings);
    let lookup = Lookup {
        ttl: call.ttl.or(spec.ttl).unwrap_or(settings.default_ttl),
        none_ttl: call.none_ttl.or(spec.none_ttl),
        own_policy: Policy::own(&call.policy, &spec.policy, &settings.policy),
        wants_none,
        detached: call.detached,
        mode: if call.bypass { call::Mode::Bypass } else { call::mode() },
        cache,
    };
    Driven::begin(lookup, key, holds)
}

/// Goes on until there is a value, or the body is to run.
pub(super) fn poll<S>(
    asking: &mut Driven<'_>,
    key: &dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
    context: &mut Context<'_>,
) -> Poll<Entry<S>>
where
    S: Shape,
    S::Value: CacheValue,
{
    loop {
        let mut found = None;
        let refused = match ready!(asking.poll(context, key)) {
            Found::Load(begun) => return load(begun, None, key, sharing),
            Found::Offer(mut offer) => match offered::<S>(&offer, key, sharing, &mut found) {
                Ok(held) => match offer.accept(held) {
                    Accepted::Serve => match found {
                        Some(found) => return Poll::Ready(Entry::Ready(found)),
                        // Excluded by `wants_none`; running the body is right all the same.
                        None => return load(offer.uncached(Status::Bypass), None, key, sharing),
                    },
                    Accepted::Renew(begun) => return load(begun, found, key, sharing),
                    Accepted::Load(begun) => return load(begun, None, key, sharing),
                },
                Err(refused) => refused,
            },
        };
        asking.refuse(refused, key);
    }
}

#[inline(never)]
fn load<S: Shape>(
    begun: Load,
    now: Option<S::Return>,
    key: &dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
) -> Poll<Entry<S>> {
    Poll::Ready(Entry::Load(Fill::new(begun, now, sharing, key.late_tags())))
}

/// Makes of what is offered what is returned, in its place, as values are large; and what is to be held, if anything is.
fn offered<S>(
    asking: &Offered<'_, '_>,
    key: &dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
    found: &mut Option<S::Return>,
) -> Result<Option<Held>, DecodeError>
where
    S: Shape,
    S::Value: CacheValue,
{
    if sharing.is_some() && asking.may_share() {
        *found = shared::<S>(asking, key, sharing);
        if found.is_some() {
            return Ok(None);
        }
    }
    let Some((json, holds)) = asking.json() else {
        *found = S::none();
        return Ok(None);
    };
    // Not by `?` and `insert`, each of which moves the value once more.
    match value(json) {
        Ok(value) => *found = Some(S::some(value)),
        Err(error) => return Err(error),
    }
    let value = match found.as_ref().map(S::fate) {
        Some(Fate::Value(value)) if key.accepts(value) => value,
        _ => return Err(DecodeError::Rejected),
    };
    Ok(match sharing {
        Some(sharing) if holds => Some((sharing.hold)(value)),
        _ => None,
    })
}

/// What another caller of this process has just had decoded or loaded, if this one waited for it and it is held.
fn shared<S: Shape>(
    asking: &Offered<'_, '_>,
    key: &dyn KeyOf<S::Value>,
    way: Option<Sharing<S::Value>>,
) -> Option<S::Return> {
    let mut taking = Taking::<S, _> { key: Some(key), way, found: None };
    asking.share(&mut taking);
    taking.found
}
