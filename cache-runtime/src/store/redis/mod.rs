//! Redis and Valkey, through redis-rs on one multiplexed connection.

mod connect;
mod error;
mod url;

use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Cmd, FromRedisValue, Pipeline, Script};

use self::connect::Slot;
use self::error::store_error;
pub(crate) use self::url::{Endpoint, parse_url};
use super::{Matcher, StoreResult};
use crate::clock::millis;
use crate::key::KeyText;
use crate::wire::Payload;

/// The longest ttl given to the server: a hundred years. Redis refuses times that overflow its own clock.
const LONGEST_TTL: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// How many keys one `SCAN` step asks for, and one `MGET` and `UNLINK` of a sweep handle.
const SWEEP_STEP: usize = 500;

/// A store on a server.
pub(crate) struct RedisStore {
    slot: Slot,
    remove_same: Script,
}

impl RedisStore {
    pub(crate) fn new(endpoint: Endpoint, connect_timeout: Duration) -> Self {
        Self {
            slot: Slot::new(endpoint, connect_timeout),
            remove_same: Script::new(
                "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('UNLINK', KEYS[1]) end return 0",
            ),
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.slot.is_connected()
    }

    /// Told by the caller when an operation ran out of time: a connection that stays silent is replaced.
    pub(crate) fn timed_out(&self) {
        self.slot.timed_out();
    }

    pub(crate) async fn get(&self, key: &KeyText) -> StoreResult<Option<Payload>> {
        let bytes: Option<Vec<u8>> = self.query(Cmd::new().arg("GET").arg(key.as_str())).await?;
        Ok(bytes.map(Payload::new))
    }

    pub(crate) async fn get_many(&self, keys: &[KeyText]) -> StoreResult<Vec<Option<Payload>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut cmd = Cmd::new();
        cmd.arg("MGET");
        for key in keys {
            cmd.arg(key.as_str());
        }
        let all: Vec<Option<Vec<u8>>> = self.query(&cmd).await?;
        Ok(all.into_iter().map(|bytes| bytes.map(Payload::new)).collect())
    }

    pub(crate) async fn set(&self, key: &KeyText, bytes: &Payload, ttl: Duration) -> StoreResult<()> {
        self.query(&set_command(key, bytes, ttl)).await
    }

    pub(crate) async fn set_many(&self, entries: &[(KeyText, Payload, Duration)]) -> StoreResult<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut pipeline = Pipeline::with_capacity(entries.len());
        for (key, bytes, ttl) in entries {
            pipeline.add_command(set_command(key, bytes, *ttl)).ignore();
        }
        let mut connection = self.slot.connection().await?;
        let done = pipeline.query_async(&mut connection.link).await;
        self.settle(connection.generation, done)
    }

    pub(crate) async fn remove(&self, keys: &[KeyText]) -> StoreResult<u64> {
        if keys.is_empty() {
            return Ok(0);
        }
        let mut cmd = Cmd::new();
        cmd.arg("UNLINK");
        for key in keys {
            cmd.arg(key.as_str());
        }
        self.query(&cmd).await
    }

    pub(crate) async fn remove_same(&self, key: &KeyText, bytes: &Payload) -> StoreResult<bool> {
        let mut connection = self.slot.connection().await?;
        let done =
            self.remove_same.key(key.as_str()).arg(bytes.as_slice()).invoke_async::<u64>(&mut connection.link).await;
        self.settle(connection.generation, done).map(|removed| removed > 0)
    }

    /// Walks the keys with `SCAN`, never `KEYS`, and looks into each entry before it is removed.
    pub(crate) async fn sweep(&self, prefix: &str, matches: Matcher<'_>) -> StoreResult<u64> {
        let pattern = format!("{}*", escape_glob(prefix));
        let (mut cursor, mut removed) = (0_u64, 0);
        loop {
            let mut scan = Cmd::new();
            scan.arg("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(&pattern)
                .arg("COUNT")
                .arg(SWEEP_STEP)
                .arg("TYPE")
                .arg("string");
            let (next, keys): (u64, Vec<String>) = self.query(&scan).await?;
            removed += self.sweep_step(&keys, matches).await?;
            if next == 0 {
                return Ok(removed);
            }
            cursor = next;
        }
    }

    async fn sweep_step(&self, keys: &[String], matches: Matcher<'_>) -> StoreResult<u64> {
        if keys.is_empty() {
            return Ok(0);
        }
        let keys: Vec<KeyText> = keys.iter().map(|key| KeyText::from_text(key)).collect();
        let found = self.get_many(&keys).await?;
        let hits: Vec<KeyText> = keys
            .into_iter()
            .zip(found)
            .filter(|(key, bytes)| bytes.as_ref().is_some_and(|bytes| matches(key.as_str(), bytes)))
            .map(|(key, _)| key)
            .collect();
        self.remove(&hits).await
    }

    pub(crate) async fn ping(&self) -> StoreResult<()> {
        let _: String = self.query(Cmd::new().arg("PING")).await?;
        Ok(())
    }

    async fn query<T: FromRedisValue>(&self, cmd: &Cmd) -> StoreResult<T> {
        let mut connection = self.slot.connection().await?;
        let done = cmd.query_async::<T>(&mut connection.link).await;
        self.settle(connection.generation, done)
    }

    fn settle<T>(&self, generation: u64, done: ::redis::RedisResult<T>) -> StoreResult<T> {
        match done {
            Ok(value) => {
                self.slot.answered();
                Ok(value)
            }
            Err(error) => {
                if error.is_unrecoverable_error() || error.is_io_error() {
                    self.slot.broken(generation);
                }
                Err(store_error(&error))
            }
        }
    }
}

/// A connection and which one it is, so that only the broken one is dropped.
pub(crate) struct Connection {
    pub link: MultiplexedConnection,
    pub generation: u64,
}

fn set_command(key: &KeyText, bytes: &Payload, ttl: Duration) -> Cmd {
    let mut cmd = Cmd::new();
    // The server refuses 0, and a ttl below its resolution still has to expire.
    let ttl = millis(ttl.min(LONGEST_TTL)).max(1);
    cmd.arg("SET").arg(key.as_str()).arg(bytes.as_slice()).arg("PX").arg(ttl);
    cmd
}

/// A prefix may hold no glob characters of its own; escaping keeps that true whatever was configured.
fn escape_glob(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '^') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
