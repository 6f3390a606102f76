//! What expansions learn from a type that they cannot spell.

use std::any::type_name;
use std::borrow::Cow;

use super::key::KeyOf;
use super::shape::{CacheValue, Fate, Probe, Shape};
use super::site::TargetSpec;
use crate::key::{CacheKey, TypedKey, Version, key_text};
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

/// The key, if what the function returns can be stored under it.
pub fn stored_under<S, K>(shape: S, key: K) -> K
where
    S: Shape,
    S::Value: CacheValue,
    K: KeyOf<S::Value>,
{
    let _ = shape;
    key
}

/// A tag that is put together from texts and values. A value stands as in a key, without the escapes: a caller of
/// `invalidate_tag` writes `format!("org:{org}")`.
#[derive(Default)]
pub struct TagText(String);

impl TagText {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends text as it is.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.push_str(text);
        self
    }

    /// Appends a value.
    #[must_use]
    pub fn value<K: CacheKey + ?Sized>(mut self, value: &K) -> Self {
        match key_text(value).as_str() {
            "''" => {}
            text => self.0.push_str(&unescaped(text)),
        }
        self
    }

    /// The tag.
    pub fn finish(self) -> Cow<'static, str> {
        Cow::Owned(self.0)
    }
}

/// The text before [`KeyWriter::text`](crate::KeyWriter::text) escaped it.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%').then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok())).flatten();
        if let Some(byte) = escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::TagText;

    #[test]
    fn a_tag_reads_as_its_values_do() {
        let tag = |value: &str| TagText::new().text("category:").value(value).finish();
        for text in ["", "shoes", "home & garden", "100%", "gr\u{fc}n", "a:b"] {
            assert_eq!(tag(text), format!("category:{text}"));
        }
        assert_eq!(TagText::new().text("org:").value(&7_u32).finish(), "org:7");
    }
}
