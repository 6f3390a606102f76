//! The arithmetic of fingerprints. Frozen: a change here empties the caches of everybody who uses `version = auto`.
//!
//! Text is hashed by FNV-1a (64 bits, draft-eastlake-fnv); numbers are mixed by the finalizer of `SplitMix64`
//! (Steele, Lea, Flood 2014), because FNV alone leaves high bits of short inputs alike.

/// FNV-1a of a text.
pub const fn text(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// Spreads every bit of the input over every bit of the output.
const fn spread(mut hash: u64) -> u64 {
    hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Two fingerprints in order.
const fn pair(first: u64, second: u64) -> u64 {
    spread(spread(first).rotate_left(17) ^ second)
}

/// A shape without parts, by its name.
pub const fn leaf(kind: &str) -> u64 {
    spread(text(kind))
}

/// A shape known by name only; apart from all kinds that this crate knows.
pub const fn opaque(name: &str) -> u64 {
    pair(leaf("opaque"), text(name))
}

/// A shape whose parts are told apart by their place.
pub const fn ordered(kind: &str, parts: &[u64]) -> u64 {
    let mut hash = pair(leaf(kind), parts.len() as u64);
    let mut at = 0;
    while at < parts.len() {
        hash = pair(hash, parts[at]);
        at += 1;
    }
    hash
}

/// A shape whose parts are told apart by what is in them, such as the named fields of a JSON object.
pub const fn unordered(kind: &str, parts: &[u64]) -> u64 {
    let mut sum = 0_u64;
    let mut at = 0;
    while at < parts.len() {
        sum = sum.wrapping_add(spread(parts[at]));
        at += 1;
    }
    pair(pair(leaf(kind), parts.len() as u64), sum)
}

/// A tuple, an array, a struct without field names.
pub const fn tuple(parts: &[u64]) -> u64 {
    ordered("tuple", parts)
}

/// `N` times one shape.
pub const fn array(item: u64, length: usize) -> u64 {
    let mut hash = pair(leaf("tuple"), length as u64);
    let mut at = 0;
    while at < length {
        hash = pair(hash, item);
        at += 1;
    }
    hash
}

/// A part with the names under which it is written and read.
pub const fn named(kind: &str, written: &str, read: &str, shape: u64) -> u64 {
    ordered(kind, &[text(written), text(read), shape])
}

/// A shape and a remark that tells it from the plain shape.
pub const fn marked(remark: &str, shape: u64) -> u64 {
    pair(text(remark), shape)
}
