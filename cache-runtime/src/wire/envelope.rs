//! Finds the value inside an envelope.

use std::borrow::Cow;
#[cfg(feature = "redis")]
use std::ops::Range;

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

/// Since when, and where the value is, of what this library writes most often: an envelope with nothing else that counts. When it
/// was made and expires is passed over.
#[cfg(feature = "redis")]
#[inline]
pub(crate) fn usual(bytes: &[u8]) -> Option<(Option<u64>, Range<usize>)> {
    let mut cursor = Cursor(bytes);
    cursor.eat(b"{\"$cache\":1,")?;
    cursor.pass(b"\"created\":")?;
    cursor.pass(b"\"expires\":")?;
    let since = cursor.field(b"\"since\":")?;
    cursor.eat(b"\"value\":")?;
    let end = bytes.len().checked_sub(1)?;
    (cursor.0.last() == Some(&b'}')).then(|| (since, bytes.len() - cursor.0.len()..end))
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
            grace: None,
            cost: None,
            tags: Vec::new(),
        };
        let mut none = false;
        // Most have nothing else.
        if self.eat(b"\"value\":").is_none() {
            none = self.more(&mut meta)?;
            self.eat(b"\"value\":")?;
        }
        let value = self.0.strip_suffix(b"}")?;
        Some(Opened { meta, none, value: Cow::Borrowed(value) })
    }

    /// What some have before the value. Says whether there is none.
    fn more(&mut self, meta: &mut Meta<'a>) -> Option<bool> {
        meta.grace = self.field(b"\"grace\":")?;
        meta.cost = self.field(b"\"cost\":")?;
        if self.eat(b"\"tags\":").is_some() {
            let mut tags = serde_json::Deserializer::from_slice(self.0).into_iter::<Vec<Cow<'a, str>>>();
            meta.tags = tags.next()?.ok()?;
            self.0 = &self.0[tags.byte_offset()..];
            self.eat(b",")?;
        }
        Some(self.eat(b"\"none\":true,").is_some())
    }

    // Of a known length, so that it is compared in a few instructions.
    #[inline(always)]
    fn eat<const N: usize>(&mut self, text: &[u8; N]) -> Option<()> {
        let (begin, rest) = self.0.split_first_chunk()?;
        (begin == text).then(|| self.0 = rest)
    }

    /// A number that may be missing; `None` where it is not one.
    #[inline(always)]
    fn field<const N: usize>(&mut self, name: &[u8; N]) -> Option<Option<u64>> {
        if self.eat(name).is_none() {
            return Some(None);
        }
        let number = self.number()?;
        self.eat(b",")?;
        Some(Some(number))
    }

    /// Passes a time over, if there is one: of eight to sixteen digits, as those of our days are.
    #[cfg(feature = "redis")]
    #[inline(always)]
    fn pass<const N: usize>(&mut self, name: &[u8; N]) -> Option<()> {
        if self.eat(name).is_none() {
            return Some(());
        }
        let (first, rest) = self.0.split_first_chunk()?;
        let second = rest.first_chunk()?;
        let (_, none) = digits_of(u64::from_le_bytes(*first));
        let (_, after) = digits_of(u64::from_le_bytes(*second));
        let digits = after.trailing_zeros() as usize / 8;
        if none != 0 || rest.get(digits) != Some(&b',') {
            return None;
        }
        self.0 = &rest[digits + 1..];
        Some(())
    }

    /// Digits, up to what is no digit.
    fn number(&mut self) -> Option<u64> {
        // Most are times, in milliseconds or microseconds: eight digits and up to eight more.
        if let Some(&[a, b, c, d, e, f, g, h, ref rest @ ..]) = self.0.first_chunk::<17>()
            && let Some(upper) = eight_digits(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
            && let Some((second, [after])) = rest.split_first_chunk::<8>()
        {
            let (some, lower) = leading_digits(second);
            if some < 8 || !after.is_ascii_digit() {
                self.0 = self.0.get(8 + some..)?;
                return Some(upper * TENS.get(some)? + lower);
            }
        }
        self.any_number()
    }

    // Apart, so that the usual ones need no registers for it.
    #[cold]
    fn any_number(&mut self) -> Option<u64> {
        let (mut number, mut digits) = (0_u64, 0);
        while let Some((some, value)) = self.0.get(digits..).and_then(<[u8]>::first_chunk).map(leading_digits) {
            number = number.wrapping_mul(TENS[some]).wrapping_add(value);
            digits += some;
            if some < 8 {
                return self.ends(number, digits);
            }
        }
        while let Some(digit) = self.0.get(digits).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            digits += 1;
        }
        self.ends(number, digits)
    }

    /// After so many digits, which are this number unless they are too many.
    #[inline(always)]
    fn ends(&mut self, number: u64, digits: usize) -> Option<u64> {
        let (text, rest) = self.0.split_at(digits);
        self.0 = rest;
        // Beyond nineteen digits it may be more than fits.
        if digits == 0 || digits > 19 {
            return std::str::from_utf8(text).ok()?.parse().ok();
        }
        Some(number)
    }
}

/// What a number is multiplied with when so many digits follow.
const TENS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// How many of these begin the text, and their number: eight at once (D. Lemire, "Quickly parsing eight digits", 2018), of
/// fewer as if there were zeros in front.
#[inline(always)]
fn leading_digits(bytes: &[u8; 8]) -> (usize, u64) {
    let (values, none) = digits_of(u64::from_le_bytes(*bytes));
    let digits = none.trailing_zeros() / 8;
    let values = values.checked_shl(64 - 8 * digits).unwrap_or(0);
    (digits as usize, number_of(values))
}

/// The number, if all of these are digits.
#[inline(always)]
fn eight_digits(text: u64) -> Option<u64> {
    let (values, none) = digits_of(text);
    (none == 0).then(|| number_of(values))
}

/// Each byte's value as a digit, and the highest bit of each that is none: of the first such, as digits before it carry nothing over.
#[inline(always)]
fn digits_of(text: u64) -> (u64, u64) {
    let over = text.wrapping_add(0x4646_4646_4646_4646);
    let values = text.wrapping_sub(0x3030_3030_3030_3030);
    (values, (over | values) & 0x8080_8080_8080_8080)
}

#[inline(always)]
fn number_of(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let upper = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let lower = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    upper.wrapping_add(lower) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_read() {
        for digits in 1..=19 {
            let number = 9_876_543_210_123_456_789_u64 / 10_u64.pow(19 - digits);
            for number in [number, 10_u64.pow(digits - 1), 10_u64.pow(digits - 1) * 2 - 1] {
                for tail in [",", "", "x", "/1", ":1", ",\"value\":12345678"] {
                    let text = format!("{number}{tail}");
                    let mut cursor = Cursor(text.as_bytes());
                    assert_eq!((cursor.number(), cursor.0), (Some(number), tail.as_bytes()), "{text}");
                }
            }
        }
        assert_eq!(Cursor(b"18446744073709551615,").number(), Some(u64::MAX));
        assert_eq!(Cursor(b"18446744073709551616,").number(), None);
        assert_eq!(Cursor(b"").number(), None);
    }

    #[test]
    fn digits_end_at_the_first_byte_that_is_none() {
        assert_eq!(leading_digits(b"12345678"), (8, 12_345_678));
        assert_eq!(leading_digits(b"00000009"), (8, 9));
        for place in 0..8 {
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                for tail in [b'0', b'9', 0, b',', u8::MAX] {
                    let mut bytes = *b"98765432";
                    bytes[place..].fill(tail);
                    bytes[place] = byte;
                    let number = 98_765_432 / 10_u64.pow(8 - u32::try_from(place).expect("below eight"));
                    assert_eq!(leading_digits(&bytes), (place, number), "{byte} at {place}, then {tail}");
                }
            }
        }
    }

    fn written(times: [Option<u64>; 3], more: &str) -> Vec<u8> {
        let [created, expires, since] = times;
        let field = |name: &str, time: Option<u64>| time.map_or(String::new(), |time| format!("\"{name}\":{time},"));
        let (created, expires) = (field("created", created), field("expires", expires));
        format!("{{\"$cache\":1,{created}{expires}{}{more}\"value\":{{\"a\":[7,\"}}\"]}}}}", field("since", since))
            .into_bytes()
    }

    #[cfg(feature = "redis")]
    #[test]
    fn what_is_written_most_often_is_usual_and_what_has_more_to_say_is_not() {
        let now = 1_790_000_000_123;
        for times in [[Some(now), Some(now + 1), Some(5)], [Some(now), None, None], [None; 3]] {
            let bytes = written(times, "");
            let (since, value) = usual(&bytes).expect("usual");
            assert_eq!((since, &bytes[value]), (times[2], b"{\"a\":[7,\"}\"]}".as_slice()));
            for place in (0..bytes.len()).filter(|place| bytes[*place].is_ascii_digit()).skip(1) {
                let mut bytes = bytes.clone();
                bytes[place] = b'x';
                // Within the value it is nothing that is looked at here.
                let opened = open(&bytes).map(|opened| opened.value.into_owned()).ok();
                assert_eq!(
                    usual(&bytes).map(|(_, value)| bytes[value].to_vec()),
                    opened.filter(|_| place > bytes.len() - 20)
                );
            }
            for more in ["\"grace\":5,", "\"cost\":5,", "\"tags\":[\"a\"],", "\"none\":true,"] {
                assert_eq!(usual(&written(times, more)), None, "{more}");
            }
        }
        assert_eq!(usual(b""), None);
    }

    #[cfg(feature = "redis")]
    proptest::proptest! {
        #[test]
        fn whatever_is_usual_is_opened_as_the_same(
            times: [Option<u64>; 3],
            digits: [u32; 3],
            more in "(\"grace\":5,)?(\"tags\":\\[\"a\"\\],)?(\"none\":true,)?",
            change in proptest::option::of((proptest::num::usize::ANY, proptest::num::u8::ANY)),
            length in proptest::option::of(proptest::num::usize::ANY),
        ) {
            let times = [0, 1, 2].map(|nth| times[nth].map(|time| time / 10_u64.pow(digits[nth] % 20)));
            let mut bytes = written(times, &more);
            if let Some((place, byte)) = change {
                let place = place % bytes.len();
                bytes[place] = byte;
            }
            bytes.truncate(length.map_or(usize::MAX, |length| length % (bytes.len() + 1)));
            if let Some((since, value)) = usual(&bytes) {
                let opened = open(&bytes).expect("an envelope");
                let Meta { since: opened_since, grace, tags, .. } = opened.meta;
                assert_eq!((opened_since, &*opened.value, grace, tags, opened.none), (since, &bytes[value], None, vec![], false));
            }
        }
    }
}
