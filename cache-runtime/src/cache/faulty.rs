//! Where a test's clock and faults come in. Without the feature `test-util` nothing is left of either.

#[cfg(not(any(test, feature = "test-util")))]
mod off {
    use crate::cache::{Cache, CacheBuilder};
    use crate::clock::Clock;
    use crate::error::Operation;

    impl CacheBuilder {
        #[allow(clippy::unused_self, reason = "a test sets it there")]
        pub(in crate::cache) fn time(&self) -> Clock {
            Clock::system()
        }
    }

    impl Cache {
        /// Whether operations of the store can fail and take time, so that they need a timeout and the breaker.
        pub(crate) fn is_remote(&self) -> bool {
            self.0.store.is_remote()
        }

        #[cfg(feature = "redis")]
        #[allow(clippy::unused_self, reason = "a test's faults are there")]
        pub(crate) fn is_faulty(&self) -> bool {
            false
        }

        #[allow(clippy::unused_self, reason = "a test's faults are there")]
        pub(crate) fn faulty<F>(&self, _: Operation, asked: F) -> F {
            asked
        }
    }
}

#[cfg(any(test, feature = "test-util"))]
mod on {
    use std::future::Future;

    use crate::cache::{Cache, CacheBuilder};
    use crate::clock::Clock;
    use crate::error::Operation;
    use crate::store::StoreResult;
    use crate::test_util::{Faults, ManualClock};

    impl CacheBuilder {
        /// The clock by which entries expire, are stale and are due for a refresh: one that the test moves (feature
        /// `test-util`). Default: the system's. It moves neither a server's clock, by which entries expire there, nor
        /// timeouts, which are tokio's.
        ///
        /// ```
        /// use cache_runtime::{Cache, test_util::ManualClock};
        ///
        /// let clock = ManualClock::new();
        /// let cache = Cache::builder().clock(&clock).build()?;
        /// # Ok::<(), cache_runtime::CacheError>(())
        /// ```
        pub fn clock(mut self, clock: impl Into<ManualClock>) -> Self {
            self.clock = Some(clock.into());
            self
        }

        /// The faults that every operation of the store meets (feature `test-util`). Default: none. With them the embedded store
        /// counts as one that can be away: the operation timeout, the breaker and the retries of invalidations hold for it too.
        ///
        /// ```
        /// use cache_runtime::{Cache, test_util::Faults};
        ///
        /// let faults = Faults::new();
        /// let cache = Cache::builder().faults(&faults).build()?;
        /// # Ok::<(), cache_runtime::CacheError>(())
        /// ```
        pub fn faults(mut self, faults: impl Into<Faults>) -> Self {
            self.faults = Some(faults.into());
            self
        }

        pub(in crate::cache) fn time(&self) -> Clock {
            self.clock.clone().map_or_else(Clock::system, Clock::from)
        }
    }

    impl Cache {
        /// Whether operations of the store can fail and take time, so that they need a timeout and the breaker.
        pub(crate) fn is_remote(&self) -> bool {
            self.0.store.is_remote() || self.0.faults.is_some()
        }

        /// Whether operations meet faults, each by itself.
        #[cfg(feature = "redis")]
        pub(crate) fn is_faulty(&self) -> bool {
            self.0.faults.is_some()
        }

        /// The operation, as the faults let it be seen.
        pub(crate) async fn faulty<T>(
            &self,
            operation: Operation,
            asked: impl Future<Output = StoreResult<T>>,
        ) -> StoreResult<T> {
            match &self.0.faults {
                None => asked.await,
                Some(faults) => faults.around(operation, asked).await,
            }
        }
    }
}
