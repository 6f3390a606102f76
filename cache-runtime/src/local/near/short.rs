//! A text as two numbers: most ids are short, and numbers are compared at once.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

/// Without a secret: whoever chose ids that meet in one place would have them found in the tier.
const HASHER: FixedState = FixedState::with_seed(0x5ca1_ab1e);

/// A text, or the number that it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Short {
    low: u64,
    high: u64,
    length: u32,
}

/// The longest text that is whole in two numbers.
const WHOLE: u32 = 16;

/// In place of the length of a text that is a number.
const NUMBER: u32 = u32::MAX;

/// Digits of the largest number.
const DIGITS: u32 = 20;

impl Short {
    /// The one text that is this number.
    #[inline]
    pub(super) fn number(number: u64) -> Self {
        Self { low: number, high: 0, length: NUMBER }
    }

    #[inline]
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        // Keys are far shorter than that.
        let length = u32::try_from(bytes.len()).unwrap_or(NUMBER - 1);
        if length <= DIGITS
            && bytes.iter().all(u8::is_ascii_digit)
            && (length == 1 || bytes.first().is_some_and(|first| *first != b'0'))
            && let Ok(number) = text.parse()
        {
            return Self::number(number);
        }
        if length > WHOLE {
            return Self { low: HASHER.hash_one(bytes), high: 0, length };
        }
        // The first eight and the last eight overlap where there are fewer than sixteen; so do four.
        let (low, high) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else {
            (bytes.iter().fold(0, |low, byte| low << 8 | u64::from(*byte)), 0)
        };
        Self { low, high, length }
    }

    /// Whether no other text has these numbers.
    #[inline]
    pub(super) fn is_whole(self) -> bool {
        self.length <= WHOLE || self.length == NUMBER
    }

    #[inline]
    pub(super) fn hash(self, names: u32) -> u64 {
        HASHER.hash_one((self.low ^ u64::from(names) << 32, self.high))
    }
}

#[cfg(test)]
mod tests {
    use super::{Short, WHOLE};

    #[test]
    fn short_texts_have_numbers_of_their_own() {
        let mut seen = std::collections::HashSet::new();
        for length in 0..=WHOLE as usize {
            for place in 0..=length {
                let mut text = "a".repeat(length);
                if place < length {
                    text.replace_range(place..=place, "b");
                }
                let short = Short::of(&text);
                assert!(short.is_whole() && seen.insert((short.low, short.high, short.length)), "{text}");
            }
        }
        assert!(!Short::of(&"a".repeat(WHOLE as usize + 1)).is_whole());
    }

    #[test]
    fn a_number_is_one_however_it_is_asked_for() {
        for number in [0, 7, 10, u64::MAX] {
            assert!(Short::of(&number.to_string()) == Short::number(number));
        }
        for other in ["", "00", "07", "+7", "-7", "7a", "18446744073709551616", "99999999999999999999"] {
            assert!(Short::of(other).length as usize == other.len(), "{other}");
        }
    }
}
