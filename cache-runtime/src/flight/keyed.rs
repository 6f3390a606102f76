//! Flights by their keys, whose hash is worked out once.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::Flight;
use crate::key::KeyText;
use crate::sync::Arc;

/// Flights, found by their keys.
pub(super) type Keyed = HashSet<ByKey, BuildHasherDefault<Known>>;

/// A flight, found by its key.
pub(super) struct ByKey(pub Arc<Flight>);

impl Borrow<Hashed> for ByKey {
    fn borrow(&self) -> &Hashed {
        &self.0.key
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for ByKey {}

impl Hash for ByKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key.hash(state);
    }
}

/// A key and its hash, which is asked for three times in a call.
pub(super) struct Hashed {
    pub hash: u64,
    pub key: KeyText,
}

impl PartialEq for Hashed {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.key == other.key
    }
}

impl Eq for Hashed {}

impl Hash for Hashed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// The hash that is known.
#[derive(Default)]
pub(super) struct Known(u64);

impl Hasher for Known {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
