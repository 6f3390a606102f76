//! The embedded store: bounded by entries and bytes, with real expiry.

mod guards;
mod pattern;

use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::RandomState;
use quick_cache::Weighter;
use quick_cache::sync::{Cache as Map, DefaultLifecycle};

use self::guards::Guards;
use super::{Invalidation, Removed, Stored};
use crate::clock::{Clock, Millis, millis};
use crate::key::KeyText;
use crate::local::Tether;
use crate::tags::Cells;
use crate::wire::Payload;

/// What an entry costs beyond its key's and its value's bytes: map slot, two `Arc` headers, the `Vec`.
const OVERHEAD: u64 = 120;

/// How much the embedded store may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryLimits {
    pub entries: u64,
    pub bytes: u64,
}

#[derive(Clone)]
struct Entry {
    bytes: Payload,
    expires: Millis,
}

/// An entry weighs its bytes, and never less than its share of the entry limit: so one capacity holds both bounds.
#[derive(Clone)]
struct Weight {
    least: u64,
}

impl Weighter<KeyText, Entry> for Weight {
    fn weight(&self, key: &KeyText, entry: &Entry) -> u64 {
        let bytes = key.as_str().len().saturating_add(entry.bytes.len());
        u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(OVERHEAD).max(self.least)
    }
}

/// Entries in this process, evicted by `quick_cache` (S3-FIFO-like) when a bound is reached.
pub(crate) struct MemoryStore {
    map: Map<KeyText, Entry, Weight, RandomState>,
    guards: Guards,
    pub(crate) cells: Arc<Cells>,
    clock: Clock,
}

impl MemoryStore {
    pub(crate) fn new(limits: MemoryLimits, clock: Clock, cells: Arc<Cells>) -> Self {
        let least = (limits.bytes / limits.entries.max(1)).max(1);
        let typical = usize::try_from(limits.entries.min(limits.bytes / 512)).unwrap_or(usize::MAX).max(16);
        Self {
            map: Map::with(
                typical,
                limits.bytes,
                Weight { least },
                RandomState::default(),
                DefaultLifecycle::default(),
            ),
            guards: Guards::default(),
            cells,
            clock,
        }
    }

    pub(crate) fn get(&self, key: &KeyText) -> Option<Payload> {
        self.read(key).map(|stored| stored.bytes)
    }

    pub(crate) fn read(&self, key: &KeyText) -> Option<Stored> {
        let entry = self.map.get(key)?;
        let now = self.clock.now();
        if entry.expires > now {
            let left = Some(Duration::from_millis(entry.expires - now));
            return Some(Stored { bytes: entry.bytes, left, tether: Some(Tether::Own) });
        }
        self.map.remove_if(key, |now| Payload::ptr_eq(&now.bytes, &entry.bytes));
        None
    }

    /// Stores an entry, unless it is guarded. Says whether it did.
    pub(crate) fn set(&self, key: &KeyText, bytes: &Payload, ttl: Duration) -> bool {
        let expires = self.clock.now().saturating_add(millis(ttl));
        self.map.insert(key.clone(), Entry { bytes: Payload::clone(bytes), expires });
        // Looked at after the insertion: a guard removes after it is set, so that one of the two sees the other.
        let guarded = self.is_guarded(key);
        if guarded {
            self.map.remove(key);
        }
        !guarded
    }

    pub(crate) fn is_guarded(&self, key: &KeyText) -> bool {
        self.guards.stands(key, self.clock.now())
    }

    pub(crate) fn guard(&self, keys: &[KeyText], token: &str, ttl: Duration) -> Removed {
        self.set_guards(keys, token, ttl);
        Removed { count: self.remove(keys), versions: Vec::new() }
    }

    pub(crate) fn invalidate(&self, what: &Invalidation<'_>) -> Removed {
        if let Some((token, window)) = what.fence {
            self.set_guards(what.keys, token, window);
        }
        let count = self.remove(what.keys);
        if let Some(token) = what.lift {
            what.keys.iter().for_each(|key| self.guards.lift(key, token));
        }
        Removed { count, versions: Vec::new() }
    }

    fn set_guards(&self, keys: &[KeyText], token: &str, window: Duration) {
        let now = self.clock.now();
        keys.iter().for_each(|key| self.guards.set(key, token, now.saturating_add(millis(window)), now));
    }

    fn remove(&self, keys: &[KeyText]) -> u64 {
        let removed = keys.iter().filter(|key| self.map.remove(*key).is_some()).count();
        u64::try_from(removed).unwrap_or(u64::MAX)
    }

    /// Prolongs an entry's life, if it still holds these bytes.
    pub(crate) fn prolong(&self, key: &KeyText, bytes: &Payload, ttl: Duration) {
        if self.map.get(key).is_some_and(|entry| Payload::ptr_eq(&entry.bytes, bytes)) {
            self.set(key, bytes, ttl);
        }
    }

    pub(crate) fn remove_same(&self, key: &KeyText, bytes: &Payload) -> bool {
        self.map.remove_if(key, |now| now.bytes == *bytes).is_some()
    }

    /// Entries and bytes held now, expired ones that were not yet asked for included.
    pub(crate) fn usage(&self) -> (u64, u64) {
        (u64::try_from(self.map.len()).unwrap_or(u64::MAX), self.map.weight())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual;

    fn key(n: usize) -> KeyText {
        KeyText::from_text(&format!("p:tenant-global:r:{n}:v1"))
    }

    fn payload(len: usize) -> Payload {
        Payload::new(vec![b'x'; len])
    }

    #[test]
    fn entries_expire_by_the_clock() {
        let (clock, hand) = manual::clock();
        let store = MemoryStore::new(MemoryLimits { entries: 100, bytes: 100_000 }, clock, Arc::default());
        store.set(&key(1), &payload(10), Duration::from_secs(10));
        hand.advance(Duration::from_millis(9_999));
        assert!(store.get(&key(1)).is_some());
        hand.advance(Duration::from_millis(1));
        assert!(store.get(&key(1)).is_none());
        assert_eq!(store.usage().0, 0, "an expired entry is removed when it is met");
    }

    #[test]
    fn both_bounds_hold() {
        let (clock, _hand) = manual::clock();
        let by_entries =
            MemoryStore::new(MemoryLimits { entries: 100, bytes: 10_000_000 }, clock.clone(), Arc::default());
        let by_bytes = MemoryStore::new(MemoryLimits { entries: 1_000_000, bytes: 100_000 }, clock, Arc::default());
        for n in 0..5_000 {
            by_entries.set(&key(n), &payload(10), Duration::from_secs(10));
            by_bytes.set(&key(n), &payload(1_000), Duration::from_secs(10));
        }
        assert!((1..=100).contains(&by_entries.usage().0), "{:?}", by_entries.usage());
        assert!((1..=100).contains(&by_bytes.usage().0), "{:?}", by_bytes.usage());
        assert!(by_bytes.usage().1 <= 100_000);
    }

    #[test]
    fn a_changed_entry_is_not_removed_as_the_same() {
        let (clock, _hand) = manual::clock();
        let store = MemoryStore::new(MemoryLimits { entries: 100, bytes: 100_000 }, clock, Arc::default());
        store.set(&key(1), &payload(10), Duration::from_secs(10));
        assert!(!store.remove_same(&key(1), &payload(11)));
        assert!(store.remove_same(&key(1), &payload(10)));
    }

    #[test]
    fn an_enormous_ttl_does_not_overflow() {
        let (clock, hand) = manual::clock();
        let store = MemoryStore::new(MemoryLimits { entries: 100, bytes: 100_000 }, clock, Arc::default());
        store.set(&key(1), &payload(10), Duration::MAX);
        hand.advance(Duration::from_secs(3_000_000_000));
        assert!(store.get(&key(1)).is_some());
    }
}
