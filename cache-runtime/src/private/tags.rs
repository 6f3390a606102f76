//! Tags that are put together from texts and values.

use std::borrow::Cow;

use crate::key::{CacheKey, key_text};

/// A tag of which everything is known. A value stands as in a key, without the escapes: a caller of `invalidate_tag` writes
/// `format!("org:{org}")`.
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
        self.0.push_str(&tag_text(value));
        self
    }

    /// The tag.
    pub fn finish(self) -> Cow<'static, str> {
        Cow::Owned(self.0)
    }
}

/// A tag of an entry that names its value, of which only the key is known yet. It borrows nothing of the key, which is gone
/// when the value is there.
pub struct ValueTag<V>(Vec<Piece<V>>);

enum Piece<V> {
    Text(Cow<'static, str>),
    Value(fn(&V) -> String),
}

impl<V> ValueTag<V> {
    /// An empty one.
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends text as it is.
    #[must_use]
    pub fn text(mut self, text: &'static str) -> Self {
        self.0.push(Piece::Text(Cow::Borrowed(text)));
        self
    }

    /// Appends a part of the key.
    #[must_use]
    pub fn key<K: CacheKey + ?Sized>(mut self, part: &K) -> Self {
        self.0.push(Piece::Text(Cow::Owned(tag_text(part))));
        self
    }

    /// Appends a part of the value.
    #[must_use]
    pub fn value(mut self, part: fn(&V) -> String) -> Self {
        self.0.push(Piece::Value(part));
        self
    }

    /// The tag of this value's entry.
    pub(crate) fn of(&self, value: &V) -> Cow<'static, str> {
        let mut tag = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => tag.push_str(text),
                Piece::Value(part) => tag.push_str(&part(value)),
            }
        }
        Cow::Owned(tag)
    }
}

/// A value as it stands in a tag.
pub fn tag_text<K: CacheKey + ?Sized>(value: &K) -> String {
    match key_text(value).as_str() {
        "''" => String::new(),
        text => unescaped(text),
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
    use super::{TagText, ValueTag};

    #[test]
    fn a_tag_reads_as_its_values_do() {
        let tag = |value: &str| TagText::new().text("category:").value(value).finish();
        for text in ["", "shoes", "home & garden", "100%", "gr\u{fc}n", "a:b"] {
            assert_eq!(tag(text), format!("category:{text}"));
        }
        assert_eq!(TagText::new().text("org:").value(&7_u32).finish(), "org:7");
    }

    #[test]
    fn a_tag_of_a_value_needs_its_key_no_more() {
        let tag = {
            let org = "home & garden".to_owned();
            ValueTag::<(u8, u8)>::new().text("org:").key(&org).text("/").value(|value| value.1.to_string())
        };
        assert_eq!(tag.of(&(1, 2)), "org:home & garden/2");
    }
}
