//! Removing entries, for good or while a write is under way.

use std::time::Duration;

use super::RedisStore;
use super::script_answers::RemovedAnswer;
use crate::key::KeyText;
use crate::store::{Invalidation, Removed, StoreResult};

impl RedisStore {
    /// Removes values and leases, and says which versions are registered. One round trip.
    pub(crate) async fn invalidate(&self, what: &Invalidation<'_>) -> StoreResult<Removed> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.invalidate_by_slot(what).await;
        }
        let answer = self.query::<RemovedAnswer>(&self.invalidate_command(what), &[&self.scripts.invalidate]).await?;
        Ok(answer.0)
    }

    /// Removes entries and refuses fills until the guard is lifted or its ttl is over; says which versions are registered. One
    /// round trip.
    pub(crate) async fn guard(
        &self,
        keys: &[KeyText],
        registers: &[KeyText],
        token: &str,
        ttl: Duration,
    ) -> StoreResult<Removed> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.guard_by_slot(keys, registers, token, ttl).await;
        }
        let command = self.guard_command(keys, registers, token, ttl);
        let answer = self.query::<RemovedAnswer>(&command, &[&self.scripts.guard]).await?;
        Ok(answer.0)
    }
}
