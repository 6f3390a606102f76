//! Sees to it that nobody waits for long to be sent.
//!
//! A command is sent by a task, and on a worker whose present task does not return it is not polled. Callers have no timers of
//! their own, so this one looks after all of them, on a worker that is well.

use std::sync::{Arc, Weak};

use super::batch::Batch;
use super::{Asker, Connection, Slot};

/// Looks so often in the time that a read may take.
const LOOKS: u32 = 4;

pub(super) fn spawn<A: Asker>(connection: &Arc<Connection>, slot: &Slot, asker: &A) {
    let watching = Watching { connection: Arc::downgrade(connection), over: false };
    tokio::spawn(watching.watch(slot.clone(), asker.clone()));
}

/// Its runtime may end before the connection does, or the other way round.
struct Watching {
    connection: Weak<Connection>,
    over: bool,
}

impl Watching {
    async fn watch<A: Asker>(mut self, slot: Slot, asker: A) {
        let mut before = None;
        loop {
            tokio::time::sleep(asker.longest() / LOOKS).await;
            match self.look(before) {
                Look::Done => {
                    self.over = true;
                    return;
                }
                Look::Waits(turn) => before = Some((turn, true)),
                Look::Well(turn) => before = Some((turn, false)),
                Look::Late(batch) => {
                    before = None;
                    // What is left to those that have waited longest.
                    tokio::spawn(batch.send(slot.clone(), asker.clone(), asker.longest() / 2));
                }
            }
        }
    }

    fn look(&self, before: Option<(u64, bool)>) -> Look {
        let Some(connection) = self.connection.upgrade() else { return Look::Done };
        let mut state = connection.gather.lock();
        let turn = state.turn;
        match (before, state.waiting.is_empty()) {
            (Some((last, true)), false) if last == turn => Look::Late(Batch::take(&connection, state)),
            (_, false) => Look::Waits(turn),
            (Some((last, _)), true) if last == turn => {
                state.watched = false;
                Look::Done
            }
            (_, true) => Look::Well(turn),
        }
    }
}

enum Look {
    /// Nobody came since the last one.
    Done,
    /// Nobody waits.
    Well(u64),
    /// Some wait, for the command after so many.
    Waits(u64),
    /// They did so the last time.
    Late(Batch),
}

impl Drop for Watching {
    fn drop(&mut self) {
        if !self.over
            && let Some(connection) = self.connection.upgrade()
        {
            connection.gather.lock().watched = false;
        }
    }
}
