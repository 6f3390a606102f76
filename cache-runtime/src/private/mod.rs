//! What the macros' expansions call. Not part of the public interface: it changes without notice.

mod detach;
mod enter;
mod fill;
mod find;
mod hit;
mod infer;
mod key;
mod parsed;
mod patience;
mod shape;
mod sharing;
mod site;
mod start;
mod tags;
mod way;
mod work;
mod write;

pub use std::borrow::Cow;
pub use std::time::Duration;

pub use self::detach::{Detach, LoadTimeout, Own, TimedOut, late, own};
pub use self::enter::Entered::{self, Hit, Miss};
pub use self::enter::Entry::{self, Ready};
pub use self::enter::{Call, enter};
pub(crate) use self::fill::json;
pub use self::fill::{Decision, Fill, Run};
pub use self::infer::{Stored, auto_version, fate, probe, stored_under};
pub use self::key::{EntryKey, KeyOf, SameValue, Typed, field};
pub use self::parsed::{NoSuffix, NoTags, NoTenant, ParsedKey, SuffixOf, TagsOf, TenantOf};
pub use self::patience::{load, load_detached, load_within};
pub use self::shape::{
    CacheValue, Fate, Opt, Plain, Probe, Res, ResOpt, Shape, ViaOption, ViaPlain, ViaResult, ViaResultOption, plain,
};
pub(crate) use self::sharing::Held;
pub use self::sharing::{Shareable, Sharing, Way};
pub use self::site::{KeyRef, Kind, Site, Target, TargetSpec};
pub use self::start::list;
pub use self::tags::{TagText, ValueTag, tag_text};
pub use self::way::{ViaArc, ViaArcOfClone, ViaShareable, ViaUnshareable, must_share, share};
pub(crate) use self::work::Work;
pub use self::write::{SlotId, Write};
pub use crate::key::{CacheKey, KeyPart, KeySpec, KeyWriter, ShortKey, Tenancy, TypedKey, Version};
pub use crate::policy::{Policy, Refresh, Revalidate};
pub use crate::schema::{CacheSchema, Recursion, hash};

/// The traits by which method lookup finds shapes, for an expansion to bring into scope.
pub mod via {
    pub use super::{
        ViaArc as _, ViaArcOfClone as _, ViaOption as _, ViaPlain as _, ViaResult as _, ViaResultOption as _,
        ViaShareable as _, ViaUnshareable as _,
    };
}

/// What a return that is never reached gives: it tells the compiler the type of a body.
pub fn never<S: Shape>(_shape: S) -> S::Return {
    unreachable!("it stands behind `if false`")
}

/// A key with parts in its id and no tenant, as a part of another: its id, in parentheses.
pub fn group<K: TypedKey>(key: &K, out: &mut KeyWriter) {
    out.group(|out| key.write_id(out));
}

/// Calls `function` with `value`, so that a closure written in an attribute learns its parameter's type.
pub fn apply<V: ?Sized, O>(value: &V, function: impl FnOnce(&V) -> O) -> O {
    function(value)
}

/// Calls `function` with a key and a value, so that a closure written in an attribute learns its parameters' types.
pub fn validate<K: ?Sized, V: ?Sized>(key: &K, value: &V, function: impl FnOnce(&K, &V) -> bool) -> bool {
    function(key, value)
}

/// Writes a tenant, absent or not, and says which: what both `write_key` and `write_tenant` of a derived key call.
pub fn tenant<K: CacheKey + ?Sized>(tenant: &K, out: &mut KeyWriter) -> Tenancy {
    out.part(tenant);
    if tenant.is_absent() { Tenancy::Missing } else { Tenancy::Written }
}
