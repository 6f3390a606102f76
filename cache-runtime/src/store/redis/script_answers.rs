//! What scripts answer.

use ::redis::{FromRedisValue, RedisError, RedisResult, Value};

use super::{Connection, RedisStore};
use crate::error::ErrorKind;
use crate::store::{Claim, Looked, Removed, StoreError, StoreResult};
use crate::wire::Payload;

impl RedisStore {
    /// The answers of a script for so many entries.
    pub(super) fn each<T>(
        &self,
        connection: &Connection,
        answers: Vec<Value>,
        count: usize,
        read: impl Fn(Value) -> RedisResult<T>,
    ) -> StoreResult<Vec<StoreResult<T>>> {
        if answers.len() != count {
            return Err(StoreError::new(ErrorKind::Refused));
        }
        let read = |answer| match read(answer) {
            Ok(answer) => Ok(answer),
            refused => self.settle(connection.generation, refused),
        };
        Ok(answers.into_iter().map(read).collect())
    }
}

/// The answer of the script: a count, then a list for each register.
pub(super) struct RemovedAnswer(pub Removed);

impl FromRedisValue for RemovedAnswer {
    fn from_redis_value(value: Value) -> Result<Self, ::redis::ParsingError> {
        let mut items = Vec::<Value>::from_redis_value(value)?.into_iter();
        let count = items.next().map(u64::from_redis_value).transpose()?.unwrap_or(0);
        Ok(Self(Removed { count, versions: items.map(Vec::from_redis_value).collect::<Result<_, _>>()? }))
    }
}

/// What scripts say of one of their entries.
pub(super) fn claimed(answer: Value) -> RedisResult<Claim> {
    match answer.extract_error()? {
        Value::Int(1) => Ok(Claim::Granted),
        Value::Int(2) => Ok(Claim::Guarded),
        Value::Int(3) => Ok(Claim::Held),
        Value::Int(4) => Ok(Claim::Stored),
        _ => Err(unexpected()),
    }
}

pub(super) fn looked(answer: Value) -> RedisResult<Looked> {
    match answer.extract_error()? {
        Value::Int(1) => Ok(Looked::Granted),
        Value::Int(2) => Ok(Looked::Guarded),
        Value::BulkString(bytes) => Ok(Looked::Found(Payload::new(bytes))),
        _ => Err(unexpected()),
    }
}

pub(super) fn filled(answer: Value) -> RedisResult<bool> {
    Ok(u64::from_redis_value(answer.extract_error()?)? > 0)
}

fn unexpected() -> RedisError {
    RedisError::from((::redis::ErrorKind::UnexpectedReturnType, "not what the script answers"))
}

/// The answer of a script for its only entry.
pub(super) fn only(answers: Vec<Value>) -> Value {
    answers.into_iter().next().unwrap_or(Value::Nil)
}
