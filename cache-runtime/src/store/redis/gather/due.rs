//! Sends those who wait once the runtime's queue has come round.

use std::sync::Arc;

use super::batch::Batch;
use super::{Asker, Connection, Question};
use crate::store::redis::RedisStore;

/// So often those run first that have been answered. Some may not run for long: their worker is busy, or nobody polls them.
const PATIENCE: u32 = 8;

/// Is to send those who wait, soon.
pub(super) struct Due<Q: Question> {
    connection: Arc<Connection>,
    taken: bool,
    of: std::marker::PhantomData<fn() -> Q>,
}

impl<Q: Question> Due<Q> {
    pub(super) fn new(connection: &Arc<Connection>) -> Self {
        Self { connection: Arc::clone(connection), taken: false, of: std::marker::PhantomData }
    }

    pub(super) fn spawn<A: Asker>(self, store: &Arc<RedisStore>, asker: &A) {
        let (store, asker) = (Arc::clone(store), asker.clone());
        tokio::spawn(async move {
            // To the end of the queue: those before it may ask, too.
            tokio::task::yield_now().await;
            self.let_others_run().await;
            let within = asker.longest();
            if let Some(batch) = self.take() {
                batch.send(store, asker, within).await;
            }
        });
    }

    /// Who has just been answered often asks again, and is about to run, on another worker maybe.
    async fn let_others_run(&self) {
        let count = &Q::gather(&self.connection).count;
        for _ in 0..PATIENCE {
            if !count.some_are_to_run() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    fn take(mut self) -> Option<Batch<Q>> {
        self.taken = true;
        self.batch()
    }

    /// `None` if others have taken all meanwhile.
    fn batch(&self) -> Option<Batch<Q>> {
        let mut state = Q::gather(&self.connection).lock();
        state.due = false;
        (state.questions() > 0).then(|| Batch::take(&self.connection, state))
    }
}

/// However the task ends, nobody is left waiting: a runtime that ends drops its tasks, and a cache may outlive it. Those who
/// wait are told nothing, and ask alone.
impl<Q: Question> Drop for Due<Q> {
    fn drop(&mut self) {
        if !self.taken {
            drop(self.batch());
        }
    }
}
