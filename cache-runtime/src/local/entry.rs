//! A decoded value, and what has to hold for it to be served.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ecow::EcoString;
use quick_cache::{Lifecycle, Weighter};

#[cfg(feature = "redis")]
use super::channel::Channel;
use super::names::Names;
use super::terms::Terms;
use crate::clock::{Millis, Moment};
use crate::private::Held;

/// What an entry costs beyond its key's and its value's bytes: map slot, headers, the entry itself. Measured by the benchmark
/// of memory, with a reserve for the allocator's own.
const OVERHEAD: u64 = 150;

/// A larger value is not held.
pub(crate) const LARGEST: usize = (SIZES as usize) * UNIT;

/// In which sizes are counted.
const UNIT: usize = 16;

/// The lower bits of `expires` hold the size.
const SIZE_BITS: u32 = 22;
const SIZES: u64 = (1 << SIZE_BITS) - 1;

/// A decoded value. There are many: what can be shared is, and the rest is packed. What each hit reads is side by side, most
/// often in one line of the processor's cache.
#[repr(C)]
pub(crate) struct Entry {
    /// When it expires, 0 once the tier has given it up, and how many bytes it has, encoded.
    expires: AtomicU64,
    /// The clock of tags when it was loaded.
    since: u64,
    pub terms: Arc<Terms>,
    /// `None` where the store says that there is none.
    pub value: Option<Held>,
    /// The text of the key, but for what its names have.
    rest: EcoString,
}

/// A shared entry. Nobody needs a weak reference to one, and there are many.
pub(super) type EntryRef = triomphe::Arc<Entry>;

/// An entry as it is asked for.
pub(crate) struct NewEntry {
    pub value: Option<Held>,
    pub expires: Millis,
    pub since: u64,
    pub terms: Arc<Terms>,
    pub bytes: usize,
}

/// Who tells of changes.
#[derive(Clone)]
pub(crate) enum Tether {
    /// This process itself: the store is its own.
    Own,
    /// The server, on the connection on which the value was read.
    #[cfg(feature = "redis")]
    To(Arc<Channel>),
}

impl Entry {
    /// `rest` is that of the key, by the names of the terms.
    pub(super) fn new(new: NewEntry, rest: &str) -> Self {
        let NewEntry { value, expires, since, terms, bytes } = new;
        let size = u64::try_from(bytes.div_ceil(UNIT)).unwrap_or(SIZES).min(SIZES);
        // Milliseconds of 42 bits last until the year 2109.
        let expires = expires.min(u64::MAX >> SIZE_BITS) << SIZE_BITS | size;
        Self { expires: AtomicU64::new(expires), since, terms, value, rest: rest.into() }
    }

    /// It is not served any more, by whoever has it. Its size stays, as the tier adds up what it holds.
    pub(super) fn give_up(&self) {
        self.expires.fetch_and(SIZES, Ordering::SeqCst);
    }

    /// How many bytes it has, encoded.
    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.expires.load(Ordering::Relaxed) & SIZES).unwrap_or(usize::MAX) * UNIT
    }

    pub(super) fn names(&self) -> &Names {
        &self.terms.names
    }

    #[inline]
    pub(super) fn rest(&self) -> &str {
        &self.rest
    }

    /// Whether it is what that key was given.
    pub(super) fn is_of(&self, text: &str) -> bool {
        self.names().make(&self.rest, text)
    }

    /// Whether it will never be served again.
    #[inline]
    pub(super) fn is_gone(&self, now: Millis, latest: u64) -> bool {
        self.is_over(now, latest) || self.terms.tether.is_cut() || self.terms.stamps.is_cut()
    }

    /// Whether its time is over: it was given up, or has expired, or a name of it was stamped. No stamp is newer than `latest`.
    #[inline]
    fn is_over(&self, now: Millis, latest: u64) -> bool {
        self.expires.load(Ordering::SeqCst) >> SIZE_BITS <= now
            || latest > self.since && self.terms.cells.iter().any(|cell| cell.stamp() > self.since)
    }

    /// Whether it may be served now. Nobody tells of changes on a connection that is cut.
    #[inline]
    pub(super) fn may_be_served(&self, now: &Moment, latest: u64) -> bool {
        !self.is_over(now.at, latest) && self.terms.tether.holds_at(now) && self.terms.stamps.holds_at(now)
    }
}

impl Tether {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own, Self::Own) => true,
            #[cfg(feature = "redis")]
            (Self::To(one), Self::To(two)) => Arc::ptr_eq(one, two),
            #[cfg(feature = "redis")]
            _ => false,
        }
    }

    /// Whether a change would be known here by now.
    #[inline(always)]
    fn holds_at(&self, now: &Moment) -> bool {
        let _ = now;
        match self {
            Self::Own => true,
            #[cfg(feature = "redis")]
            Self::To(channel) => channel.is_alive_at(now),
        }
    }

    fn is_cut(&self) -> bool {
        match self {
            Self::Own => false,
            #[cfg(feature = "redis")]
            Self::To(channel) => channel.is_closed(),
        }
    }
}

/// An entry weighs its bytes, and never less than its share of the entry limit: so one capacity holds both bounds.
#[derive(Clone)]
pub(super) struct Weight {
    pub(super) least: u64,
}

impl<K> Weighter<K, EntryRef> for Weight {
    fn weight(&self, _: &K, entry: &EntryRef) -> u64 {
        let bytes = entry.bytes() + entry.names().length(entry.rest());
        u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(OVERHEAD).max(self.least)
    }
}

/// Counts what is pushed out, and keeps it until the locks are given back.
#[derive(Clone)]
pub(super) struct Evictions;

#[derive(Default)]
pub(super) struct Evicted(Vec<EntryRef>);

impl Evicted {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

impl<K> Lifecycle<K, EntryRef> for Evictions {
    type RequestState = Evicted;

    fn on_evict(&self, state: &mut Evicted, _: K, entry: EntryRef) {
        entry.give_up();
        state.0.push(entry);
    }
}
