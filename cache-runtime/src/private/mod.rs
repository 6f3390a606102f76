//! What the macros' expansions call. Not part of the public interface: it changes without notice.

mod enter;
mod fill;
mod infer;
mod key;
mod shape;
mod site;
mod write;

pub use std::borrow::Cow;
pub use std::time::Duration;

pub use inventory;

pub use self::enter::{Call, Entry, enter};
pub use self::fill::{Decision, Fill, load};
pub use self::infer::{TagText, fate, probe, stored_under, typed_target, value_name};
pub use self::key::{EntryKey, KeyOf, ParsedKey, SameValue, Typed, key_field};
pub use self::shape::{CacheValue, Fate, Opt, Plain, Probe, Res, ResOpt, Shape, ViaOption, ViaPlain, ViaResult, ViaResultOption};
pub use self::site::{KeyRef, Kind, Site, SiteRef, Target, TargetSpec};
pub use self::write::{SlotId, Write};
pub use crate::key::{CacheKey, KeyPart, KeySpec, KeyWriter, Tenancy, TypedKey, Version};

/// Calls `function` with `value`, so that a closure written in an attribute learns its parameter's type.
pub fn apply<V: ?Sized, O>(value: &V, function: impl FnOnce(&V) -> O) -> O {
    function(value)
}
