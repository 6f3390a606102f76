//! Sends those who wait once the runtime's queue has come round.

use std::sync::Arc;

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
            // To the end of the queue: those before it may ask, too.
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
