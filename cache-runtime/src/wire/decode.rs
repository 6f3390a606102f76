//! Bytes to values.

use serde::de::DeserializeOwned;

use super::envelope::{Opened, open};
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
    let bare_null = none_allowed && meta == Meta::default() && value.trim_ascii() == b"null";
    if none || bare_null {
        return if none_allowed { Ok(Decoded { meta, value: None }) } else { Err(DecodeError::UnexpectedNone) };
    }
    match serde_json::from_slice(value) {
        Ok(value) => Ok(Decoded { meta, value: Some(value) }),
        Err(error) if error.is_data() => Err(DecodeError::Mismatch),
        Err(_) => Err(DecodeError::Malformed),
    }
}
