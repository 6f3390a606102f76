//! Sends those who wait as one command.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ::redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value};

use super::{Gather, Waiting};
use crate::error::ErrorKind;
use crate::store::StoreError;
use crate::store::redis::connect::{Connection, Slot};
use crate::wire::Payload;

/// Is to send those who wait, soon.
pub(super) struct Due {
    connection: Arc<Connection>,
    slot: Slot,
    taken: bool,
}

impl Due {
    pub(super) fn new(connection: &Arc<Connection>, slot: &Slot) -> Self {
        Self { connection: Arc::clone(connection), slot: slot.clone(), taken: false }
    }

    pub(super) fn spawn(self) {
        tokio::spawn(async move {
            // To the end of the queue: those before it may ask, too.
            tokio::task::yield_now().await;
            self.send().await;
        });
    }

    async fn send(mut self) {
        let (mut batch, more) = self.take();
        if more {
            Self::new(&self.connection, &self.slot).spawn();
        }
        // Who was dropped meanwhile needs nothing.
        batch.retain(|waiting| !waiting.answer.is_closed());
        if !batch.is_empty() {
            let done = self.connection.ask(&command(&batch)).await;
            self.hand_out(batch, done);
        }
    }

    /// Those that go together, and whether there are more: then another task is to take them.
    fn take(&mut self) -> (Vec<Waiting>, bool) {
        let gather = &self.connection.gather;
        let most = gather.size.keys();
        let mut state = gather.lock();
        self.taken = true;
        state.due = state.waiting.len() > most;
        if state.due {
            return (state.waiting.drain(..most).collect(), true);
        }
        (std::mem::take(&mut state.waiting), false)
    }

    fn hand_out(&self, batch: Vec<Waiting>, done: RedisResult<Value>) {
        let answers = done.and_then(Value::extract_error).and_then(|answer| answers(answer, batch.len()));
        match self.slot.settle(self.connection.generation, answers) {
            Ok(answers) => {
                for (waiting, bytes) in batch.into_iter().zip(answers) {
                    self.connection.gather.size.learn(bytes.as_ref().map_or(0, Vec::len));
                    let _ = waiting.answer.send(Ok(bytes.map(Payload::new)));
                }
            }
            // They are told nothing, and ask alone.
            Err(error) if batch.len() > 1 && is_of_the_command(error) => self.connection.gather.give_up(error),
            Err(error) => {
                for waiting in batch {
                    let _ = waiting.answer.send(Err(error));
                }
            }
        }
    }
}

/// However the task ends, nobody is left waiting: a runtime that ends drops its tasks, and a cache may outlive it.
impl Drop for Due {
    fn drop(&mut self) {
        if !self.taken {
            let mut state = self.connection.gather.lock();
            state.due = false;
            let left = std::mem::take(&mut state.waiting);
            drop(state);
            drop(left);
        }
    }
}

impl Gather {
    /// From now on everybody asks alone: what one may not read, or what the server does not know, is not to fail the others.
    fn give_up(&self, error: StoreError) {
        if !self.off.swap(true, Ordering::Relaxed) {
            tracing::debug!(kind = error.kind.as_str(), code = error.code, "the cache's reads share no commands");
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
