//! Sends those who wait once the runtime's queue has come round.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::batch::Batch;
use super::{Asker, Connection, Slot};

/// Is to send those who wait, soon.
pub(super) struct Due {
    connection: Arc<Connection>,
    taken: bool,
}

impl Due {
    pub(super) fn new(connection: &Arc<Connection>) -> Self {
        Self { connection: Arc::clone(connection), taken: false }
    }

    pub(super) fn spawn<A: Asker>(self, slot: &Slot, asker: &A) {
        let (slot, asker) = (slot.clone(), asker.clone());
        tokio::spawn(async move {
            tokio::task::yield_now().await;
            let within = asker.longest();
            self.take().send(slot, asker, within).await;
        });
    }

    fn take(mut self) -> Batch {
        self.taken = true;
        self.batch()
    }

    fn batch(&self) -> Batch {
        let mut state = self.connection.gather.lock();
        state.due = false;
        Batch::take(&self.connection, state)
    }
}

/// However the task ends, nobody is left waiting: a runtime that ends drops its tasks, and a cache may outlive it. Those who
/// wait are told nothing, and ask alone.
impl Drop for Due {
    fn drop(&mut self) {
        if !self.taken {
            drop(self.batch());
        }
    }
}

/// Those before it may ask, too. Unlike `yield_now`, which waits for this worker to run out of tasks, it stays where another
/// worker can take it over, should a task of this one not return.
async fn to_the_end_of_the_queue() {
    let mut there = false;
    poll_fn(|context| {
        if std::mem::replace(&mut there, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
