//! Encoded bytes.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

/// Encoded bytes, shared between the store and the callers that wait for them. Most have one owner and are dropped by it: until there
/// is a second one they are the `Vec` that was read, with no count beside it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Payload(Bytes);

impl Payload {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
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
}
