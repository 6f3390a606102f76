//! One call, as seen by who knows the type of its value: decodes what the engine offers.

use std::task::{Context, Poll, ready};

use super::enter::{Call, Entry, Taking};
use super::fill::Fill;
use super::key::{EntryKey, KeyOf};
use super::shape::{CacheValue, Shape};
use super::sharing::{Held, Sharing};
use crate::cache::Handle;
use crate::call;
use crate::engine::{Accepted, Answer, Asking, Driven, Load, Lookup};
use crate::outcome::Status;
use crate::wire::{DecodeError, value};

/// Begins to look a key up: in the flights of others, and in the store. `Err` where the body is to run at once.
pub(super) fn ask<'a, S: Shape>(
    cache: Handle<'a>,
    call: &Call<'_>,
    key: &dyn KeyOf<S::Value>,
    sharing: Option<Sharing<S::Value>>,
) -> Result<Driven<'a>, Box<Fill<S>>> {
    match asking(cache, call, key, S::none().is_some(), sharing.is_some()) {
        Ok(asking) => Ok(asking),
        Err(load) => Err(Fill::new(load, None, sharing, key.late_tags())),
    }
}

/// Of no type of value.
fn asking<'a>(
    cache: Handle<'a>,
    call: &Call<'_>,
    key: &dyn EntryKey,
    wants_none: bool,
    holds: bool,
) -> Result<Driven<'a>, Load> {
    // As the breaker is open.
    if !call.bypass
        && let Some(load) = Load::refused(&cache, &call.policy, call.none_ttl, key)
    {
        return Err(load);
    }
    let (spec, settings) = (key.spec(), &cache.0.settings);
    let lookup = Lookup {
        ttl: call.ttl.or(spec.ttl).unwrap_or(settings.default_ttl),
        none_ttl: call.none_ttl.or(spec.none_ttl),
        policy: call.policy.or(spec.policy).or(settings.policy),
        wants_none,
        detached: call.detached,
        mode: if call.bypass { call::Mode::Bypass } else { call::mode() },
        cache,
    };
    Ok(Asking::new(lookup, key, holds)?.drive(None))
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
        let (mut asked, answer) = ready!(asking.as_mut().poll(context));
        match take::<S>(&mut asked, answer, key, sharing) {
            Ok(entry) => return Poll::Ready(entry),
            Err(refused) => *asking = asked.drive(Some(refused)),
        }
    }
}

/// Takes what is offered, if it is a value.
fn take<S>(
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
            None => return Ok(Entry::Load(Fill::new(asking.uncached(Status::Bypass), None, None, Vec::new()))),
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
