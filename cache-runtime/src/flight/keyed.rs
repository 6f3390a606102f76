//! Flights by their keys, whose hash is worked out once. Those that ended are used again.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::Flight;
use crate::key::KeyText;
use crate::sync::Arc;
use crate::sync::atomic::Ordering;

/// So many that ended are kept.
const MOST_SPARE: usize = 8;

/// Flights, found by their keys.
#[derive(Default)]
pub(super) struct Keyed {
    flights: HashSet<ByKey, BuildHasherDefault<Known>>,
    /// Ended, and nobody ever waited for them. Their last leader may not have let go yet.
    spare: Vec<Arc<Flight>>,
}

impl Keyed {
    pub(super) fn get(&self, key: &Hashed) -> Option<&Arc<Flight>> {
        self.flights.get(key).map(|ByKey(flight)| flight)
    }

    /// Begins the flight of a key that has none.
    pub(super) fn begin(&mut self, key: Hashed) -> Arc<Flight> {
        let flight = match self.spare.pop() {
            Some(mut spare) => match Arc::get_mut(&mut spare) {
                Some(free) => {
                    free.begin(key);
                    spare
                }
                None => Arc::new(Flight::new(key)),
            },
            None => Arc::new(Flight::new(key)),
        };
        self.flights.insert(ByKey(Arc::clone(&flight)));
        flight
    }

    /// Takes it away before it ended.
    pub(super) fn take(&mut self, key: &Hashed) -> Option<Arc<Flight>> {
        self.flights.take(key).map(|ByKey(flight)| flight)
    }

    /// Ends it, unless it was voided: then its key may have another one.
    pub(super) fn end(&mut self, ended: &Arc<Flight>) {
        let Some(flight) = self.take(&ended.key) else { return };
        if !Arc::ptr_eq(&flight, ended) {
            self.flights.insert(ByKey(flight));
        } else if self.spare.len() < MOST_SPARE && !flight.was_awaited() {
            self.spare.push(flight);
        }
    }

    pub(super) fn void_where(&mut self, matches: impl Fn(&str) -> bool) {
        self.flights.retain(|ByKey(flight)| {
            let hit = matches(flight.key.key.as_str());
            if hit {
                flight.void.store(true, Ordering::SeqCst);
            }
            !hit
        });
    }

    pub(super) fn len(&self) -> usize {
        self.flights.len()
    }
}

/// A flight, found by its key.
struct ByKey(Arc<Flight>);

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
struct Known(u64);

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
