//! Finds the value inside an envelope.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::frame::{is_frame, open_frame};
use super::{DecodeError, Meta};

/// An opened envelope; the value is still bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Opened<'a> {
    pub meta: Meta<'a>,
    pub none: bool,
    pub value: Cow<'a, [u8]>,
}

/// Opens an envelope or a frame, or takes the bytes as bare JSON.
pub(crate) fn open(bytes: &[u8]) -> Result<Opened<'_>, DecodeError> {
    if let Some(opened) = Cursor(bytes).canonical() {
        return Ok(opened);
    }
    if is_frame(bytes) {
        return open_frame(bytes);
    }
    if !is_envelope(bytes) {
        return Ok(Opened { meta: Meta::default(), none: false, value: Cow::Borrowed(bytes) });
    }
    open_loose(bytes)
}

/// Opens an envelope of any spacing and field order.
pub(crate) fn open_loose(bytes: &[u8]) -> Result<Opened<'_>, DecodeError> {
    let loose: Loose<'_> = serde_json::from_slice(bytes).map_err(|_| DecodeError::Malformed)?;
    if loose.version != 1 {
        return Err(DecodeError::UnknownVersion);
    }
    let value = loose.value.ok_or(DecodeError::Malformed)?;
    Ok(Opened {
        meta: Meta {
            created: loose.created,
            expires: loose.expires,
            since: loose.since,
            grace: loose.grace,
            cost: loose.cost,
            tags: loose.tags,
        },
        none: loose.none,
        value: Cow::Borrowed(value.get().as_bytes()),
    })
}

/// Whether the first field of a JSON object is `$cache`.
pub(crate) fn is_envelope(bytes: &[u8]) -> bool {
    let rest = bytes.trim_ascii_start();
    rest.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"$cache\""))
}

/// An envelope of any spacing and field order, as another language writes it.
#[derive(Deserialize)]
struct Loose<'a> {
    #[serde(rename = "$cache")]
    version: u64,
    created: Option<u64>,
    expires: Option<u64>,
    since: Option<u64>,
    grace: Option<u64>,
    cost: Option<u64>,
    #[serde(default, borrow)]
    tags: Vec<Cow<'a, str>>,
    #[serde(default)]
    none: bool,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// Reads exactly what this library writes, so that a hit parses the value once and the head not at all.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn canonical(mut self) -> Option<Opened<'a>> {
        self.eat(b"{\"$cache\":1,")?;
        let mut meta = Meta {
            created: self.field(b"\"created\":")?,
            expires: self.field(b"\"expires\":")?,
            since: self.field(b"\"since\":")?,
            grace: self.field(b"\"grace\":")?,
            cost: self.field(b"\"cost\":")?,
            tags: Vec::new(),
        };
        if self.eat(b"\"tags\":").is_some() {
            let mut tags = serde_json::Deserializer::from_slice(self.0).into_iter::<Vec<Cow<'a, str>>>();
            meta.tags = tags.next()?.ok()?;
            self.0 = &self.0[tags.byte_offset()..];
            self.eat(b",")?;
        }
        let none = self.eat(b"\"none\":true,").is_some();
        self.eat(b"\"value\":")?;
        let value = self.0.strip_suffix(b"}")?;
        Some(Opened { meta, none, value: Cow::Borrowed(value) })
    }

    // Inlined: a text that is known is compared in a few instructions.
    #[inline(always)]
    fn eat(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// A number that may be missing; `None` where it is not one.
    #[inline(always)]
    fn field(&mut self, name: &[u8]) -> Option<Option<u64>> {
        if self.eat(name).is_none() {
            return Some(None);
        }
        let number = self.number()?;
        self.eat(b",")?;
        Some(Some(number))
    }

    /// Digits, up to what is no digit.
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut digits) = (0_u64, 0);
        while let Some(digit) = self.0.get(digits).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            // Beyond nineteen digits it may be more than fits.
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            digits += 1;
        }
        let (text, rest) = self.0.split_at(digits);
        self.0 = rest;
        if digits == 0 || digits > 19 {
            return std::str::from_utf8(text).ok()?.parse().ok();
        }
        Some(number)
    }
}
