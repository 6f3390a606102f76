//! How an entry is read: alone, or together with others.

use std::future::Future;
use std::pin::Pin;

use super::{Budget, Cache};
use crate::boxed::pinned;
use crate::error::{CacheError, Operation};
use crate::key::KeyText;
use crate::store::{Asks, Stored};
use crate::tags::Stamps;

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

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
        self.read_alone(key, asks, names, budget).await
    }

    /// Boxed, and not by an `async fn`: then it is compiled with this crate, and not with each that calls it.
    fn read_alone<'a>(
        &'a self,
        key: &'a KeyText,
        asks: Asks,
        names: &'a [String],
        budget: &'a mut Budget,
    ) -> Boxed<'a, Result<(Option<Stored>, Stamps), CacheError>> {
        pinned(|| self.ask(Operation::Get, budget, self.0.store.read(key, asks, names)))
    }
}

#[cfg(feature = "redis")]
mod together {
    use super::{Asks, Boxed, Budget, Cache, CacheError, KeyText, Operation, Stamps, Stored};
    use crate::boxed::pinned;
    use crate::clock::Reading;
    use crate::store::{GetTracked, Store, Together};

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
                Asks::Tether => self.get_tracked_together(key, names, budget).await,
                Asks::Left => None,
            }
        }

        fn get_tracked_together<'a>(
            &'a self,
            key: &'a KeyText,
            names: &'a [String],
            budget: &'a mut Budget,
        ) -> Boxed<'a, Option<Found>> {
            pinned(|| self.with_stamps_together(names, || GetTracked(key.clone()), budget))
        }

        /// Without a second look at the stamps, where they have not changed since the first one.
        async fn get_together(&self, key: &KeyText, names: &[String], budget: &mut Budget) -> Option<Found> {
            let Store::Redis(store) = &self.0.store else { return None };
            let together = self.join_read(budget, key, names)?;
            let begun = Reading::now();
            let Some((read, took)) = store.read_joined(together, names).await else {
                budget.spend_since(begun);
                return None;
            };
            budget.spend(took);
            Some(match read {
                Ok((stored, Some(stamps))) => Ok((stored, stamps)),
                Ok((stored, None)) => {
                    self.stamps_alone(store, names, Operation::Get, budget).await.map(|stamps| (stored, stamps))
                }
                Err(error) => Err(self.failed(Operation::Get, error)),
            })
        }

        /// Joins those who read the bytes of entries together. `None` where it is to be read alone.
        fn join_read(&self, budget: &Budget, key: &KeyText, names: &[String]) -> Option<Together> {
            let Store::Redis(store) = &self.0.store else { return None };
            store.join_read(self, self.may_share(budget)?, key, names)
        }
    }
}
