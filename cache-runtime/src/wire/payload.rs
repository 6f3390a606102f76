//! Encoded bytes.

use std::fmt;
use std::ops::Deref;
#[cfg(feature = "redis")]
use std::ops::Range;

use bytes::Bytes;

/// Encoded bytes, shared between the store and the callers that wait for them. Most have one owner and are dropped by it: until there
/// is a second one they are the `Vec` that was read, with no count beside it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Payload(Bytes);

impl Payload {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// As they are, shared with whoever else has them.
    #[cfg(feature = "redis")]
    pub(crate) fn of(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// A part of them, which shares them. `None` where they have no such part.
    #[cfg(feature = "redis")]
    pub(crate) fn part(&self, range: Range<usize>) -> Option<Self> {
        self.0.get(range.clone())?;
        Some(Self(self.0.slice(range)))
    }

    #[cfg(feature = "redis")]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Whether they are the same ones, and not only equal.
    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        std::ptr::eq::<[u8]>(&*self.0, &*other.0)
    }
}

impl Deref for Payload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// A value is nobody's to see.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Payload;

    #[test]
    fn equal_bytes_are_not_the_same_ones() {
        let (one, other) = (Payload::new(b"secret".to_vec()), Payload::new(b"secret".to_vec()));
        assert!(one == other && !one.ptr_eq(&other) && one.ptr_eq(&one.clone()));
        assert_eq!(format!("{one:?}"), "Payload(6 bytes)");
    }

    #[cfg(feature = "redis")]
    #[test]
    fn a_part_lies_within_the_whole() {
        let whole = Payload::new(b"secret".to_vec());
        let part = whole.part(1..3).expect("within");
        assert!(*part == *b"ec" && part.as_ptr() == whole[1..].as_ptr());
        assert!(whole.part(6..6).is_some_and(|part| part.is_empty()));
        for range in [5..7, 7..7, 3..usize::MAX] {
            assert!(whole.part(range).is_none());
        }
    }
}
