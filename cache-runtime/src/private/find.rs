//! One call, as seen by who knows the type of its value: decodes what the engine offers.

use super::enter::{Call, Entry, Taking};
use super::fill::Fill;
use super::key::{EntryKey, KeyOf};
use super::shape::{CacheValue, Shape};
use super::sharing::{Held, Sharing};
use crate::cache::Cache;
use crate::call;
use crate::engine::{Accepted, Answer, Asking, Load, Lookup};
use crate::outcome::{Level, Outcome, Status};
use crate::wire::{DecodeError, value};

/// Begins to look a key up: in the flights of others, and in the store. `Err` where the call leaves the cache out.
pub(super) fn ask<'a, S: Shape>(
    cache: &'a Cache,
    call: &Call<'_>,
    key: &'a dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
) -> Result<Box<Asking<'a>>, Box<Fill<S>>> {
    asking(cache, call, key, S::none().is_some(), sharing.is_some())
        .map_err(|load| Fill::new(load, None, sharing, key.late_tags()))
}

fn asking<'a>(
    cache: &'a Cache,
    call: &Call<'_>,
    key: &'a dyn EntryKey,
    wants_none: bool,
    holds: bool,
) -> Result<Box<Asking<'a>>, Load> {
    let lookup = Lookup {
        cache,
        ttl: call.ttl,
        none_ttl: call.none_ttl,
        policy: call.policy.or(key.spec().policy).or(cache.0.settings.policy),
        wants_none,
        detached: call.detached,
        mode: if call.bypass { call::Mode::Bypass } else { call::mode() },
    };
    Asking::new(lookup, key, holds)
}

/// Takes what is offered, if it is a value.
pub(super) fn take<S>(
    cache: &Cache,
    asking: &mut Asking<'_>,
    answer: Answer,
    key: &dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
) -> Result<Entry<S>, DecodeError>
where
    S: Shape,
    S::Value: CacheValue,
{
    let mut now = None;
    let mut found = |asking: &Asking<'_>| {
        if let Some(sharing) = &sharing {
            now = shared::<S>(asking, key, sharing);
            if now.is_some() {
                return Ok(None);
            }
        }
        let Some((json, holds)) = asking.json() else {
            now = S::none();
            return Ok(None);
        };
        let value = value(json)?;
        if !key.accepts(&value) {
            return Err(DecodeError::Rejected);
        }
        let held = match &sharing {
            Some(sharing) if holds => Some((sharing.hold)(&value)),
            _ => None,
        };
        now = Some(S::some(value));
        Ok(held)
    };
    let (load, behind) = accepted(asking, answer, &mut found)?;
    let load = match load {
        Some(load) => load,
        None => match now {
            Some(now) => return Ok(Entry::Ready(now)),
            // Excluded by `wants_none`; running the body is right all the same.
            None => return Ok(Entry::Load(Fill::new(uncached(cache, key), None, None, Vec::new()))),
        },
    };
    if !behind {
        now = None;
    }
    Ok(Entry::Load(Fill::new(load, now, sharing, key.late_tags())))
}

/// What another caller of this process has just had decoded or loaded, if this one waited for it and it is held.
fn shared<S: Shape>(asking: &Asking<'_>, key: &dyn KeyOf<S::Value>, sharing: &Sharing<S::Value>) -> Option<S::Return> {
    let mut taking = Taking::<S> { key, sharing, found: None };
    asking.share(&mut taking);
    taking.found
}

/// Makes a value of what is offered; gives it as it is to be held, if it is.
type Found<'a> = dyn FnMut(&Asking<'_>) -> Result<Option<Held>, DecodeError> + 'a;

/// A load, if there is to be one, and whether it is behind its caller.
fn accepted(
    asking: &mut Asking<'_>,
    answer: Answer,
    found: &mut Found<'_>,
) -> Result<(Option<Load>, bool), DecodeError> {
    if let Answer::Load(load) = answer {
        return Ok((Some(load), false));
    }
    let held = found(asking)?;
    Ok(match asking.accept(held) {
        Accepted::Serve => (None, false),
        Accepted::Renew(load) => (Some(load), true),
        Accepted::Load(load) => (Some(load), false),
    })
}

#[cold]
fn uncached(cache: &Cache, key: &dyn EntryKey) -> Load {
    Load::uncached(cache.clone(), key.spec().resource, Outcome::new(Status::Bypass, Level::Body))
}
