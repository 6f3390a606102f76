//! Reads that the server remembers, so that it tells of changes: server-assisted client-side caching.
//!
//! One connection carries commands, answers and messages about changes, in order. `OPTIN`: the server remembers what was read
//! after a `CLIENT CACHING YES`, and nothing else. It forgets a key with every write, and tells those who had read it, this
//! connection too. Not `NOLOOP`: under it a server does not tell of keys either that it evicts, or of which it gives up its
//! memory, while it runs a command of this connection; what is written to them later would never be heard of.

mod beat;
mod connect;
#[cfg(feature = "cluster")]
mod nodes;
mod pushes;
mod stamps;

use std::sync::Arc;
use std::time::Duration;

use ::redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value};

use self::beat::Sign;
pub(super) use self::connect::connect;
#[cfg(feature = "cluster")]
pub(super) use self::nodes::Nodes;
use super::link::{Line, Link, Single};
use super::scripts::Program;
use super::words::{CACHING, Words};
use super::{Connection, RedisStore, is_unknown_script};
use crate::key::KeyText;
use crate::local::{Channel, Tether};
use crate::store::{StoreResult, Stored};
use crate::wire::Payload;

impl RedisStore {
    /// Whether the server tells of changes to what is read now.
    pub(crate) fn is_tracking(&self) -> bool {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.nodes.is_tracking();
        }
        self.slot
            .ready()
            .is_some_and(|connection| connection.link.channel().is_some_and(|channel| !channel.is_closed()))
    }

    /// The bytes of a key and how long they live on; the server tells of changes to them from the read on, where it does that.
    /// One round trip.
    pub(crate) async fn get_tracked(&self, key: &KeyText) -> StoreResult<Option<Stored>> {
        let connection = self.slot.connection().await?;
        match &connection.link {
            Link::Single(single) => match &single.channel {
                Some(channel) => {
                    let reading = connection.gathers.gets_tracked.alone();
                    let read = read(&single.link, channel, key).await;
                    reading.learn(read.as_ref().map_or(0, |read| read.bytes.as_ref().map_or(0, Vec::len)));
                    let read = self.settle(connection.generation, read)?;
                    self.keep_alive(single, channel, connection.generation);
                    Ok(read.tracked(channel))
                }
                None => {
                    self.local.say_untracked();
                    self.get_left(key).await
                }
            },
            #[cfg(feature = "cluster")]
            Link::Cluster(_) => match self.read_at_master(key, &connection.link).await {
                Some(read) => Ok(read),
                None => self.get_left(key).await,
            },
        }
    }

    pub(super) fn keep_alive(&self, single: &Single, channel: &Arc<Channel>, generation: u64) {
        let slot = self.slot.clone();
        #[cfg(feature = "sentinel")]
        let sign = if slot.is_elected() { Sign::Role } else { Sign::Ping };
        #[cfg(not(feature = "sentinel"))]
        let sign = Sign::Ping;
        beat::keep(channel, &single.link, &self.local, sign, move || slot.broken(generation));
    }

    /// On the connection to the master of the key's slot, if that works.
    #[cfg(feature = "cluster")]
    async fn read_at_master(&self, key: &KeyText, link: &Link) -> Option<Option<Stored>> {
        let master = self.nodes.master(key, link)?;
        let channel = master.single.channel.as_ref()?;
        match read(&master.single.link, channel, key).await {
            Ok(read) => {
                self.slot.answered();
                beat::keep(channel, &master.single.link, &self.local, Sign::Owns(key.clone()), || {});
                Some(read.tracked(channel))
            }
            Err(error) => {
                self.nodes.failed(&master, &error, link);
                None
            }
        }
    }

    /// Runs a script that reads what it has written last, so that the server goes on telling of changes to it. Says what it
    /// gave, and who tells.
    pub(super) async fn run_tracked<T: FromRedisValue>(
        &self,
        connection: &Connection,
        command: &Cmd,
        program: &Program,
    ) -> StoreResult<(T, Option<Tether>)> {
        let Link::Single(single @ Single { channel: Some(channel), .. }) = &connection.link else {
            self.local.say_untracked();
            return Ok((self.query_on(connection, command, &[program]).await?, None));
        };
        let write = |out: &mut dyn Words| {
            out.known(&CACHING);
            out.built(command);
        };
        let sent = channel.sends();
        let mut done = answers_of(single.link.ask_written(2, write).await);
        if is_unknown_script(&done) {
            let _ = single.link.ask(&program.load()).await;
            done = answers_of(single.link.ask_written(2, write).await);
        }
        connection.plain.runs_scripts(done.is_ok());
        let (remembers, answer) = self.settle(connection.generation, done)?;
        channel.answered(sent);
        self.keep_alive(single, channel, connection.generation);
        let answer = self.settle(connection.generation, T::from_redis_value(answer).map_err(RedisError::from))?;
        Ok((answer, remembers.then(|| Tether::To(Arc::clone(channel)))))
    }
}

/// What a read gave.
pub(super) struct Read {
    pub remembers: bool,
    pub bytes: Option<Vec<u8>>,
    pub left: i64,
}

impl Read {
    pub(super) fn tracked(self, channel: &Arc<Channel>) -> Option<Stored> {
        let bytes = Payload::new(self.bytes?);
        // -1 is for ever, and -2 a key that went between the two commands.
        let left = match self.left {
            -1 => None,
            left => Some(Duration::from_millis(u64::try_from(left).unwrap_or(0))),
        };
        Some(Stored { bytes, left, tether: self.remembers.then(|| Tether::To(Arc::clone(channel))) })
    }
}

/// Reads a key, and has the server remember it. One that does not gives the value all the same.
async fn read(link: &Line, channel: &Channel, key: &KeyText) -> RedisResult<Read> {
    let write = |out: &mut dyn Words| {
        out.known(&CACHING);
        asks(out, "GET", key);
        asks(out, "PTTL", key);
    };
    let sent = channel.sends();
    let mut answers = link.ask_written(3, write).await?.into_iter();
    let mut next = || answers.next().unwrap_or(Value::Nil);
    let remembers = next().extract_error().is_ok();
    let bytes = FromRedisValue::from_redis_value(next().extract_error()?)?;
    let left = FromRedisValue::from_redis_value(next().extract_error()?)?;
    channel.answered(sent);
    Ok(Read { remembers, bytes, left })
}

/// Likewise of several keys. What they live on is asked for each: the server takes a quarter of a microsecond for it.
pub(super) async fn read_all<'a>(
    link: &Line,
    channel: &Channel,
    keys: impl Iterator<Item = &'a KeyText> + Clone,
) -> RedisResult<Vec<Read>> {
    let count = keys.clone().count();
    let write = |out: &mut dyn Words| {
        out.known(&CACHING);
        out.command(count + 1);
        out.text("MGET");
        keys.clone().for_each(|key| out.text(key.as_str()));
        keys.clone().for_each(|key| asks(out, "PTTL", key));
    };
    let sent = channel.sends();
    let mut answers = link.ask_written(count + 2, write).await?.into_iter();
    let mut next = || answers.next().unwrap_or(Value::Nil);
    let remembers = next().extract_error().is_ok();
    let values = Vec::<Option<Vec<u8>>>::from_redis_value(next().extract_error()?)?;
    channel.answered(sent);
    let read = |bytes| Ok(Read { remembers, bytes, left: FromRedisValue::from_redis_value(next().extract_error()?)? });
    values.into_iter().map(read).collect()
}

/// A command that has a key and nothing else.
fn asks(out: &mut dyn Words, command: &str, key: &KeyText) {
    out.command(2);
    out.text(command);
    out.text(key.as_str());
}

/// Whether the server remembers, and what the command gave.
fn answers_of(answers: RedisResult<Vec<Value>>) -> RedisResult<(bool, Value)> {
    let mut answers = answers?.into_iter();
    let remembers = answers.next().is_some_and(|first| first.extract_error().is_ok());
    Ok((remembers, answers.next().unwrap_or(Value::Nil).extract_error()?))
}
