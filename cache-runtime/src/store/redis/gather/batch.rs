//! Those who ask together: one command, and its answer for each.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::question::{Answers, Fault};
use super::waiting::{Party, Waiting};
use super::{Asker, Connection, Question, State};
use crate::boxed::pinned;
use crate::error::Operation;
use crate::store::redis::RedisStore;

pub(super) struct Batch<Q: Question> {
    connection: Arc<Connection>,
    /// Dropped after those are counted that have no answer, so that none of them is taken for one that waits.
    party: Party<Q>,
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
        let party = state.take();
        state.turn += 1;
        Q::gather(connection).sends(&mut state, party.list.len());
        drop(state);
        Self { connection: Arc::clone(connection), unanswered: party.seated, party }
    }

    /// For no longer than this, nor than what any of them has left.
    pub(super) async fn send<A: Asker>(mut self, store: Arc<RedisStore>, asker: A, longest: Duration) {
        self.party.leave_out_who_is_gone();
        let Some(left) = self.party.list.iter().map(|waiting| waiting.left).min() else { return };
        // Boxed, as a task is moved about before it runs.
        let asked = pinned(|| self.ask(&store));
        let callers = self.party.list.iter().map(Waiting::callers).sum();
        let (answers, took) = asker.ask_for(callers, longest.min(left), Q::OPERATION, asked).await;
        // Who went after this was sent may have given the lease back before it was given.
        for unheard in self.hand_out(answers, took) {
            let Some((key, lease)) = unheard.leave() else { continue };
            // Boxed, as it is rare, and a task is as large as what it may come to.
            let _ = Box::pin(asker.ask_for(1, longest, Operation::Claim, store.remove_same(key, lease))).await;
        }
    }

    async fn ask(&self, store: &RedisStore) -> Answers<Q> {
        let questions: Vec<&Q> = self.party.list.iter().map(|waiting| &waiting.question).collect();
        Q::ask(&questions, store, &self.connection).await
    }

    fn count_as_answered(&mut self) {
        Q::gather(&self.connection).count.answered(std::mem::take(&mut self.unanswered));
    }

    /// Says whose callers are gone.
    fn hand_out(mut self, answers: Answers<Q>, took: Duration) -> Vec<Q> {
        // Before they know: who runs at once is not to be taken for one that waits.
        self.count_as_answered();
        let (gather, party) = (Q::gather(&self.connection), &mut self.party);
        let callers = party.list.len();
        let (unheard, list) = match answers {
            Ok(answers) => party.answer(
                took,
                answers.into_iter().inspect(|answer| {
                    if let Some(bytes) = answer.as_ref().ok().and_then(Q::brings) {
                        gather.size.learn(bytes);
                    }
                }),
            ),
            Err(error) => match Fault::of(error) {
                // Who is told nothing asks alone.
                Fault::One if callers > 1 => return Vec::new(),
                Fault::Sharing if callers > 1 => {
                    gather.give_up(error);
                    return Vec::new();
                }
                _ => party.answer(took, std::iter::repeat_n(error, callers).map(Err)),
            },
        };
        gather.lock().give_back(list);
        unheard
    }
}
