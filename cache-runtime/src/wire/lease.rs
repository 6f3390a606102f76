//! What stands in the place of a value while somebody loads it.

use std::hash::{BuildHasher as _, RandomState};
#[cfg(any(feature = "redis", test))]
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(any(feature = "redis", test))]
use super::Payload;

/// No JSON text begins with this byte, and no frame goes on like this: a reader without leases meets a miss.
const HEAD: &[u8] = b"\xCAlease:";

/// Tells this process from every other one, also from one with the same process number on another host.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    let hash = |what| RandomState::new().hash_one((std::process::id(), what));
    format!("{:016x}{:016x}", hash(1), hash(2))
});

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The bytes of a new lease. No two are the same: a token belongs to one fill, not to a client, as a client's late fill must
/// not pass for its next one.
#[cfg(any(feature = "redis", test))]
pub(crate) fn new_lease() -> Payload {
    let mut bytes = Vec::with_capacity(HEAD.len() + LONGEST);
    bytes.extend_from_slice(HEAD);
    bytes.extend_from_slice(PROCESS.as_bytes());
    // Into a list, it does not fail.
    let _ = io::Write::write_fmt(&mut bytes, format_args!("{:x}", next()));
    Payload::new(bytes)
}

/// A text that no other process and no other call has.
pub(crate) fn token() -> String {
    let mut text = String::with_capacity(LONGEST);
    text.push_str(&PROCESS);
    let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{:x}", next()));
    text
}

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A token's length in bytes, at most.
const LONGEST: usize = 48;

/// Whether stored bytes are a lease.
pub(crate) fn is_lease(bytes: &[u8]) -> bool {
    bytes.starts_with(HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{DecodeError, decode};

    #[test]
    fn no_two_leases_are_the_same() {
        let (one, two) = (new_lease(), new_lease());
        assert_ne!(one, two);
        assert!(is_lease(&one) && is_lease(&two));
    }

    #[test]
    fn a_lease_is_no_value_of_any_type() {
        let lease = new_lease();
        assert_eq!(decode::<serde_json::Value>(&lease, true).unwrap_err(), DecodeError::Malformed);
        assert!(!is_lease(b"{\"$cache\":1,\"value\":1}"));
        assert!(!is_lease(b"\xCAche\x01"));
    }
}
