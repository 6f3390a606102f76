//! A decoded value, and what has to hold for it to be served.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quick_cache::{Lifecycle, Weighter};

#[cfg(feature = "redis")]
use super::channel::Channel;
use super::terms::Terms;
use crate::clock::{Millis, Moment};
use crate::key::KeyText;
use crate::private::Held;

/// What an entry costs beyond its key's and its value's bytes: map slot, three `Arc` headers, the entry itself.
const OVERHEAD: u64 = 200;

/// A decoded value.
pub(crate) struct Entry {
    /// `None` where the store says that there is none.
    pub value: Option<Held>,
    pub expires: Millis,
    /// The clock of tags when it was loaded.
    pub since: u64,
    pub terms: Arc<Terms>,
    pub key: KeyText,
    /// How many bytes it has, encoded.
    pub bytes: u32,
    /// Whether the tier has given it up.
    pub void: AtomicBool,
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
    /// It is not served any more, by whoever has it.
    pub(super) fn give_up(&self) {
        self.void.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_void(&self) -> bool {
        self.void.load(Ordering::SeqCst)
    }

    /// Whether it will never be served again.
    pub(crate) fn is_gone(&self, now: Millis) -> bool {
        self.expires <= now
            || self.terms.cells.iter().any(|cell| cell.stamp() > self.since)
            || self.terms.tether.is_cut()
            || self.terms.stamps.is_cut()
    }

    /// Whether a change would be known here by now.
    pub(crate) fn is_coherent(&self, now: Moment) -> bool {
        let _ = now;
        match (&self.terms.tether, &self.terms.stamps) {
            #[cfg(feature = "redis")]
            (Tether::To(one), Tether::To(two)) => {
                one.is_alive_at(now) && (Arc::ptr_eq(one, two) || two.is_alive_at(now))
            }
            #[cfg(feature = "redis")]
            (Tether::To(one), Tether::Own) | (Tether::Own, Tether::To(one)) => one.is_alive_at(now),
            (Tether::Own, Tether::Own) => true,
        }
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

impl Weighter<KeyText, Arc<Entry>> for Weight {
    fn weight(&self, key: &KeyText, entry: &Arc<Entry>) -> u64 {
        let bytes = u64::try_from(key.as_str().len()).unwrap_or(u64::MAX).saturating_add(entry.bytes.into());
        bytes.saturating_add(OVERHEAD).max(self.least)
    }
}

/// Counts what is pushed out, and keeps it until the locks are given back.
#[derive(Clone)]
pub(super) struct Evictions;

#[derive(Default)]
pub(super) struct Evicted(Vec<(KeyText, Arc<Entry>)>);

impl Evicted {
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

impl Lifecycle<KeyText, Arc<Entry>> for Evictions {
    type RequestState = Evicted;

    fn on_evict(&self, state: &mut Evicted, key: KeyText, entry: Arc<Entry>) {
        entry.give_up();
        state.0.push((key, entry));
    }
}
