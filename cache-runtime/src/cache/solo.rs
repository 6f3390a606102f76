//! A plain read, without the layers of any other operation: most of what happens.

use tokio::time::Instant;

use super::{Budget, Cache};
use crate::error::Operation;
use crate::key::KeyText;
use crate::store::{Begun, Solo, SoloAnswer, Store, StoreResult, Stored};
use crate::tags::Stamps;

impl Cache {
    /// Begins to read the bytes of an entry: by itself, or together with others where `shares` allows it. `None` where more has to be
    /// done than that, or the store is unwell.
    pub(crate) fn begin_read(&self, budget: &Budget, shares: bool, key: &KeyText, names: &[String]) -> Option<Begun> {
        let Store::Redis(store) = &self.0.store else { return None };
        let left = budget.left()?;
        if !self.0.breaker.is_closed() || self.is_faulty() {
            return None;
        }
        let shares = if shares { budget.shareable(self) } else { None };
        store.begin_read(self, (left, shares), key, names)
    }

    /// What came of it by now. The stamps are missing where the server has to be asked.
    pub(crate) fn end_solo(
        &self,
        solo: &Solo,
        answer: SoloAnswer,
        budget: &mut Budget,
        names: &[String],
    ) -> Option<StoreResult<(Option<Stored>, Option<Stamps>)>> {
        let Store::Redis(store) = &self.0.store else { return None };
        let now = Instant::now();
        let done = store.end_solo(solo, answer, names, now);
        let took = now.saturating_duration_since(solo.begun());
        budget.spend(took);
        self.settle(self.0.breaker.had_leave(solo.begun()), Operation::Get, took, &done, 1);
        Some(done)
    }

    /// Its caller gave up.
    pub(crate) fn leave_solo(&self, solo: &Solo) {
        if let Store::Redis(store) = &self.0.store {
            store.leave_solo(solo);
        }
    }
}
