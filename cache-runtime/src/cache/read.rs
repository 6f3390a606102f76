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
        if let Some(read) = self.read_together(key, asks, names, budget).await {
            return read;
        }
        self.ask(Operation::Get, budget, self.0.store.read(key, asks, names)).await
    }
}

#[cfg(feature = "redis")]
mod together {
    use super::{Asks, Budget, Cache, CacheError, KeyText, Operation, Stamps, Stored};
    use crate::clock::Reading;
    use crate::store::{GetTracked, Store};

    type Found = Result<(Option<Stored>, Stamps), CacheError>;

    impl Cache {
        /// `None` where the entry is to be read alone.
        pub(super) async fn read_together(
            &self,
            key: &KeyText,
            asks: Asks,
            names: &[String],
            budget: &mut Budget,
        ) -> Option<Found> {
            match asks {
                Asks::Bytes => self.get_together(key, names, budget).await,
                // Boxed: most reads are of the other kind.
                Asks::Tether => Box::pin(self.with_stamps_together(names, || GetTracked(key.clone()), budget)).await,
                Asks::Left => None,
            }
        }

        /// Without a second look at the stamps, where they have not changed since the first one.
        async fn get_together(&self, key: &KeyText, names: &[String], budget: &mut Budget) -> Option<Found> {
            let Store::Redis(store) = &self.0.store else { return None };
            let left = self.may_share(budget)?;
            let begun = Reading::now();
            let together = store.join_read(self, left, key, names)?;
            let Some((read, took)) = store.read_joined(together, names).await else {
                budget.spend_since(begun);
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
}
