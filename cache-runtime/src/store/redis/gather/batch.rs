//! Those who read together: one command, and its answer for each.

use std::sync::Arc;
use std::sync::MutexGuard;
use std::time::Duration;

use ::redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value};

use super::{Asker, Connection, Slot, State, Waiting};
use crate::error::{ErrorKind, Operation};
use crate::store::{StoreError, StoreResult};

/// Room for so many callers, so that the list seldom grows while it is locked.
const USUAL: usize = 40;

/// Who has no answer when it is dropped asks alone.
pub(super) struct Batch {
    connection: Arc<Connection>,
    callers: Vec<Waiting>,
}

impl Batch {
    /// All that wait.
    pub(super) fn take(connection: &Arc<Connection>, mut state: MutexGuard<'_, State>) -> Self {
        let room = Vec::with_capacity(state.waiting.len().max(USUAL));
        let callers = std::mem::replace(&mut state.waiting, room);
        state.turn += 1;
        drop(state);
        Self { connection: Arc::clone(connection), callers }
    }

    pub(super) async fn send<A: Asker>(mut self, slot: Slot, asker: A, within: Duration) {
        // Who was dropped meanwhile needs nothing.
        self.callers.retain(|waiting| !waiting.answer.is_closed());
        if self.callers.is_empty() {
            return;
        }
        // Boxed, as a task is moved about before it runs.
        let asked = Box::pin(self.ask(&slot));
        let (answers, took) = asker.ask_for(self.callers.len(), within, Operation::Get, asked).await;
        self.hand_out(answers, took);
    }

    async fn ask(&self, slot: &Slot) -> StoreResult<Vec<Option<Vec<u8>>>> {
        let done = self.connection.ask(&command(&self.callers)).await;
        let answers = done.and_then(Value::extract_error).and_then(|answer| answers(answer, self.callers.len()));
        slot.settle(self.connection.generation, answers)
    }

    fn hand_out(self, answers: StoreResult<Vec<Option<Vec<u8>>>>, took: Duration) {
        let Self { connection, callers } = self;
        let gather = &connection.gather;
        match answers {
            Ok(answers) => {
                for (waiting, bytes) in callers.into_iter().zip(answers) {
                    gather.size.learn(bytes.as_ref().map_or(0, Vec::len));
                    let _ = waiting.answer.send((Ok(bytes), took));
                }
            }
            // They are told nothing, and ask alone.
            Err(error) if callers.len() > 1 && is_of_the_command(error) => gather.give_up(error),
            Err(error) => {
                for waiting in callers {
                    let _ = waiting.answer.send((Err(error), took));
                }
            }
        }
    }
}

fn command(batch: &[Waiting]) -> Cmd {
    let name = if batch.len() == 1 { "GET" } else { "MGET" };
    let bytes = batch.iter().map(|waiting| waiting.key.as_str().len()).sum::<usize>() + name.len();
    let mut command = Cmd::with_capacity(batch.len() + 1, bytes);
    command.arg(name);
    for waiting in batch {
        command.arg(waiting.key.as_str());
    }
    command
}

fn answers(answer: Value, count: usize) -> RedisResult<Vec<Option<Vec<u8>>>> {
    let answers = match answer {
        Value::Array(answers) if count > 1 => answers,
        answer => vec![answer],
    };
    if answers.len() != count {
        return Err(RedisError::from((::redis::ErrorKind::UnexpectedReturnType, "not as many values as keys")));
    }
    answers.into_iter().map(bytes).collect()
}

fn bytes(answer: Value) -> RedisResult<Option<Vec<u8>>> {
    match answer {
        Value::BulkString(bytes) => Ok(Some(bytes)),
        answer => Ok(Option::from_redis_value(answer)?),
    }
}

/// Whether each could fare better alone.
fn is_of_the_command(error: StoreError) -> bool {
    matches!(error.kind, ErrorKind::Denied | ErrorKind::Refused | ErrorKind::OutOfMemory)
}
