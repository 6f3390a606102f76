//! A part of a key as two numbers: most parts are short, and numbers are compared at once.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

/// Without a secret: whoever chose parts that meet in one place would have them found in the tier.
const HASHER: FixedState = FixedState::with_seed(0x5ca1_ab1e);

/// A text, or what it says. One `Short` that is whole stands for one text and no other; a text may have two of them, as `7` has
/// as a number and as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short {
    low: u64,
    high: u64,
    kind: u32,
}

/// The longest text that is whole in two numbers. Up to it and beyond, a text's kind is its length.
const WHOLE: u32 = 16;

/// A whole number, not negative, of 128 bits.
const NUMBER: u32 = u32::MAX;
/// The same with a minus.
const NEGATIVE: u32 = u32::MAX - 1;
/// Two numbers of 64 bits with a comma between them.
const PAIR: u32 = u32::MAX - 2;
/// 32 hex digits in lower case and the hyphens of a UUID.
#[cfg(any(feature = "uuid", test))]
const UUID: u32 = u32::MAX - 3;
/// No text is so long.
const LONGEST: u32 = u32::MAX - 4;

impl Short {
    /// The empty text.
    pub(crate) const NOTHING: Self = Self { low: 0, high: 0, kind: 0 };

    /// The text of a whole number.
    #[inline]
    pub(crate) fn number<N: Copy + TryInto<u128> + TryInto<i128>>(number: N) -> Option<Self> {
        if let Ok(positive) = TryInto::<u128>::try_into(number) {
            return Some(Self::bits(positive, NUMBER));
        }
        let negative = TryInto::<i128>::try_into(number).ok()?;
        Some(Self::bits(negative.unsigned_abs(), NEGATIVE))
    }

    /// The text of a UUID.
    #[cfg(any(feature = "uuid", test))]
    #[inline]
    pub(crate) fn uuid(bits: u128) -> Self {
        Self::bits(bits, UUID)
    }

    /// The text of this number, a comma, and the text of another one.
    #[inline]
    pub(crate) fn and(self, other: Self) -> Option<Self> {
        let is_small = |part: Self| part.kind == NUMBER && part.high == 0;
        (is_small(self) && is_small(other)).then_some(Self { low: self.low, high: other.low, kind: PAIR })
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "both halves are taken")]
    fn bits(bits: u128, kind: u32) -> Self {
        Self { low: bits as u64, high: (bits >> 64) as u64, kind }
    }

    /// A text.
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let length = u32::try_from(bytes.len()).unwrap_or(LONGEST).min(LONGEST);
        if length > WHOLE {
            return Self { low: HASHER.hash_one(bytes), high: 0, kind: length };
        }
        // The first eight and the last eight overlap where there are fewer than sixteen; so do four.
        let (low, high) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else {
            (bytes.iter().fold(0, |low, byte| low << 8 | u64::from(*byte)), 0)
        };
        Self { low, high, kind: length }
    }

    /// The same, if no other text has these numbers.
    #[inline]
    pub(crate) fn whole(text: &str) -> Option<Self> {
        (text.len() <= WHOLE as usize).then(|| Self::of(text))
    }

    /// Whether no other text has these numbers.
    #[inline]
    pub(crate) fn is_whole(self) -> bool {
        self.kind <= WHOLE || self.kind > LONGEST
    }

    /// With what it is part of.
    #[inline]
    pub(crate) fn hash(self, with: u64) -> u64 {
        HASHER.hash_one((self.low ^ with, self.high ^ u64::from(self.kind)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Short, WHOLE};

    #[test]
    fn short_texts_have_numbers_of_their_own() {
        let mut seen = Vec::new();
        for length in 0..=WHOLE as usize {
            for place in 0..=length {
                let mut text = "a".repeat(length);
                if place < length {
                    text.replace_range(place..=place, "b");
                }
                let short = Short::of(&text);
                assert!(short.is_whole() && Short::whole(&text) == Some(short) && !seen.contains(&short), "{text}");
                seen.push(short);
            }
        }
        let longer = "a".repeat(WHOLE as usize + 1);
        assert!(!Short::of(&longer).is_whole() && Short::whole(&longer).is_none());
    }

    #[test]
    fn numbers_have_numbers_of_their_own() {
        let parts = [
            Short::number(0_u8),
            Short::number(7_u64),
            Short::number(-7_i8),
            Short::number(7_u128 << 64),
            Short::number(-(7_i128 << 64)),
            Short::number(u128::MAX),
            Short::number(i128::MIN),
            Short::number(1_u128 << 127),
            Short::number(7_u8).and_then(|seven| seven.and(Short::number(0_u8)?)),
            Short::number(0_u8).and_then(|zero| zero.and(Short::number(7_u8)?)),
            Some(Short::uuid(7)),
            Some(Short::uuid(7 << 64)),
            Some(Short::of("7")),
            Some(Short::of("\0\0\0\0\0\0\0\x07")),
        ];
        for (nth, part) in parts.iter().enumerate() {
            assert!(part.is_some_and(Short::is_whole) && !parts[..nth].contains(part), "{nth}");
        }
    }

    #[test]
    fn a_number_is_one_whatever_its_type() {
        assert_eq!(Short::number(7_u8), Short::number(7_i128));
        assert_eq!(Short::number(-7_i8), Short::number(-7_i64));
    }

    #[test]
    fn two_parts_are_one_where_both_are_small() {
        let (small, large, below) = (Short::number(7_u8), Short::number(u128::MAX), Short::number(-7_i8));
        for other in [large, below, Some(Short::uuid(7)), Some(Short::of("7"))] {
            let (small, other) = (small.expect("a number"), other.expect("short"));
            assert!(small.and(other).is_none() && other.and(small).is_none(), "{other:?}");
        }
    }
}
