//! A key that is spelled in an attribute.

use std::borrow::{Borrow, Cow};

use super::key::{EntryKey, KeyOf};
use crate::key::{KeySpec, KeyWriter, Tenancy};

/// A key spelled in the attribute: closures over the parameters.
///
/// The facts are those of a constant, which is not copied; only `version = auto` makes its own. What a key does not have takes no room and no code.
pub struct ParsedKey<I, P = &'static KeySpec, T = NoTenant, G = NoTags, X = NoSuffix> {
    /// Resource, version, suffix, ttl.
    pub spec: P,
    /// A computed suffix, where there is one.
    pub suffix: X,
    /// `|out| { out.part(&id); }`
    pub id: I,
    /// `|out| Tenancy::write(&tenant, out)`, where there is one.
    pub tenant: T,
    /// `|| vec![..]`, where there are some.
    pub tags: G,
}

/// What writes a key's tenant.
pub trait TenantOf {
    /// Writes it.
    fn write(&self, out: &mut KeyWriter) -> Tenancy;
}

impl<T: Fn(&mut KeyWriter) -> Tenancy> TenantOf for T {
    #[inline]
    fn write(&self, out: &mut KeyWriter) -> Tenancy {
        self(out)
    }
}

/// What makes a key's tags.
pub trait TagsOf {
    /// Makes them.
    fn list(&self) -> Vec<Cow<'static, str>>;
}

impl<G: Fn() -> Vec<Cow<'static, str>>> TagsOf for G {
    #[inline]
    fn list(&self) -> Vec<Cow<'static, str>> {
        self()
    }
}

/// A suffix that a call computes.
pub trait SuffixOf {
    /// Its text.
    fn text(&self) -> Option<&str>;
}

impl SuffixOf for Option<String> {
    #[inline]
    fn text(&self) -> Option<&str> {
        self.as_deref()
    }
}

/// A type of its own, as a function would be called wherever somebody looks for a tenant.
pub struct NoTenant;

/// Likewise.
pub struct NoTags;

/// Likewise: an absent text is one that has to be looked at, and dropped.
pub struct NoSuffix;

impl TagsOf for NoTags {
    #[inline]
    fn list(&self) -> Vec<Cow<'static, str>> {
        Vec::new()
    }
}

impl SuffixOf for NoSuffix {
    #[inline]
    fn text(&self) -> Option<&str> {
        None
    }
}

impl TenantOf for NoTenant {
    #[inline]
    fn write(&self, _out: &mut KeyWriter) -> Tenancy {
        Tenancy::Shared
    }
}

impl<I: Fn(&mut KeyWriter), P: Borrow<KeySpec>> ParsedKey<I, P> {
    /// A key without a tenant, tags and a suffix of its own.
    pub fn new(spec: P, id: I) -> Self {
        Self { spec, suffix: NoSuffix, id, tenant: NoTenant, tags: NoTags }
    }
}

impl<I, P, T, G, X> ParsedKey<I, P, T, G, X> {
    /// `suffix = ..`, where it is computed.
    pub fn suffix(self, suffix: String) -> ParsedKey<I, P, T, G, Option<String>> {
        let Self { spec, id, tenant, tags, .. } = self;
        ParsedKey { spec, suffix: Some(suffix), id, tenant, tags }
    }

    /// `tenant = ..`.
    pub fn tenant<U: Fn(&mut KeyWriter) -> Tenancy>(self, tenant: U) -> ParsedKey<I, P, U, G, X> {
        let Self { spec, suffix, id, tags, .. } = self;
        ParsedKey { spec, suffix, id, tenant, tags }
    }

    /// `tags(..)`.
    pub fn tags<U: Fn() -> Vec<Cow<'static, str>>>(self, tags: U) -> ParsedKey<I, P, T, U, X> {
        let Self { spec, suffix, id, tenant, .. } = self;
        ParsedKey { spec, suffix, id, tenant, tags }
    }
}

impl<I, P, T, G, X> EntryKey for ParsedKey<I, P, T, G, X>
where
    I: Fn(&mut KeyWriter),
    P: Borrow<KeySpec>,
    T: TenantOf,
    G: TagsOf,
    X: SuffixOf,
{
    fn spec(&self) -> &KeySpec {
        self.spec.borrow()
    }
    fn suffix(&self) -> Option<Cow<'_, str>> {
        self.suffix.text().map(Cow::Borrowed)
    }
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy {
        self.tenant.write(out)
    }
    fn write_id(&self, out: &mut KeyWriter) {
        (self.id)(out);
    }
    fn tags(&self) -> Vec<Cow<'static, str>> {
        self.tags.list()
    }
}

impl<V, I, P, T, G, X> KeyOf<V> for ParsedKey<I, P, T, G, X>
where
    Self: EntryKey,
{
    fn accepts(&self, _value: &V) -> bool {
        true
    }
    #[inline]
    fn is_picky(&self) -> bool {
        false
    }
}
