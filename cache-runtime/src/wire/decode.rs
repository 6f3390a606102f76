//! Bytes to values.

use serde::de::DeserializeOwned;

use super::body::value as parse;
use super::envelope::{Opened, is_envelope, open, open_loose};
use super::{DecodeError, Meta};

/// A decoded entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded<'a, V> {
    pub meta: Meta<'a>,
    /// `None` where the entry says "there is none".
    pub value: Option<V>,
}

/// Decodes an entry. `none_allowed` says whether bare `null` may stand for "there is none".
pub(crate) fn decode<V: DeserializeOwned>(bytes: &[u8], none_allowed: bool) -> Result<Decoded<'_, V>, DecodeError> {
    let Opened { meta, none, value } = open(bytes)?;
    let bare_null = none_allowed && meta.is_empty() && value.trim_ascii() == b"null";
    if none || bare_null {
        return if none_allowed { Ok(Decoded { meta, value: None }) } else { Err(DecodeError::UnexpectedNone) };
    }
    match parse(&value) {
        Ok(value) => Ok(Decoded { meta, value: Some(value) }),
        Err(DecodeError::Malformed) => reordered(bytes),
        Err(error) => Err(error),
    }
}

/// An envelope that begins as ours do and goes on otherwise: another writer's, with fields after the value.
fn reordered<V: DeserializeOwned>(bytes: &[u8]) -> Result<Decoded<'_, V>, DecodeError> {
    if !is_envelope(bytes) {
        return Err(DecodeError::Malformed);
    }
    let Opened { meta, value, .. } = open_loose(bytes)?;
    Ok(Decoded { meta, value: Some(parse(&value)?) })
}
