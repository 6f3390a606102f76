//! Bytes and values: the JSON envelope, bare JSON of other services, and binary frames.
//!
//! `docs/wire-format.md` is the specification; `tests/golden` freezes it.

mod body;
mod decode;
mod encode;
mod envelope;
mod frame;
mod lease;
mod payload;

use std::borrow::Cow;
use std::time::Duration;

pub(crate) use body::{Body, Content, may_be_reordered, value};
pub(crate) use decode::decode;
pub(crate) use encode::{Draft, WriteJson, encode_none, encode_packed};
#[cfg(feature = "redis")]
pub(crate) use envelope::usual;
#[cfg(feature = "redis")]
pub(crate) use lease::new_lease;
pub(crate) use lease::{is_lease, token};
pub(crate) use payload::Payload;

use crate::clock::{Millis, millis};

/// What the runtime keeps beside a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meta<'a> {
    /// When the value was loaded.
    pub created: Option<Millis>,
    /// When it should no longer be served, though the store may still hold it.
    pub expires: Option<Millis>,
    /// The store's clock of tags when the load began: what was invalidated later concerns it.
    pub since: Option<u64>,
    /// For how many milliseconds it is kept beyond its expiry.
    pub grace: Option<Millis>,
    /// How many milliseconds the load took.
    pub cost: Option<Millis>,
    /// The tags of the entry.
    pub tags: Vec<Cow<'a, str>>,
}

/// The numbers of an envelope, without a word for what is zero where it is missing: they pass through many hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub created: Option<Millis>,
    pub expires: Option<Millis>,
    pub since: Option<u64>,
    pub grace: Millis,
    pub cost: Millis,
}

impl<'a> Meta<'a> {
    /// Of a value that was loaded now, and is kept for a while beyond its ttl.
    pub(crate) fn new(now: Millis, ttl: Duration, grace: Duration, tags: Vec<Cow<'a, str>>) -> Self {
        Self {
            created: Some(now),
            expires: Some(now.saturating_add(millis(ttl))),
            grace: Some(millis(grace)).filter(|grace| *grace > 0),
            tags,
            ..Self::default()
        }
    }
}

impl Meta<'_> {
    /// Whether nothing is said, as of bare JSON.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn facts(&self) -> Facts {
        let Self { created, expires, since, grace, cost, .. } = *self;
        Facts { created, expires, since, grace: grace.unwrap_or(0), cost: cost.unwrap_or(0) }
    }
}

/// Why bytes are no entry of the asked type; also the `reason` label of `cache_decode_failures_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// Not JSON, or an envelope with wrong fields.
    Malformed,
    /// An envelope or frame of a version this release does not know.
    UnknownVersion,
    /// A frame whose codec or compression this build does not have.
    Unsupported,
    /// JSON, but not of the asked type.
    Mismatch,
    /// `null` for a function that cannot return "none".
    UnexpectedNone,
    /// The key type refused the value.
    Rejected,
}

impl DecodeError {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownVersion => "unknown_version",
            Self::Unsupported => "unsupported",
            Self::Mismatch => "mismatch",
            Self::UnexpectedNone => "unexpected_none",
            Self::Rejected => "rejected",
        }
    }
}

#[cfg(test)]
mod tests;
