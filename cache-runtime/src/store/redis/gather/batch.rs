//! Those who ask together: one command, and its answer for each.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::question::{Answers, Fault};
use super::{Asker, Connection, Question, State, Waiting};
use crate::boxed::pinned;
use crate::error::Operation;
use crate::store::StoreResult;
use crate::store::redis::RedisStore;

/// Who has no answer when it is dropped asks alone.
pub(super) struct Batch<Q: Question> {
    connection: Arc<Connection>,
    callers: Vec<Waiting<Q>>,
    /// How many count as not answered yet, with those that are gone.
    unanswered: usize,
}

impl<Q: Question> Drop for Batch<Q> {
    fn drop(&mut self) {
        self.count_as_answered();
    }
}

impl<Q: Question> Batch<Q> {
    /// All that wait.
    pub(super) fn take(connection: &Arc<Connection>, mut state: MutexGuard<'_, State<Q>>) -> Self {
        let callers = state.take();
        state.turn += 1;
        Q::gather(connection).sends(&mut state, callers.len());
        drop(state);
        let unanswered = callers.iter().map(Waiting::callers).sum();
        Self { connection: Arc::clone(connection), callers, unanswered }
    }

    /// For no longer than this, nor than what any of them has left.
    pub(super) async fn send<A: Asker>(mut self, store: Arc<RedisStore>, asker: A, longest: Duration) {
        // Who was dropped meanwhile needs nothing.
        self.callers.retain(|waiting| !waiting.is_gone());
        let Some(left) = self.callers.iter().map(|waiting| waiting.left).min() else { return };
        // Boxed, as a task is moved about before it runs.
        let asked = pinned(|| self.ask(&store));
        let callers = self.callers.iter().map(Waiting::callers).sum();
        let (answers, took) = asker.ask_for(callers, longest.min(left), Q::OPERATION, asked).await;
        // Who went after this was sent may have given the lease back before it was given.
        for unheard in self.hand_out(answers, took) {
            let Some((key, lease)) = unheard.leave() else { continue };
            // Boxed, as it is rare, and a task is as large as what it may come to.
            let _ = Box::pin(asker.ask_for(1, longest, Operation::Claim, store.remove_same(key, lease))).await;
        }
    }

    async fn ask(&self, store: &RedisStore) -> Answers<Q> {
        let questions: Vec<&Q> = self.callers.iter().map(|waiting| &waiting.question).collect();
        Q::ask(&questions, store, &self.connection).await
    }

    fn count_as_answered(&mut self) {
        Q::gather(&self.connection).count.answered(std::mem::take(&mut self.unanswered));
    }

    /// Says whose callers are gone.
    fn hand_out(mut self, answers: Answers<Q>, took: Duration) -> Vec<Q> {
        // Before they know: who runs at once is not to be taken for one that waits.
        self.count_as_answered();
        let mut callers = std::mem::take(&mut self.callers);
        let gather = Q::gather(&self.connection);
        let mut unheard = Vec::new();
        let mut tell = |Waiting { question, answer: caller, others, .. }: Waiting<Q>, answer: StoreResult<_>| {
            for other in others {
                // Who is told nothing asks alone.
                if let Some(again) = answer.as_ref().map_or_else(|error| Some(Err(*error)), |one| Q::again(one).map(Ok))
                {
                    let _ = other.send((again, took));
                }
            }
            if caller.send((answer, took)).is_err() {
                unheard.push(question);
            }
        };
        match answers {
            Ok(answers) => {
                for (waiting, answer) in callers.drain(..).zip(answers) {
                    if let Some(bytes) = answer.as_ref().ok().and_then(Q::brings) {
                        gather.size.learn(bytes);
                    }
                    tell(waiting, answer);
                }
            }
            Err(error) => match Fault::of(error) {
                // Who is told nothing asks alone.
                Fault::One if callers.len() > 1 => {}
                Fault::Sharing if callers.len() > 1 => gather.give_up(error),
                _ => callers.drain(..).for_each(|waiting| tell(waiting, Err(error))),
            },
        }
        callers.clear();
        gather.lock().give_back(callers);
        unheard
    }
}
