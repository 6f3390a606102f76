//! Reads that the server remembers, so that it tells of changes: server-assisted client-side caching.
//!
//! One connection carries commands, answers and messages about changes, in order. `OPTIN`: the server remembers what was read
//! after a `CLIENT CACHING YES`, and nothing else. It forgets a key with every write, and tells those who had read it, this
//! connection too. Not `NOLOOP`: under it a server does not tell of keys either that it evicts, or of which it gives up its
//! memory, while it runs a command of this connection; what is written to them later would never be heard of.

mod beat;
mod connect;
mod pushes;

use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::ConnectionLike as _;
use ::redis::{Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, Value};

pub(super) use self::connect::connect;
use super::link::{Link, Single};
use super::scripts::Program;
use super::{RedisStore, is_unknown_script};
use crate::key::KeyText;
use crate::local::{Channel, Tether};
use crate::store::{StoreResult, Tracked};
use crate::wire::Payload;

impl RedisStore {
    /// Whether the server tells of changes to what is read now.
    pub(crate) fn is_tracking(&self) -> bool {
        self.slot.ready().is_some_and(|link| link.channel().is_some_and(|channel| !channel.is_closed()))
    }

    /// The bytes of a key and how long they live on; the server tells of changes to them from the read on, where it does that.
    /// One round trip.
    pub(crate) async fn get_tracked(&self, key: &KeyText) -> StoreResult<Option<Tracked>> {
        let connection = self.slot.connection().await?;
        let (mut link, channel) = match connection.link {
            Link::Single(Single { link, channel: Some(channel) }) => (link, channel),
            _ => {
                self.local.say_untracked();
                return Ok(self.get(key).await?.map(Tracked::untracked));
            }
        };
        let mut commands = Pipeline::new();
        commands.add_command(caching());
        commands.cmd("GET").arg(key.as_str()).cmd("PTTL").arg(key.as_str());
        let sent = channel.sends();
        let answers = link.req_packed_commands(&commands, 0, 3).await;
        let read = self.settle(connection.generation, answers.and_then(read))?;
        channel.answered(sent);
        beat::keep(&channel, &link, &self.local);
        Ok(read.tracked(&channel))
    }

    /// Runs a script that reads what it has written last, so that the server goes on telling of changes to it. Says what it
    /// gave, and who tells.
    pub(super) async fn run_tracked<T: FromRedisValue>(
        &self,
        command: &Cmd,
        program: &Program,
    ) -> StoreResult<(T, Option<Tether>)> {
        let connection = self.slot.connection().await?;
        let Link::Single(Single { link, channel: Some(channel) }) = &connection.link else {
            self.local.say_untracked();
            return Ok((self.query(command, &[program]).await?, None));
        };
        let mut link = link.clone();
        let mut commands = Pipeline::new();
        commands.add_command(caching()).add_command(command.clone());
        let sent = channel.sends();
        let mut done = answers_of(link.req_packed_commands(&commands, 0, 2).await);
        if is_unknown_script(&done) {
            let _ = program.script.load_async(&mut link).await;
            done = answers_of(link.req_packed_commands(&commands, 0, 2).await);
        }
        let (remembers, answer) = self.settle(connection.generation, done)?;
        channel.answered(sent);
        beat::keep(channel, &link, &self.local);
        let answer = self.settle(connection.generation, T::from_redis_value(answer).map_err(RedisError::from))?;
        Ok((answer, remembers.then(|| Tether::To(Arc::clone(channel)))))
    }
}

/// What three commands gave.
pub(super) struct Read {
    remembers: bool,
    bytes: Option<Vec<u8>>,
    left: i64,
}

impl Read {
    pub(super) fn tracked(self, channel: &Arc<Channel>) -> Option<Tracked> {
        let bytes = Payload::new(self.bytes?);
        // -1 is for ever, and -2 a key that went between the two commands.
        let left = match self.left {
            -1 => None,
            left => Some(Duration::from_millis(u64::try_from(left).unwrap_or(0))),
        };
        Some(Tracked { bytes, left, tether: self.remembers.then(|| Tether::To(Arc::clone(channel))) })
    }
}

/// Applies to the command that follows.
pub(super) fn caching() -> Cmd {
    let mut command = Cmd::new();
    command.arg("CLIENT").arg("CACHING").arg("YES");
    command
}

/// A server that does not remember the read gives the value all the same.
pub(super) fn read(answers: Vec<Value>) -> RedisResult<Read> {
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or(Value::Nil);
    let remembers = next().extract_error().is_ok();
    let bytes = FromRedisValue::from_redis_value(next().extract_error()?)?;
    let left = FromRedisValue::from_redis_value(next().extract_error()?)?;
    Ok(Read { remembers, bytes, left })
}

/// Whether the server remembers, and what the command gave.
fn answers_of(answers: RedisResult<Vec<Value>>) -> RedisResult<(bool, Value)> {
    let mut answers = answers?.into_iter();
    let remembers = answers.next().is_some_and(|first| first.extract_error().is_ok());
    Ok((remembers, answers.next().unwrap_or(Value::Nil).extract_error()?))
}
