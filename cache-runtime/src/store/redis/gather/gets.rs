//! Reads: `GET` of one key, `MGET` of several.

use std::sync::Arc;

use ::redis::{Cmd, RedisError, RedisResult};
use smallvec::SmallVec;

use super::question::Answers;
use super::{Gather, Question};
use crate::error::Operation;
use crate::store::redis::get::all_bytes;
use crate::store::redis::{Connection, RedisStore};
use crate::wire::Payload;

/// The bytes under a key, whose text lies here if it is short: memory that many ask for one by one and one gives back all at once
/// is dear.
pub(crate) struct Get(SmallVec<[u8; SHORT]>);

/// Most keys are no longer.
const SHORT: usize = 64;

impl Get {
    pub(crate) fn new(key: &str) -> Self {
        Self(SmallVec::from_slice(key.as_bytes()))
    }
}

impl Question for Get {
    type Answer = Option<Payload>;
    const OPERATION: Operation = Operation::Get;

    fn gather(connection: &Connection) -> &Gather<Self> {
        &connection.gathers.gets
    }

    fn about(&self) -> Option<&[u8]> {
        Some(&self.0)
    }

    fn again(answer: &Self::Answer) -> Option<Self::Answer> {
        Some(answer.clone())
    }

    fn brings(answer: &Self::Answer) -> Option<usize> {
        Some(answer.as_ref().map_or(0, |bytes| bytes.len()))
    }

    async fn ask(questions: &[&Self], store: &RedisStore, connection: &Arc<Connection>) -> Answers<Self> {
        let answers = match connection.link.lane() {
            Some(lane) => lane.get_all(questions.iter().map(|question| &*question.0)).await,
            None => connection.link.ask(&command(questions)).await.and_then(all_bytes),
        };
        let answers = answers.and_then(|answers| checked(answers, questions.len()));
        Ok(store.settle(connection.generation, answers)?.into_iter().map(Ok).collect())
    }
}

fn command(questions: &[&Get]) -> Cmd {
    let name = if questions.len() == 1 { "GET" } else { "MGET" };
    let bytes = questions.iter().map(|question| question.0.len()).sum::<usize>() + name.len();
    let mut command = Cmd::with_capacity(questions.len() + 1, bytes);
    command.arg(name);
    for question in questions {
        command.arg(&*question.0);
    }
    command
}

fn checked<T>(answers: Vec<T>, count: usize) -> RedisResult<Vec<T>> {
    if answers.len() == count {
        return Ok(answers);
    }
    Err(RedisError::from((::redis::ErrorKind::UnexpectedReturnType, "not as many values as keys")))
}
