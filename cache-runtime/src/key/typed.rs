//! Typed keys: a key that knows its resource and its value.

use std::borrow::Cow;
use std::panic::Location;
use std::time::Duration;

use super::{CacheKey, KeyWriter};
use crate::policy::Policy;
use crate::private::{Sharing, ValueTag};

/// A key with a resource and a value type: what `#[derive(CacheKey)]` implements when the type carries
/// `#[cache(resource = "..", value = ..)]`.
///
/// The typed key is the one place where a resource's key, value type, ttl and version are written, so that the
/// function that reads and the function that invalidates cannot drift apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a typed cache key",
    label = "no resource and value type",
    note = "write `#[derive(CacheKey)]` and `#[cache(resource = \"..\", value = ..)]` on the key type"
)]
pub trait TypedKey: CacheKey {
    /// The type of the cached value.
    type Value;

    /// The constant facts of the key type.
    const SPEC: KeySpec;

    /// Writes the parts that identify the entry: every field but the tenant and the skipped ones.
    fn write_id(&self, out: &mut KeyWriter);

    /// Writes the tenant, if the key has one.
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy {
        let _ = out;
        Tenancy::Shared
    }

    /// The tags of an entry under this key.
    fn tags(&self) -> Vec<Cow<'static, str>> {
        Vec::new()
    }

    /// Whether a decoded value may be served under this key. A value that is refused counts as a decode failure:
    /// the entry is removed, and the call is a miss. Set it with `#[cache(validate = path)]`.
    fn accepts(&self, value: &Self::Value) -> bool {
        let _ = value;
        true
    }

    /// The tags of an entry under this key that name its value. The derive writes them for `tags("team:{value.team}")`.
    #[doc(hidden)]
    fn value_tags(&self) -> Vec<ValueTag<Self::Value>> {
        Vec::new()
    }

    /// How a decoded value is held in the local tier. The derive says so for a key with `local = ..`.
    #[doc(hidden)]
    fn sharing() -> Option<Sharing<Self::Value>> {
        None
    }
}

impl<K: TypedKey + ?Sized> TypedKey for &K {
    type Value = K::Value;
    const SPEC: KeySpec = K::SPEC;

    fn write_id(&self, out: &mut KeyWriter) {
        (**self).write_id(out);
    }
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy {
        (**self).write_tenant(out)
    }
    fn tags(&self) -> Vec<Cow<'static, str>> {
        (**self).tags()
    }
    fn accepts(&self, value: &Self::Value) -> bool {
        (**self).accepts(value)
    }
    fn value_tags(&self) -> Vec<ValueTag<Self::Value>> {
        (**self).value_tags()
    }
    fn sharing() -> Option<Sharing<Self::Value>> {
        K::sharing()
    }
}

/// The constant facts of a typed key, or of a call site that spells its key in the attribute.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeySpec {
    /// The resource, such as `user`: letters, digits, `-`, `_` and `.`.
    pub resource: &'static str,
    /// Which view of the resource; the last part of the key.
    pub suffix: Option<&'static str>,
    /// The version of the value's shape.
    pub version: Version,
    /// How long an entry lives; the cache's default when absent.
    pub ttl: Option<Duration>,
    /// How long "there is none" is remembered; never when absent.
    pub none_ttl: Option<Duration>,
    /// The parts of the id, in order.
    pub parts: &'static [KeyPart],
    /// The templates of the tags, as written.
    pub tags: &'static [&'static str],
    /// Whether the key names a tenant.
    pub tenant: bool,
    /// Its freshness policies.
    pub policy: Policy,
    /// Where it is written.
    pub(crate) place: &'static Location<'static>,
}

impl KeySpec {
    /// A resource with version `v1`, the cache's default ttl, and no parts.
    #[track_caller]
    pub const fn new(resource: &'static str) -> Self {
        Self {
            resource,
            suffix: None,
            version: Version::Fixed("v1"),
            ttl: None,
            none_ttl: None,
            parts: &[],
            tags: &[],
            tenant: false,
            policy: Policy::new(),
            place: Location::caller(),
        }
    }

    /// Sets the suffix.
    #[must_use]
    pub const fn suffix(mut self, suffix: &'static str) -> Self {
        self.suffix = Some(suffix);
        self
    }

    /// Sets the version.
    #[must_use]
    pub const fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// Sets the time to live.
    #[must_use]
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// Caches `None` too, for this long.
    #[must_use]
    pub const fn none_ttl(mut self, ttl: Duration) -> Self {
        self.none_ttl = Some(ttl);
        self
    }

    /// Sets the parts of the id.
    #[must_use]
    pub const fn parts(mut self, parts: &'static [KeyPart]) -> Self {
        self.parts = parts;
        self
    }

    /// Sets the tag templates.
    #[must_use]
    pub const fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
        self
    }

    /// Sets the freshness policies.
    #[must_use]
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Says that the key names a tenant.
    #[must_use]
    pub const fn tenant(mut self) -> Self {
        self.tenant = true;
        self
    }
}

/// One part of an id, as the registry shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyPart {
    /// The field's or argument's name.
    pub name: &'static str,
    /// Whether only its hash stands in the key.
    pub hashed: bool,
}

impl KeyPart {
    /// A part that is readable in the key.
    pub const fn new(name: &'static str) -> Self {
        Self { name, hashed: false }
    }

    /// A part of which only the hash stands in the key.
    pub const fn hashed(name: &'static str) -> Self {
        Self { name, hashed: true }
    }
}

/// The version of a value's shape. It is part of the key, so that a changed type never meets old bytes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Version {
    /// Written by hand: `version = 2` is `"v2"`, `version = "2024-05"` is that text.
    Fixed(&'static str),
    /// `version = auto`: the [`CacheSchema`](crate::CacheSchema) fingerprint of the value type.
    Auto(u64),
}

impl Version {
    /// The text in the key: the fixed text, or `s` and sixteen hex digits.
    pub fn text(self) -> Cow<'static, str> {
        match self {
            Self::Fixed(text) => Cow::Borrowed(text),
            Self::Auto(fingerprint) => Cow::Owned(format!("s{fingerprint:016x}")),
        }
    }

    /// As it stands in keys: as it is, where it needs no escapes.
    pub(crate) fn escaped(self) -> Cow<'static, str> {
        let text = self.text();
        let mut out = KeyWriter::with_room(text.len());
        out.text(&text);
        if out.as_text() == text { text } else { Cow::Owned(out.into_text()) }
    }

    /// Whether it is the same, without a look at the text: versions are literals in the program.
    #[inline]
    pub(crate) fn is_literally(self, other: Self) -> bool {
        match (self, other) {
            (Self::Fixed(one), Self::Fixed(two)) => std::ptr::eq(one, two),
            (Self::Auto(one), Self::Auto(two)) => one == two,
            _ => false,
        }
    }

    /// Writes that text.
    pub(crate) fn write(self, out: &mut KeyWriter) {
        match self {
            Self::Fixed(text) => out.text(text),
            Self::Auto(fingerprint) => out.display(format_args!("s{fingerprint:016x}")),
        }
    }
}

/// What a key says about its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenancy {
    /// The key has no tenant part; it is shared by all (`tenant-global`).
    Shared,
    /// The tenant was written.
    Written,
    /// The key has a tenant part and it is `None`: the call must not touch the cache.
    Missing,
}

impl Tenancy {
    /// Writes `tenant` unless it is absent.
    pub fn write<K: CacheKey + ?Sized>(tenant: &K, out: &mut KeyWriter) -> Self {
        if tenant.is_absent() {
            return Self::Missing;
        }
        out.part(tenant);
        Self::Written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_registered_as_it_stands_in_keys() {
        for (version, escaped) in [("v1", "v1"), ("a:b", "a%3Ab")] {
            assert_eq!(Version::Fixed(version).escaped(), escaped);
            let key = crate::key::KeyLayout { prefix: "p", resource: "r", suffix: None };
            let mut out = KeyWriter::new();
            key.write_tail(&mut out, Version::Fixed(version));
            assert_eq!(out.as_text(), format!(":{escaped}"));
        }
        assert!(matches!(Version::Fixed("v1").escaped(), Cow::Borrowed(_)));
    }
}
