//! What expansions learn from a type that they cannot spell.

use std::any::type_name;

use super::key::KeyOf;
use super::shape::{CacheValue, Fate, Probe, Shape};
use super::site::TargetSpec;
use super::tags::ValueTag;
use crate::key::{TypedKey, Version};
use crate::schema::CacheSchema;

/// The probe for the type of `returned`, where the type has no name (`impl Trait`).
pub fn probe<R>(returned: &R) -> Probe<R> {
    let _ = returned;
    Probe::NEW
}

/// How a returned value came out, given its shape.
pub fn fate<S: Shape>(shape: S, returned: &S::Return) -> Fate<'_, S::Value> {
    let _ = shape;
    S::fate(returned)
}

/// The name of the type of the value inside.
pub fn value_name<S: Shape>(shape: S) -> &'static str {
    let _ = shape;
    type_name::<S::Value>()
}

/// `version = auto`.
pub fn auto_version<S: Shape>(shape: S) -> Version
where
    S::Value: CacheSchema,
{
    let _ = shape;
    Version::Auto(<S::Value as CacheSchema>::FINGERPRINT)
}

/// The facts of a typed key whose type can be named.
pub const fn typed_target<K: TypedKey>() -> TargetSpec {
    TargetSpec::Typed { spec: || K::SPEC, value: || type_name::<K::Value>(), key: || type_name::<K>() }
}

/// A key, and the tags that the value which is stored under it will add.
pub struct Stored<K, V> {
    pub(super) key: K,
    pub(super) tags: Vec<ValueTag<V>>,
}

/// The key, if what the function returns can be stored under it.
pub fn stored_under<S, K>(shape: S, key: K) -> Stored<K, S::Value>
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    let _ = shape;
    Stored { tags: key.late_tags(), key }
}
