//! How an entry is read: alone, or together with others.

use super::{Budget, Cache};
use crate::error::{CacheError, Operation};
use crate::key::KeyText;
use crate::store::{Asks, Stored};
use crate::tags::Stamps;

impl Cache {
    /// An entry, with what is asked of it, and what is known of these names.
    pub(crate) async fn read(
        &self,
        key: &KeyText,
        asks: Asks,
        names: &[String],
        budget: &mut Budget,
    ) -> Result<(Option<Stored>, Stamps), CacheError> {
        #[cfg(feature = "redis")]
        if asks == Asks::Bytes
            && let Some(read) = self.read_together(key, names, budget).await
        {
            return read;
        }
        self.ask(Operation::Get, budget, self.0.store.read(key, asks, names)).await
    }
}

#[cfg(feature = "redis")]
mod together {
    use std::future::Future;
    use std::time::Duration;

    use super::{Budget, Cache, CacheError, KeyText, Operation, Stamps, Stored};
    use crate::clock::Reading;
    use crate::store::{Asker, Store, StoreResult};

    impl Cache {
        /// `None` where the entry is to be read alone: while few read, while the store is unwell, and late in a call.
        pub(super) async fn read_together(
            &self,
            key: &KeyText,
            names: &[String],
            budget: &mut Budget,
        ) -> Option<Result<(Option<Stored>, Stamps), CacheError>> {
            let Store::Redis(store) = &self.0.store else { return None };
            if !self.0.breaker.is_closed() || !budget.is_whole(self) || self.is_faulty() {
                return None;
            }
            let begun = Reading::now();
            let together = store.join(self, key, names)?;
            let Some((read, took)) = store.joined(together, names).await else {
                // Alone it has what is left.
                budget.spend(Duration::from_micros(Reading::now().micros_since(begun)));
                return None;
            };
            budget.spend(took);
            Some(match read {
                Ok((stored, Some(stamps))) => Ok((stored, stamps)),
                Ok((stored, None)) => {
                    let stamps = Box::pin(self.ask(Operation::Get, budget, store.stamps(names))).await;
                    stamps.map(|stamps| (stored, stamps))
                }
                Err(error) => Err(self.failed(Operation::Get, error)),
            })
        }
    }

    impl Asker for Cache {
        fn longest(&self) -> Duration {
            self.0.settings.operation_timeout
        }

        async fn ask_for<T: Send>(
            &self,
            callers: usize,
            within: Duration,
            operation: Operation,
            asked: impl Future<Output = StoreResult<T>> + Send,
        ) -> (StoreResult<T>, Duration) {
            let mut budget = self.budget_of(within);
            let callers = u32::try_from(callers).unwrap_or(u32::MAX);
            let done = self.asked(operation, callers, &mut budget, asked).await;
            (done, budget.spent_of(within))
        }
    }
}
