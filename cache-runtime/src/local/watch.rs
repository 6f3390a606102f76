//! Whether the copy of a server's stamps is the newest.

#[cfg(feature = "redis")]
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(feature = "redis")]
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "redis")]
use tokio::sync::Notify;

#[cfg(feature = "redis")]
use super::Channel;
#[cfg(feature = "redis")]
use crate::key::KeyText;

/// Counts what the server told of its stamps, and what of that was heeded. Nothing is served in between.
pub(crate) struct Watch {
    /// The key of the stamps.
    #[cfg(feature = "redis")]
    stamps: KeyText,
    told: AtomicU64,
    heeded: AtomicU64,
    #[cfg(feature = "redis")]
    news: Notify,
    /// Where the server tells of them.
    #[cfg(feature = "redis")]
    on: Mutex<Option<Arc<Channel>>>,
    /// Where that channel lies, which no other one does as long as it is kept.
    #[cfg(feature = "redis")]
    at: AtomicUsize,
}

impl Watch {
    pub(crate) fn new(prefix: &str) -> Self {
        #[cfg(not(feature = "redis"))]
        let _ = prefix;
        Self {
            #[cfg(feature = "redis")]
            stamps: KeyText::from_text(&format!("{prefix}:stamps")),
            told: AtomicU64::new(0),
            heeded: AtomicU64::new(0),
            #[cfg(feature = "redis")]
            news: Notify::new(),
            #[cfg(feature = "redis")]
            on: Mutex::new(None),
            #[cfg(feature = "redis")]
            at: AtomicUsize::new(0),
        }
    }

    pub(crate) fn is_current(&self) -> bool {
        self.told.load(Ordering::SeqCst) == self.heeded.load(Ordering::SeqCst)
    }
}

#[cfg(feature = "redis")]
impl Watch {
    pub(crate) fn stamps(&self) -> &KeyText {
        &self.stamps
    }

    /// The stamps have changed.
    pub(crate) fn tell(&self) {
        self.told.fetch_add(1, Ordering::SeqCst);
        self.news.notify_one();
    }

    /// What was told of so far. All of it is known once the stamps have been read after this.
    pub(crate) fn told(&self) -> u64 {
        self.told.load(Ordering::SeqCst)
    }

    pub(crate) fn heed(&self, told: u64) {
        self.heeded.fetch_max(told, Ordering::SeqCst);
    }

    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Takes no lock, as each read asks.
    pub(crate) fn is_on(&self, channel: &Arc<Channel>) -> bool {
        self.at.load(Ordering::SeqCst) == Arc::as_ptr(channel).addr()
    }

    /// The server tells on this connection from now on. False if somebody else said so before.
    pub(crate) fn set_on(&self, channel: &Arc<Channel>) -> bool {
        let mut on = self.on.lock().unwrap_or_else(PoisonError::into_inner);
        if on.as_ref().is_some_and(|on| Arc::ptr_eq(on, channel)) {
            return false;
        }
        self.at.store(Arc::as_ptr(channel).addr(), Ordering::SeqCst);
        *on = Some(Arc::clone(channel));
        true
    }
}
