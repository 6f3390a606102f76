//! A key, whichever way it is spelled, behind one trait; and one that is a type.

use std::borrow::Cow;

use super::tags::ValueTag;
use crate::key::{KeyField, KeySpec, KeyWriter, ShortKey, Tenancy, TypedKey};

/// Makes a key's field from a borrowed parameter.
pub fn field<'a, P: ?Sized, F: KeyField<'a, P>>(parameter: &'a P) -> F {
    F::key_field(parameter)
}

/// Two names of one type.
#[diagnostic::on_unimplemented(
    message = "the key caches `{T}`, but this function returns `{Self}`",
    label = "not the value of this key",
    note = "return the key's value (or an `Option` or `Result` of it), or use a key whose `value` is `{Self}`"
)]
pub trait SameValue<T> {
    /// The same reference.
    fn same(&self) -> &T;
    /// The same tags.
    fn same_tags(tags: Vec<ValueTag<T>>) -> Vec<ValueTag<Self>>
    where
        Self: Sized;
}

impl<T> SameValue<T> for T {
    fn same(&self) -> &T {
        self
    }
    fn same_tags(tags: Vec<ValueTag<T>>) -> Vec<ValueTag<T>> {
        tags
    }
}

/// A key as the engine sees it.
pub trait EntryKey {
    /// Resource, version, suffix, ttl.
    fn spec(&self) -> &KeySpec;
    /// A suffix computed by the call, which wins over the one of the spec.
    fn suffix(&self) -> Option<Cow<'_, str>>;
    /// Writes the tenant.
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy;
    /// Writes the id.
    fn write_id(&self, out: &mut KeyWriter);
    /// What they write, where it is short, and there is no suffix. One call, as a local hit is about this long.
    fn short(&self) -> Option<ShortKey> {
        if self.suffix().is_some() {
            return None;
        }
        // Made here, so that a compiler knows in which state they are: of a number nothing is left but the number.
        let (mut tenant, mut id) = (KeyWriter::probing(), KeyWriter::probing());
        let tenancy = self.write_tenant(&mut tenant);
        self.write_id(&mut id);
        ShortKey::of(tenancy, &tenant, &id)
    }
    /// The tags of an entry under this key.
    fn tags(&self) -> Vec<Cow<'static, str>>;
}

/// A key under which a value of type `V` can be found.
pub trait KeyOf<V>: EntryKey {
    /// Whether a decoded value may be served.
    fn accepts(&self, value: &V) -> bool;
    /// Whether it refuses any.
    #[inline]
    fn is_picky(&self) -> bool {
        true
    }
    /// The tags that an entry has beside [`tags`](EntryKey::tags) because of its value, once there is one.
    fn late_tags(&self) -> Vec<ValueTag<V>> {
        Vec::new()
    }

    /// The tags that an entry has beside [`tags`](EntryKey::tags) because of its value.
    fn value_tags(&self, value: &V) -> Vec<Cow<'static, str>>
    where
        Self: Sized,
    {
        self.late_tags().iter().map(|tag| tag.of(value)).collect()
    }
}

/// A typed key.
pub struct Typed<'a, K>(pub &'a K);

impl<K: TypedKey> EntryKey for Typed<'_, K> {
    fn spec(&self) -> &KeySpec {
        const { &K::SPEC }
    }
    fn suffix(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy {
        self.0.write_tenant(out)
    }
    fn write_id(&self, out: &mut KeyWriter) {
        self.0.write_id(out);
    }
    fn tags(&self) -> Vec<Cow<'static, str>> {
        self.0.tags()
    }
}

impl<K: TypedKey, V: SameValue<K::Value>> KeyOf<V> for Typed<'_, K> {
    fn accepts(&self, value: &V) -> bool {
        self.0.accepts(value.same())
    }
    fn late_tags(&self) -> Vec<ValueTag<V>> {
        V::same_tags(self.0.value_tags())
    }
}
