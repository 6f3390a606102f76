//! Flights by their keys, whose hash is worked out once. Those that ended are used again.

use hashbrown::HashTable;

use super::Flight;
use crate::sync::Arc;
use crate::sync::atomic::Ordering;

/// So many that ended are kept.
const MOST_SPARE: usize = 8;

/// Flights, found by their keys.
#[derive(Default)]
pub(super) struct Keyed {
    flights: HashTable<Arc<Flight>>,
    /// Ended, and nobody ever waited for them. Their last leader may not have let go yet.
    spare: Vec<Arc<Flight>>,
}

/// A key and its hash, which is asked for three times in a call. A flight has a text of its own, so that who asks needs none that
/// can be shared.
#[derive(Clone, Copy)]
pub(super) struct Hashed<'a> {
    pub hash: u64,
    pub text: &'a str,
}

impl Keyed {
    pub(super) fn get(&self, key: Hashed<'_>) -> Option<&Arc<Flight>> {
        self.flights.find(key.hash, |flight| flight.is_of(key))
    }

    /// Begins the flight of a key that has none.
    pub(super) fn begin(&mut self, key: Hashed<'_>) -> Arc<Flight> {
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
        self.flights.insert_unique(key.hash, Arc::clone(&flight), |flight| flight.hash);
        flight
    }

    /// Takes it away before it ended.
    pub(super) fn take(&mut self, key: Hashed<'_>) -> Option<Arc<Flight>> {
        let found = self.flights.find_entry(key.hash, |flight| flight.is_of(key)).ok()?;
        Some(found.remove().0)
    }

    /// Ends it, unless it was voided: then its key may have another one.
    pub(super) fn end(&mut self, ended: &Arc<Flight>) {
        let Ok(found) = self.flights.find_entry(ended.hash, |flight| Arc::ptr_eq(flight, ended)) else { return };
        let (flight, _) = found.remove();
        if self.spare.len() < MOST_SPARE && !flight.was_awaited() {
            self.spare.push(flight);
        }
    }

    pub(super) fn void_where(&mut self, matches: impl Fn(&str) -> bool) {
        self.flights.retain(|flight| {
            let hit = matches(&flight.text);
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
