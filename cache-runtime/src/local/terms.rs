//! What many entries have in common.

use std::sync::{Arc, PoisonError};

use super::entry::Tether;
use super::hits::Series;
use super::names::Names;
use crate::tags::Cell;

/// On what entries are held. Those of one resource without tags, read on one connection, share one.
pub(crate) struct Terms {
    /// The stamps of its names, which are the tier's own.
    pub cells: Box<[Arc<Cell>]>,
    pub tether: Tether,
    /// Who tells of the stamps, if they lie on another server: of whoever tells of both nothing is asked twice.
    pub stamps: Tether,
    /// Where a hit is counted.
    pub hits: Arc<Series>,
    /// What the keys have in common.
    pub names: Arc<Names>,
}

impl Terms {
    /// These, or the same ones that the last entry of the resource was held on.
    pub(crate) fn shared(mut self) -> Arc<Self> {
        if self.stamps.is_same(&self.tether) {
            self.stamps = Tether::Own;
        }
        let hits = Arc::clone(&self.hits);
        let mut last = hits.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.upgrade().filter(|last| last.is_same(&self)) {
            return last;
        }
        let terms = Arc::new(self);
        *last = Arc::downgrade(&terms);
        terms
    }

    fn is_same(&self, other: &Self) -> bool {
        self.cells.len() == other.cells.len()
            && self.cells.iter().zip(&other.cells).all(|(one, two)| Arc::ptr_eq(one, two))
            && Arc::ptr_eq(&self.names, &other.names)
            && self.tether.is_same(&other.tether)
            && self.stamps.is_same(&other.stamps)
    }
}
