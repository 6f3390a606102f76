//! Decoded values in this process, in front of the store.
//!
//! An entry is served while four things hold: it has not expired; none of its tags has a newer stamp; nothing has voided its
//! key; and whoever tells of changes in the store is known to be there (see [`Channel`]). `docs/consistency.md` has the
//! argument, `docs/decisions/0011-tracking-not-messages.md` the reasons.

#[cfg(feature = "redis")]
mod channel;
mod entry;
mod hits;
mod names;
mod near;
mod order;
#[cfg(test)]
mod order_tests;
mod serve;
mod terms;
mod watch;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use foldhash::fast::RandomState;
use quick_cache::sync::Cache as Map;

#[cfg(feature = "redis")]
pub(crate) use self::channel::Channel;
pub(crate) use self::entry::{Entry, NewEntry, Tether};
use self::entry::{EntryRef, Evicted, Evictions, LARGEST, Weight};
use self::hits::Hits;
use self::names::{AllNames, Names};
pub(crate) use self::near::Site;
use self::order::{Order, Turn};
pub(crate) use self::terms::Terms;
use self::watch::Watch;
use crate::clock::Millis;
use crate::key::KeyText;
use crate::private::Held;
use crate::tags::Cells;
use crate::tally::Tells as _;
use crate::telemetry::{self, Name, VoidReason};

/// How much the tier may hold, and how long it serves without a sign of life from the store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalLimits {
    pub entries: u64,
    pub bytes: u64,
    pub bound: Duration,
}

/// The tier of one cache.
#[derive(Clone)]
pub(crate) struct Local(Arc<Shared>);

/// The tier, for those that it must not depend on.
#[derive(Clone)]
#[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "held by connections"))]
pub(crate) struct WeakLocal(Weak<Shared>);

/// Who asks.
pub(crate) trait Take {
    /// Takes a value, or that there is none. Says whether it did.
    fn take(&mut self, value: Option<&Held>) -> bool;
    /// A value of its own for this thread, if that is worth something.
    fn copy(&self, value: &Held) -> Option<Held>;
}

struct Shared {
    /// How often.
    emptied: AtomicU32,
    hasher: RandomState,
    /// By hashes of keys: an entry says whose it is. Of two keys with one hash one is held.
    map: Map<u32, EntryRef, Weight, RandomState, Evictions>,
    order: Order,
    names: AllNames,
    /// The stamps of tags: the embedded store's own, or a copy of a server's.
    cells: Arc<Cells>,
    watch: Arc<Watch>,
    name: Name,
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server can fall silent"))]
    bound: Duration,
    /// Whether somebody asked since the last heartbeat.
    asked: AtomicBool,
    hits: Arc<Hits>,
    /// Whether it was said that this server does not track.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "this process knows of its own writes"))]
    said: AtomicBool,
}

/// Taken before the store is asked: what comes of that is held only if nothing voided the key since.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    turn: Turn,
    /// When the store was asked; what it says of remaining time counts from here.
    pub at: Millis,
}

impl Local {
    pub(crate) fn new(name: &Name, prefix: &str, limits: LocalLimits) -> Self {
        let least = (limits.bytes / limits.entries.max(1)).max(1);
        let typical = usize::try_from(limits.entries.min(limits.bytes / 512)).unwrap_or(usize::MAX).max(16);
        let map = Map::with(typical, limits.bytes, Weight { least }, RandomState::default(), Evictions);
        Self(Arc::new(Shared {
            emptied: AtomicU32::new(0),
            hasher: RandomState::default(),
            map,
            order: Order::new(),
            names: AllNames::new(prefix),
            cells: Arc::default(),
            watch: Arc::new(Watch::new(prefix)),
            name: name.clone(),
            bound: limits.bound,
            asked: AtomicBool::new(false),
            hits: Hits::new(name),
            said: AtomicBool::new(false),
        }))
    }

    pub(crate) fn cells(&self) -> Arc<Cells> {
        Arc::clone(&self.0.cells)
    }

    /// To be taken before the store is asked for this key.
    pub(crate) fn ticket(&self, key: &KeyText, now: Millis) -> Ticket {
        Ticket { turn: self.0.order.turn(self.hash(key.as_str())), at: now }
    }

    /// After a fill of this process: what was held is gone, and who read before it holds nothing. `None` if the key was voided
    /// since.
    pub(crate) fn after_fill(&self, ticket: Ticket, key: &KeyText) -> Option<Ticket> {
        let hash = self.hash(key.as_str());
        let (turn, _removed) = self.0.order.advance(ticket.turn, || self.remove(hash));
        turn.map(|turn| Ticket { turn, ..ticket })
    }

    /// Holds the entry, unless something voided the key since the ticket was taken, or it is too large. Says whether it does.
    pub(crate) fn put(&self, ticket: Ticket, key: &KeyText, new: NewEntry) -> bool {
        if new.bytes > LARGEST {
            return false;
        }
        let text = key.as_str();
        let hash = self.hash(text);
        // What is evicted is dropped, and with it a user's value, when no lock is held any more.
        let mut evicted = Evicted::default();
        let mut replaced = None;
        let rest = new.terms.names.rest(text).unwrap_or(text);
        let entry = EntryRef::new(Entry::new(new, rest));
        let insert = || {
            // Also another key's: nobody would be told of changes of an entry that is not in the map.
            replaced = self.remove(hash);
            self.0.map.insert_with_lifecycle(hash, entry, &mut evicted);
        };
        let held = self.0.order.unless_void(ticket.turn, insert).is_some();
        telemetry::local_evictions(&self.0.name, evicted.count());
        held
    }

    /// Forgets the entry, and what is being read for it.
    pub(crate) fn void(&self, key: &str, reason: VoidReason) {
        let hash = self.hash(key);
        if self.0.order.void(hash, || self.remove(hash)).is_some() {
            telemetry::local_void(&self.0.name, reason);
        }
    }

    /// Forgets everything.
    pub(crate) fn void_all(&self, reason: VoidReason) {
        self.0.order.void_all(|| {
            self.0.map.clear();
            self.0.emptied.fetch_add(1, Ordering::SeqCst);
        });
        telemetry::local_void(&self.0.name, reason);
    }

    /// Gives an entry up.
    fn remove(&self, hash: u32) -> Option<EntryRef> {
        let (_, removed) = self.0.map.remove(&hash)?;
        removed.give_up();
        Some(removed)
    }

    /// What the key has in common with others.
    pub(crate) fn names(&self, key: &KeyText) -> Arc<Names> {
        self.0.names.split(key.as_str()).0
    }

    /// Where the hits of a resource are counted.
    pub(crate) fn hits(&self, resource: &'static str) -> Arc<hits::Series> {
        self.0.hits.of(resource)
    }

    /// How many hits there were.
    pub(crate) fn hit_count(&self) -> u64 {
        self.0.hits.total()
    }

    /// Tells the recorder of metrics at once what it would be told of a little later.
    pub(crate) fn tell_hits(&self) {
        self.0.hits.tell();
    }

    /// Entries and bytes held now, those included that are not served any more.
    pub(crate) fn usage(&self) -> (u64, u64) {
        (u64::try_from(self.0.map.len()).unwrap_or(u64::MAX), self.0.map.weight())
    }
}

#[cfg(feature = "redis")]
impl Local {
    pub(crate) fn watch(&self) -> &Arc<Watch> {
        &self.0.watch
    }

    pub(crate) fn name(&self) -> &Name {
        &self.0.name
    }

    pub(crate) fn bound(&self) -> Duration {
        self.0.bound
    }

    pub(crate) fn downgrade(&self) -> WeakLocal {
        WeakLocal(Arc::downgrade(&self.0))
    }

    /// Whether anybody can miss a heartbeat: there are entries, and somebody asked since the last time.
    pub(crate) fn is_used(&self) -> bool {
        self.0.asked.swap(false, Ordering::Relaxed) && !self.0.map.is_empty()
    }

    /// Says once that nothing can be held, as the server does not tell of changes.
    pub(crate) fn say_untracked(&self) {
        if !self.0.said.swap(true, Ordering::Relaxed) {
            telemetry::local_untracked(&self.0.name);
        }
    }
}

#[cfg(feature = "redis")]
impl WeakLocal {
    pub(crate) fn upgrade(&self) -> Option<Local> {
        self.0.upgrade().map(Local)
    }
}

#[cfg(test)]
pub(crate) mod tests;
