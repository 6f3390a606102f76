//! The read of one entry: alone, or together with others.

use std::sync::Arc;

use ::redis::{Cmd, FromRedisValue, RedisResult, Value};

use super::{Connection, RedisStore};
use crate::boxed::pinned;
use crate::key::KeyText;
use crate::store::StoreResult;
use crate::wire::Payload;

impl RedisStore {
    pub(crate) async fn get(&self, key: &KeyText) -> StoreResult<Option<Payload>> {
        let connection = self.slot.connection().await?;
        self.get_on(&connection, key).await
    }

    /// The bytes of a key, in a command of its own.
    pub(super) async fn get_on(&self, connection: &Arc<Connection>, key: &KeyText) -> StoreResult<Option<Payload>> {
        let reading = connection.gathers.gets.alone();
        let command = get_command(key);
        // Boxed, as the future of a read is moved before it is polled.
        let answer = pinned(|| connection.link.ask(&command)).await;
        let bytes = self.settle(connection.generation, answer.and_then(bytes))?;
        reading.learn(bytes.as_ref().map_or(0, Vec::len));
        Ok(bytes.map(Payload::new))
    }
}

/// What a command gave that reads several keys, or one.
pub(super) fn all_bytes(answer: Value) -> RedisResult<Vec<Option<Payload>>> {
    let payload = |value| Ok(bytes(value)?.map(Payload::new));
    match answer.extract_error()? {
        Value::Array(values) => values.into_iter().map(payload).collect(),
        value => Ok(vec![payload(value)?]),
    }
}

fn bytes(answer: Value) -> RedisResult<Option<Vec<u8>>> {
    Ok(Option::from_redis_value(answer.extract_error()?)?)
}

pub(super) fn get_command(key: &KeyText) -> Cmd {
    let mut command = Cmd::with_capacity(2, key.as_str().len() + 3);
    command.arg("GET").arg(key.as_str());
    command
}
