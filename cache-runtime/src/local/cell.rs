//! The newest stamp of a tag, as far as this process knows.

use std::sync::atomic::{AtomicU64, Ordering};

/// Shared by all entries with the tag: what is older than the stamp is not served.
#[derive(Debug, Default)]
pub(crate) struct Cell(AtomicU64);

impl Cell {
    #[cfg_attr(not(test), allow(dead_code, reason = "tags have no stamps yet"))]
    pub(crate) fn raise(&self, stamp: u64) {
        self.0.fetch_max(stamp, Ordering::SeqCst);
    }

    pub(crate) fn stamp(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}
