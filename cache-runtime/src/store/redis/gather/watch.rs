//! Sees to it that nobody waits for long to be sent.
//!
//! A command is sent by a task, and on a worker whose present task does not return it is not polled. Callers have no timers of
//! their own, so this one looks after all of them, on a worker that is well.

use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use super::batch::Batch;
use super::{Asker, Connection, Question};
use crate::store::redis::RedisStore;

/// Looks so often in the time that a read may take.
const LOOKS: u32 = 4;

pub(super) fn spawn<Q: Question, A: Asker>(connection: &Arc<Connection>, store: &Arc<RedisStore>, asker: &A) {
    let watching = Watching::<Q> { connection: Arc::downgrade(connection), over: false, of: PhantomData };
    tokio::spawn(watching.watch(Arc::clone(store), asker.clone()));
}

/// Its runtime may end before the connection does, or the other way round.
struct Watching<Q: Question> {
    connection: Weak<Connection>,
    over: bool,
    of: PhantomData<fn() -> Q>,
}

impl<Q: Question> Watching<Q> {
    async fn watch<A: Asker>(mut self, store: Arc<RedisStore>, asker: A) {
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
                    tokio::spawn(batch.send(Arc::clone(&store), asker.clone(), asker.longest() / 2));
                }
            }
        }
    }

    fn look(&self, before: Option<(u64, bool)>) -> Look<Q> {
        let Some(connection) = self.connection.upgrade() else { return Look::Done };
        let mut state = Q::gather(&connection).lock();
        let turn = state.turn;
        match (before, state.questions() == 0) {
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

enum Look<Q: Question> {
    /// Nobody came since the last one.
    Done,
    /// Nobody waits.
    Well(u64),
    /// Some wait, for the command after so many.
    Waits(u64),
    /// They did so the last time.
    Late(Batch<Q>),
}

impl<Q: Question> Drop for Watching<Q> {
    fn drop(&mut self) {
        if !self.over
            && let Some(connection) = self.connection.upgrade()
        {
            Q::gather(&connection).lock().watched = false;
        }
    }
}
