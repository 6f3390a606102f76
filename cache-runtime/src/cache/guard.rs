//! How the store is asked: within a budget, through the breaker, counted.

use std::future::Future;
use std::time::Duration;

use super::Cache;
use crate::error::{CacheError, ErrorKind, Operation};
use crate::store::{Store, StoreError, StoreResult};
use crate::telemetry;

/// The time that the store operations of one call may take together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget(Duration);

impl Budget {
    fn spend(&mut self, took: Duration) {
        self.0 = self.0.saturating_sub(took);
    }
}

impl Cache {
    pub(crate) fn budget(&self) -> Budget {
        Budget(self.0.settings.operation_timeout)
    }

    /// A budget for what takes longer than one call.
    #[allow(clippy::unused_self, reason = "budgets come from caches")]
    pub(crate) fn budget_of(&self, longest: Duration) -> Budget {
        Budget(longest)
    }

    /// Runs one operation of the store.
    pub(crate) async fn ask<T>(
        &self,
        operation: Operation,
        budget: &mut Budget,
        asked: impl Future<Output = StoreResult<T>>,
    ) -> Result<T, CacheError> {
        let asked = self.faulty(operation, asked);
        if !self.is_remote() {
            return asked.await.map_err(|error| self.failed(operation, error));
        }
        if budget.0.is_zero() {
            return Err(self.failed(operation, StoreError { kind: ErrorKind::Timeout, code: "" }));
        }
        let Some(permit) = self.0.breaker.permit() else {
            return Err(self.failed(operation, StoreError { kind: ErrorKind::BreakerOpen, code: "" }));
        };
        let done = match tokio::time::timeout(budget.0, asked).await {
            Ok(done) => done,
            Err(_) => {
                self.silent();
                Err(StoreError { kind: ErrorKind::Timeout, code: "" })
            }
        };
        let took = permit.elapsed();
        budget.spend(took);
        telemetry::operation(&self.0.name, operation, took);
        if let Some(state) = permit.settle(done.as_ref().is_err_and(|error| error.kind.is_outage())) {
            telemetry::breaker(&self.0.name, state);
        }
        done.map_err(|error| self.failed(operation, error))
    }

    /// Counts an operation that the breaker, which is open, would not let through.
    pub(crate) fn refused(&self, operation: Operation) {
        telemetry::error(&self.0.name, operation, ErrorKind::BreakerOpen, "");
        self.0.counts.errors.add();
    }

    fn failed(&self, operation: Operation, error: StoreError) -> CacheError {
        telemetry::error(&self.0.name, operation, error.kind, error.code);
        self.0.counts.errors.add();
        CacheError::new(operation, error.kind).with_detail(error.code)
    }

    fn silent(&self) {
        match &self.0.store {
            Store::Memory(_) => {}
            #[cfg(feature = "redis")]
            Store::Redis(store) => store.timed_out(),
        }
    }
}
