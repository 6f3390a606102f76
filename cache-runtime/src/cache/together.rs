//! Operations of the store that share a command with those of other callers.

use std::future::Future;
use std::time::Duration;

use super::{Boxed, Budget, Cache};
use crate::clock::Reading;
use crate::error::{CacheError, Operation};
use crate::store::{Asker, Question, RedisStore, Store, StoreResult};
use crate::tags::Stamps;

impl Cache {
    /// What is left of a call's time, if it may be spent together with others: not while the store is unwell, nor late in a call.
    pub(crate) fn may_share(&self, budget: &Budget) -> Option<Duration> {
        if self.0.breaker.is_closed() && !self.is_faulty() { budget.shareable(self) } else { None }
    }

    /// Asks together with others. `None` where it is to be asked alone: while few ask, while the store is unwell, late in a
    /// call, and where the server does not take several at once.
    pub(crate) async fn together<Q: Question>(
        &self,
        question: impl FnOnce() -> Q,
        budget: &mut Budget,
    ) -> Option<Result<Q::Answer, CacheError>> {
        let Store::Redis(store) = &self.0.store else { return None };
        let mut joined = store.join(self, self.may_share(budget)?, question)?;
        let begun = Reading::now();
        let Some((answer, took)) = joined.answer().await else {
            // Alone it has what is left.
            budget.spend_since(begun);
            return None;
        };
        budget.spend(took);
        Some(answer.map_err(|error| self.failed(Q::OPERATION, error)))
    }

    /// As [`together`](Self::together), followed by a look at the stamps of these names, where the server tells of them: what
    /// was stamped before is seen.
    pub(crate) async fn with_stamps_together<Q: Question>(
        &self,
        names: &[String],
        question: impl FnOnce() -> Q,
        budget: &mut Budget,
    ) -> Option<Result<(Q::Answer, Stamps), CacheError>> {
        let Store::Redis(store) = &self.0.store else { return None };
        store.copied(names)?;
        let answer = match self.together(question, budget).await? {
            Ok(answer) => answer,
            Err(error) => return Some(Err(error)),
        };
        // What was stamped before it was answered has been told of by now.
        if let Some(stamps) = store.copied(names) {
            return Some(Ok((answer, stamps)));
        }
        Some(self.stamps_alone(store, names, Q::OPERATION, budget).await.map(|stamps| (answer, stamps)))
    }

    /// What the server says of these names.
    pub(super) fn stamps_alone<'a>(
        &'a self,
        store: &'a RedisStore,
        names: &'a [String],
        operation: Operation,
        budget: &'a mut Budget,
    ) -> Boxed<'a, Result<Stamps, CacheError>> {
        Box::pin(self.ask(operation, budget, store.stamps(names)))
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
