//! How the store is asked: within a budget, through the breaker, counted.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tokio::time::{Sleep, sleep_until};

use super::Cache;
use crate::breaker::Permit;
#[cfg(feature = "redis")]
use crate::clock::Reading;
use crate::error::{CacheError, ErrorKind, Operation};
use crate::store::{Store, StoreError, StoreResult};
use crate::telemetry;

/// The time that the store operations of one call may take together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget(Duration);

impl Budget {
    /// What is left, if that is enough to share a command with others, who get no more for it than this.
    #[cfg(feature = "redis")]
    pub(super) fn shareable(&self, cache: &Cache) -> Option<Duration> {
        (self.0 >= cache.0.settings.operation_timeout / 4 * 3).then_some(self.0)
    }

    /// What was spent, if it was this at first.
    #[cfg(feature = "redis")]
    pub(super) fn spent_of(&self, whole: Duration) -> Duration {
        whole.saturating_sub(self.0)
    }

    /// What is left, if anything is.
    #[cfg(feature = "redis")]
    pub(super) fn left(&self) -> Option<Duration> {
        Some(self.0.min(LONGEST)).filter(|left| !left.is_zero())
    }

    #[cfg(feature = "redis")]
    pub(crate) fn spend_since(&mut self, begun: Reading) {
        self.spend(Duration::from_micros(Reading::now().micros_since(begun)));
    }

    pub(crate) fn spend(&mut self, took: Duration) {
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
    pub(crate) fn ask<'a, T>(
        &'a self,
        operation: Operation,
        budget: &'a mut Budget,
        asked: impl Future<Output = StoreResult<T>>,
    ) -> impl Future<Output = Result<T, CacheError>> {
        Told { cache: self, operation, asked: self.asked(operation, 1, budget, asked) }
    }

    /// The same on behalf of so many callers, who tell of its failure themselves.
    pub(crate) fn asked<'a, T>(
        &'a self,
        operation: Operation,
        callers: u32,
        budget: &'a mut Budget,
        asked: impl Future<Output = StoreResult<T>>,
    ) -> impl Future<Output = StoreResult<T>> {
        let asked = self.faulty(operation, asked);
        Asked { cache: self, operation, callers, budget, begun: false, permit: None, late: None, asked }
    }

    /// Counts an operation that the breaker, which is open, would not let through.
    pub(crate) fn refused(&self, operation: Operation) {
        telemetry::error(&self.0.name, operation, ErrorKind::BreakerOpen, "");
        self.0.counts.errors.add();
    }

    /// Tells of a failure.
    pub(crate) fn failed(&self, operation: Operation, error: StoreError) -> CacheError {
        telemetry::error(&self.0.name, operation, error.kind, error.code);
        self.0.counts.errors.add();
        CacheError::new(operation, error.kind).with_detail(error.code)
    }

    /// Notes what the breaker and the metrics are to know of an operation that was done for so many.
    pub(super) fn settle<T>(
        &self,
        permit: Permit<'_>,
        operation: Operation,
        took: Duration,
        done: &StoreResult<T>,
        callers: u32,
    ) {
        telemetry::operation(&self.0.name, operation, took);
        let failed = done.as_ref().is_err_and(|error| error.kind.is_outage());
        if let Some(state) = permit.settle(took, failed, callers) {
            telemetry::breaker(&self.0.name, state);
        }
    }

    fn silent(&self) {
        match &self.0.store {
            Store::Memory(_) => {}
            #[cfg(feature = "redis")]
            Store::Redis(store) => store.timed_out(),
        }
    }
}

/// What takes longer than this has no end.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

pin_project! {
    // Written out: an `async` block would hold the operation twice, and have a timer for what is there at once.
    struct Asked<'a, F> {
        cache: &'a Cache,
        operation: Operation,
        callers: u32,
        budget: &'a mut Budget,
        begun: bool,
        // Held by operations that leave the process.
        permit: Option<Permit<'a>>,
        #[pin]
        late: Option<Sleep>,
        #[pin]
        asked: F,
    }
}

impl<T, F: Future<Output = StoreResult<T>>> Future for Asked<'_, F> {
    type Output = StoreResult<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let refusal = |kind| Poll::Ready(Err(StoreError { kind, code: "" }));
        let mut this = self.project();
        let (cache, operation) = (*this.cache, *this.operation);
        if !std::mem::replace(this.begun, true) && cache.is_remote() {
            if this.budget.0.is_zero() {
                return refusal(ErrorKind::Timeout);
            }
            *this.permit = cache.0.breaker.permit();
            if this.permit.is_none() {
                return refusal(ErrorKind::BreakerOpen);
            }
        }
        let done = match (this.asked.poll(context), &this.permit) {
            (Poll::Ready(done), _) => done,
            (Poll::Pending, None) => return Poll::Pending,
            (Poll::Pending, Some(permit)) => {
                if this.late.is_none() {
                    this.late.set(Some(sleep_until(permit.started() + this.budget.0.min(LONGEST))));
                }
                // Not put off by what else the task does at this poll.
                let late = this
                    .late
                    .as_pin_mut()
                    .is_some_and(|late| Pin::new(&mut unconstrained(late)).poll(context).is_ready());
                if !late {
                    return Poll::Pending;
                }
                cache.silent();
                Err(StoreError { kind: ErrorKind::Timeout, code: "" })
            }
        };
        if let Some(permit) = this.permit.take() {
            let took = permit.elapsed();
            this.budget.spend(took);
            cache.settle(permit, operation, took, &done, *this.callers);
        }
        Poll::Ready(done)
    }
}

pin_project! {
    /// Tells of a failure.
    struct Told<'a, F> {
        cache: &'a Cache,
        operation: Operation,
        #[pin]
        asked: F,
    }
}

impl<T, F: Future<Output = StoreResult<T>>> Future for Told<'_, F> {
    type Output = Result<T, CacheError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.asked.poll(context).map_err(|error| this.cache.failed(*this.operation, error))
    }
}
