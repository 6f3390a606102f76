//! One load per key in this process.
//!
//! The first caller of a key leads: it asks the store, runs the body and fills. The others wait for what it lands. A
//! leader that is dropped (an error, a panic, a cancelled task) hands its place to the next waiter at once: the hand-over
//! is the guard's `Drop`, so there is no path on which a waiter can be forgotten.
//!
//! A waiter may be served by a read of the store only if it came before that read was sent: otherwise an invalidation that
//! returned in between would be missed. Those that came later are served by the next read, which one of them leads. A waiter
//! that came while the body ran may be served by a fill that was accepted after it came, and by no other.

mod keyed;
mod leader;

use std::any::Any;
use std::collections::VecDeque;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use self::keyed::{Hashed, Keyed};
pub(crate) use self::leader::{Lead, Leader};
use crate::key::KeyText;
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex, MutexGuard, PoisonError, oneshot};
use crate::wire::Payload;

const SHARDS: usize = 32;

/// What a leader hands to the callers that waited.
#[derive(Clone)]
pub(crate) enum Landed {
    /// The store's bytes, or the ones just encoded.
    Value(Payload),
    /// The store's bytes, past their expiry.
    Stale(Payload),
    /// "There is none", not stored.
    None,
}

/// What the first of several that are handed the same bytes made of them, for the others: each with its own would decode them again.
pub(crate) type DecodedOnce = std::sync::Arc<OnceLock<std::sync::Arc<dyn Any + Send + Sync>>>;

/// What a waiter gets.
pub(crate) enum Turn {
    /// With what it is decoded to, where several wait.
    Landed(Landed, Option<DecodedOnce>),
    /// The waiter leads now.
    Lead(Leader),
}

/// What a caller gets on joining.
pub(crate) enum Joined {
    Lead(Leader),
    Wait(oneshot::Receiver<Turn>),
}

/// What a caller accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A stored value, or one that is being loaded.
    Any,
    /// Only a value whose load begins after the call.
    Fresh,
}

/// The flights of one cache.
#[derive(Clone)]
pub(crate) struct Flights(Arc<Shared>);

struct Shared {
    shards: Vec<Arc<Shard>>,
    hasher: RandomState,
    waiting: AtomicUsize,
}

/// Some of the flights. Leaders have a share in this and not in all: a count that every call changes would be the processors'
/// bottleneck.
#[derive(Default)]
struct Shard {
    flights: Mutex<Keyed>,
    // On lines of memory of its own, too.
    _apart: [u64; 8],
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, Keyed> {
        lock(&self.flights)
    }
}

struct Flight {
    /// Its key.
    text: String,
    hash: u64,
    void: AtomicBool,
    /// Whether anybody was ever made to wait. Set while the shard is locked, so that it is exact there; elsewhere who sees it late
    /// takes a waiter for one that came later. Most flights have none, and take no lock for them.
    awaited: AtomicBool,
    /// The store's leave to fill, held by the leader.
    lease: Mutex<Option<Payload>>,
    waiters: Mutex<VecDeque<Waiter>>,
}

struct Waiter {
    turn: oneshot::Sender<Turn>,
    wish: Wish,
    came: Came,
}

/// When a waiter came, as seen from what the leader does now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// Before the read or the load began: whatever it gives is new enough.
    Before,
    /// While the body ran: new enough if nothing was invalidated meanwhile, which the fill finds out.
    During,
    /// After the fill was sent, which says nothing about what came after it.
    After,
}

impl Flight {
    fn new(key: Hashed<'_>) -> Self {
        Self {
            text: key.text.to_owned(),
            hash: key.hash,
            void: AtomicBool::new(false),
            awaited: AtomicBool::new(false),
            lease: Mutex::new(None),
            waiters: Mutex::default(),
        }
    }

    /// Another one in its place. It ended without being voided, and nobody ever waited for it.
    fn begin(&mut self, key: Hashed<'_>) {
        self.hash = key.hash;
        // In the room of the last one.
        self.text.clear();
        self.text.push_str(key.text);
        *self.lease.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn is_of(&self, key: Hashed<'_>) -> bool {
        self.hash == key.hash && self.text == key.text
    }

    fn was_awaited(&self) -> bool {
        self.awaited.load(Ordering::Acquire)
    }

    /// Under the lock of its shard.
    fn wait(&self, waiter: Waiter) {
        lock(&self.waiters).push_back(waiter);
        self.awaited.store(true, Ordering::Release);
    }

    /// Those that wait. `None` if nobody ever did.
    fn waiters(&self) -> Option<MutexGuard<'_, VecDeque<Waiter>>> {
        self.was_awaited().then(|| lock(&self.waiters))
    }
}

impl Flights {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            shards: (0..SHARDS).map(|_| Arc::default()).collect(),
            hasher: RandomState::default(),
            waiting: AtomicUsize::new(0),
        }))
    }

    /// Leads the flight of `key`, or waits for it.
    pub(crate) fn join(&self, key: &KeyText, wish: Wish) -> Joined {
        let key = self.hashed(key.as_str());
        let of = self.shard_of(key.hash);
        let shard = of.lock();
        let Some(flight) = shard.get(key) else {
            return Joined::Lead(lead(of, shard, key, wish == Wish::Any));
        };
        let (turn, wait) = oneshot::channel();
        flight.wait(Waiter { turn, wish, came: Came::After });
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        Joined::Wait(wait)
    }

    /// Leads the flight of `key`, unless somebody does.
    pub(crate) fn try_lead(&self, key: &KeyText) -> Option<Leader> {
        let key = self.hashed(key.as_str());
        let of = self.shard_of(key.hash);
        let shard = of.lock();
        shard.get(key).is_none().then(|| lead(of, shard, key, true))
    }

    /// Waits for the flight of `key`, if there is one.
    pub(crate) fn follow(&self, key: &KeyText) -> Option<oneshot::Receiver<Turn>> {
        let key = self.hashed(key.as_str());
        let shard = self.shard_of(key.hash).lock();
        let flight = shard.get(key)?;
        let (turn, wait) = oneshot::channel();
        flight.wait(Waiter { turn, wish: Wish::Any, came: Came::After });
        Some(wait)
    }

    /// Whether somebody leads a flight of `key`.
    #[cfg(feature = "redis")]
    pub(crate) fn is_led(&self, key: &KeyText) -> bool {
        let key = self.hashed(key.as_str());
        self.shard_of(key.hash).lock().get(key).is_some()
    }

    /// Voids the flight of `key`: what it loads is not stored, and callers from now on begin another one.
    pub(crate) fn void(&self, key: &KeyText) {
        let key = self.hashed(key.as_str());
        let mut shard = self.shard_of(key.hash).lock();
        if let Some(flight) = shard.take(key) {
            // After removing: who sees the mark may rely on nobody joining any more.
            flight.void.store(true, Ordering::SeqCst);
        }
    }

    /// Voids every flight whose key matches.
    pub(crate) fn void_where(&self, matches: impl Fn(&str) -> bool) {
        for shard in &self.0.shards {
            shard.lock().void_where(&matches);
        }
    }

    /// How many keys are in flight.
    pub(crate) fn len(&self) -> usize {
        self.0.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    /// How many callers were ever made to wait.
    pub(crate) fn waited(&self) -> usize {
        self.0.waiting.load(Ordering::Relaxed)
    }

    fn hashed<'a>(&self, text: &'a str) -> Hashed<'a> {
        Hashed { hash: self.0.hasher.hash_one(text), text }
    }

    fn shard_of(&self, hash: u64) -> &Arc<Shard> {
        // Not by the bits that its map goes by.
        &self.0.shards[usize::try_from(hash >> 32).unwrap_or(0) % SHARDS]
    }
}

/// A flight of a key that has none, and the lead of it.
fn lead(of: &Arc<Shard>, mut shard: MutexGuard<'_, Keyed>, key: Hashed<'_>, reads: bool) -> Leader {
    let flight = shard.begin(key);
    drop(shard);
    Leader::new(Arc::clone(of), flight, reads)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
