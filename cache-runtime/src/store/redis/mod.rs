//! Redis and Valkey, through redis-rs: on one multiplexed connection, or on those to the nodes of a Cluster.

mod begun;
#[cfg(feature = "cluster")]
mod cluster;
mod connect;
mod copy;
mod endpoint;
mod error;
mod gather;
mod get;
mod glance;
mod invalidate;
mod lane;
mod lease;
mod link;
#[cfg(feature = "cluster")]
mod masters;
mod odds;
mod pattern;
mod plain;
mod script_answers;
mod script_commands;
mod scripts;
#[cfg(feature = "sentinel")]
mod sentinel;
#[cfg(feature = "cluster")]
mod slots;
mod solo;
mod stamps;
mod tracking;
mod url;
mod words;

use std::sync::Arc;
use std::time::Duration;

use ::redis::{Cmd, ErrorKind as Theirs, FromRedisValue, Pipeline, RedisResult, ServerErrorKind, Value};

use tokio::sync::Notify;

pub(crate) use self::begun::{Begun, Together, TogetherAnswer};
#[cfg(feature = "cluster")]
pub(crate) use self::cluster::parse_cluster;
use self::connect::{Connection, Slot};
use self::copy::Copy;
pub(crate) use self::endpoint::Endpoint;
use self::error::store_error;
pub(crate) use self::gather::{Asker, Filling, Get, GetOrClaim, GetTracked, Question};
use self::get::get_command;
use self::link::Link;
use self::odds::Odds;
pub(crate) use self::pattern::Scan;
use self::scripts::{Program, Scripts};
#[cfg(feature = "sentinel")]
pub(crate) use self::sentinel::parse_sentinel;
pub(crate) use self::solo::{Solo, SoloAnswer};
#[cfg(feature = "cluster")]
use self::tracking::Nodes;
pub(crate) use self::url::parse_url;
use super::StoreResult;
use crate::clock::millis;
use crate::key::KeyText;
use crate::local::Local;
use crate::wire::Payload;

/// The longest ttl given to the server: a hundred years. Redis refuses times that overflow its own clock.
const LONGEST_TTL: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A store on a server.
pub(crate) struct RedisStore {
    slot: Slot,
    scripts: Box<Scripts>,
    /// The key of the clock of tags.
    stamps: KeyText,
    /// What the server tells of them.
    copy: Arc<Copy>,
    odds: Odds,
    local: Local,
    #[cfg(feature = "cluster")]
    nodes: Nodes,
}

impl RedisStore {
    /// `connected` is told of each new connection.
    pub(crate) fn new(endpoint: Endpoint, connect_timeout: Duration, connected: Arc<Notify>, local: &Local) -> Self {
        let slot = Slot::new(endpoint, connect_timeout, connected, local.clone());
        Self {
            #[cfg(feature = "cluster")]
            nodes: Nodes::new(slot.clone(), connect_timeout, local.clone()),
            slot,
            scripts: Box::new(Scripts::new()),
            stamps: local.watch().stamps().clone(),
            copy: Arc::default(),
            odds: Odds::default(),
            local: local.clone(),
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.slot.is_connected()
    }

    /// Told by the caller when an operation ran out of time: a connection that stays silent is replaced.
    pub(crate) fn timed_out(&self) {
        self.slot.timed_out();
        #[cfg(feature = "cluster")]
        self.nodes.timed_out(connect::SILENCE);
    }

    pub(crate) async fn get_many(&self, keys: &[KeyText]) -> StoreResult<Vec<Option<Payload>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.get_by_slot(keys).await;
        }
        let mut cmd = Cmd::new();
        cmd.arg("MGET");
        for key in keys {
            cmd.arg(key.as_str());
        }
        let all: Vec<Option<Vec<u8>>> = self.query(&cmd, &[]).await?;
        Ok(all.into_iter().map(|bytes| bytes.map(Payload::new)).collect())
    }

    pub(crate) async fn ping(&self) -> StoreResult<()> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.ping_any().await;
        }
        let _: String = self.query(Cmd::new().arg("PING"), &[]).await?;
        Ok(())
    }

    /// One command; `scripts` are the ones it calls.
    async fn query<T: FromRedisValue>(&self, command: &Cmd, scripts: &[&Program]) -> StoreResult<T> {
        let connection = self.slot.connection().await?;
        self.query_on(&connection, command, scripts).await
    }

    async fn query_on<T: FromRedisValue>(
        &self,
        connection: &Connection,
        command: &Cmd,
        scripts: &[&Program],
    ) -> StoreResult<T> {
        let mut done = Box::pin(one_of(command, connection)).await;
        if is_unknown_script(&done) {
            #[cfg(feature = "cluster")]
            if let (Link::Cluster(_), [program]) = (&connection.link, scripts) {
                let done = Box::pin(one_of(&program.whole(command), connection)).await;
                return self.settle(connection.generation, done);
            }
            Box::pin(load(scripts, connection)).await;
            done = Box::pin(one_of(command, connection)).await;
        }
        if !scripts.is_empty() {
            connection.plain.runs_scripts(done.is_ok());
        }
        self.settle(connection.generation, done)
    }

    /// Several commands in one round trip. Each may run twice.
    async fn query_all<T: FromRedisValue>(&self, commands: &Pipeline, scripts: &[&Program]) -> StoreResult<Vec<T>> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.slot.connection().await?;
        let mut done = all_of(commands, &connection.link).await;
        if is_unknown_script(&done) {
            load(scripts, &connection).await;
            done = all_of(commands, &connection.link).await;
        }
        self.settle(connection.generation, done)
    }

    fn settle<T>(&self, generation: u64, done: RedisResult<T>) -> StoreResult<T> {
        self.slot.settle(generation, done)
    }
}

/// What a script answers of several entries has errors of single ones, which are not those of the command.
async fn one_of<T: FromRedisValue>(command: &Cmd, connection: &Connection) -> RedisResult<T> {
    match connection.link.ask(command).await? {
        Value::ServerError(error) => Err(error.into()),
        answer => Ok(T::from_redis_value(answer)?),
    }
}

/// Sends commands together. Of several errors the first one is told, as it would be of one command.
async fn all_of<T: FromRedisValue>(commands: &Pipeline, link: &Link) -> RedisResult<Vec<T>> {
    let answers = link.ask_all(commands).await?;
    answers.into_iter().map(|answer| Ok(T::from_redis_value(answer.extract_error()?)?)).collect()
}

/// Whether the server was restarted, or flushed its scripts, or never had them.
fn is_unknown_script<T>(done: &RedisResult<T>) -> bool {
    done.as_ref().is_err_and(|error| error.kind() == Theirs::Server(ServerErrorKind::NoScript))
}

/// What fails here fails again in the command that follows.
async fn load(scripts: &[&Program], connection: &Connection) {
    for program in scripts {
        let _ = connection.link.ask(&program.load()).await;
    }
}

fn pttl_command(key: &KeyText) -> Cmd {
    let mut command = Cmd::with_capacity(2, key.as_str().len() + 4);
    command.arg("PTTL").arg(key.as_str());
    command
}

fn parsed<T: FromRedisValue>(answer: Value) -> StoreResult<T> {
    T::from_redis_value(answer).map_err(|error| store_error(&error.into()))
}

/// Milliseconds as the server takes them: it refuses 0, and a ttl below its resolution still has to expire.
fn px(ttl: Duration) -> u64 {
    millis(ttl.min(LONGEST_TTL)).max(1)
}
