//! The value inside an entry, before its type comes into play: what reads stores is compiled once, not for each type.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::DeserializeOwned;

use super::envelope::{Opened, is_envelope, open, open_loose};
use super::{DecodeError, Facts, Payload};

/// An entry whose envelope is open.
pub(crate) struct Body {
    pub facts: Facts,
    pub tags: Vec<String>,
    pub content: Content,
}

/// What is left of an entry once it is known that it may be served.
pub(crate) struct Content {
    /// Whether it says that there is no value.
    pub none: bool,
    value: Place,
}

/// Where a value's bytes are.
enum Place {
    Within(Range<usize>),
    /// Unpacked.
    Apart(Vec<u8>),
}

impl Body {
    /// `none_allowed` says whether there may be no value, also as a bare `null`. `loosely` takes envelopes of any field order.
    pub(crate) fn open(bytes: &Payload, none_allowed: bool, loosely: bool) -> Result<Self, DecodeError> {
        let loosely = loosely && is_envelope(bytes);
        let Opened { meta, none, value } = if loosely { open_loose(bytes) } else { open(bytes) }?;
        let bare_null = none_allowed && meta.is_empty() && value.trim_ascii() == b"null";
        if none && !none_allowed {
            return Err(DecodeError::UnexpectedNone);
        }
        let value = match value {
            Cow::Borrowed(value) => {
                let start = value.as_ptr().addr() - bytes.as_ptr().addr();
                Place::Within(start..start + value.len())
            }
            Cow::Owned(value) => Place::Apart(value),
        };
        let facts = meta.facts();
        let tags = if meta.tags.is_empty() { Vec::new() } else { meta.tags.into_iter().map(Cow::into_owned).collect() };
        Ok(Self { facts, tags, content: Content { none: none || bare_null, value } })
    }
}

impl Content {
    /// A value that is within these.
    #[cfg(feature = "redis")]
    pub(crate) fn within(range: Range<usize>) -> Self {
        Self { none: false, value: Place::Within(range) }
    }

    /// The value as JSON. `bytes` are those that were opened.
    pub(crate) fn json<'a>(&'a self, bytes: &'a Payload) -> &'a [u8] {
        match &self.value {
            // It lies within the bytes that were opened. Beyond others there is nothing, which is no JSON.
            Place::Within(range) => bytes.get(range.clone()).unwrap_or_default(),
            Place::Apart(bytes) => bytes,
        }
    }
}

/// The value, if it is one of this type. All of it is UTF-8, as JSON between systems has to be (RFC 8259, 8.1): looked at all at
/// once, and not string by string, that is a fifth of a value's decoding cheaper.
pub(crate) fn value<V: DeserializeOwned>(json: &[u8]) -> Result<V, DecodeError> {
    // What is compiled for each type is no more than the reader. As `serde_json::from_str`, with the value made where it is returned.
    let mut reader = serde_json::Deserializer::from_str(text(json)?);
    let mut result = V::deserialize(&mut reader);
    if result.is_ok()
        && let Err(error) = reader.end()
    {
        result = Err(error);
    }
    result.map_err(flaw)
}

fn text(json: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(json).map_err(|_| DecodeError::Malformed)
}

#[cold]
fn flaw(error: serde_json::Error) -> DecodeError {
    if error.is_data() { DecodeError::Mismatch } else { DecodeError::Malformed }
}

/// Whether bytes that were no value may be an envelope that begins as ours do and goes on otherwise: another writer's, with
/// fields after the value.
pub(crate) fn may_be_reordered(bytes: &Payload) -> bool {
    is_envelope(bytes) && open_loose(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(text: &str) -> Payload {
        Payload::new(text.as_bytes().to_vec())
    }

    #[test]
    fn a_value_is_found_where_it_lies() {
        for text in
            ["7", "{\"$cache\":1,\"created\":5,\"value\":7}", "{ \"$cache\": 1, \"value\": 7, \"tags\": [\"a\"] }"]
        {
            let bytes = payload(text);
            let body = Body::open(&bytes, true, false).expect("an entry");
            assert_eq!((value::<u8>(body.content.json(&bytes)), body.content.none), (Ok(7), false), "{text}");
        }
    }

    #[test]
    fn fields_after_the_value_are_found_at_the_second_try() {
        let bytes = payload("{\"$cache\":1,\"value\":7,\"tags\":[\"a\"]}");
        let first = Body::open(&bytes, true, false).expect("as ours");
        assert_eq!(value::<u8>(first.content.json(&bytes)), Err(DecodeError::Malformed));
        assert!(may_be_reordered(&bytes));
        let second = Body::open(&bytes, true, true).expect("as another's");
        assert_eq!((value::<u8>(second.content.json(&bytes)), second.tags), (Ok(7), vec!["a".to_owned()]));
    }

    #[test]
    fn what_is_not_utf_8_is_no_value() {
        let bytes = [b"[\"".as_slice(), &[0xff], b"\"]"].concat();
        assert_eq!(value::<Vec<serde::de::IgnoredAny>>(&bytes).map(drop), Err(DecodeError::Malformed));
        assert_eq!(value::<Vec<String>>("[\"\u{ff}\"]".as_bytes()), Ok(vec!["\u{ff}".to_owned()]));
    }

    #[test]
    fn none_is_known_without_the_type() {
        let none = |text: &str, allowed: bool| Body::open(&payload(text), allowed, false).map(|body| body.content.none);
        assert_eq!(none("null", true), Ok(true));
        assert_eq!(none("null", false), Ok(false), "a value of its own");
        assert_eq!(none("{\"$cache\":1,\"none\":true,\"value\":null}", true), Ok(true));
        assert_eq!(none("{\"$cache\":1,\"none\":true,\"value\":null}", false), Err(DecodeError::UnexpectedNone));
    }
}
