//! Leave to fill, and what takes it away (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1).

use std::time::Duration;

use ::redis::{Cmd, FromRedisValue, Pipeline, RedisError, RedisResult, Value};

use super::scripts::Program;
use super::{Connection, RedisStore, px, store_error};
use crate::error::ErrorKind;
use crate::key::KeyText;
use crate::local::Tether;
use crate::store::{Ask, Claim, Fill, Invalidation, Looked, Registration, Removed, StoreError, StoreResult};
use crate::wire::Payload;

/// So many entries are concerned by one run of a script at most: nobody else is served meanwhile.
const TOGETHER: usize = 64;

impl RedisStore {
    /// Asks for leave to fill. One round trip, on a Cluster two.
    pub(crate) async fn claim(&self, ask: &Ask) -> StoreResult<Claim> {
        #[cfg(feature = "cluster")]
        self.register_apart(ask.registration.as_ref()).await?;
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.claims.alone();
        let answers: Vec<Value> =
            self.query_on(&connection, &self.claim_command(&[ask]), &[&self.scripts.claim]).await?;
        self.settle(connection.generation, claimed(only(answers)))
    }

    /// Reads an entry, and asks for leave to fill it if it is not there. One round trip.
    pub(crate) async fn get_or_claim(&self, ask: &Ask) -> StoreResult<Looked> {
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.gets_or_claims.alone();
        let command = self.get_or_claim_command(&[ask]);
        let answers: Vec<Value> = self.query_on(&connection, &command, &[&self.scripts.get_or_claim]).await?;
        self.settle(connection.generation, looked(only(answers)))
    }

    pub(super) fn get_or_claim_command(&self, asks: &[&Ask]) -> Cmd {
        let registrations = self.beside(asks.iter().filter_map(|ask| ask.registration.as_ref()));
        let guards: Vec<String> = asks.iter().map(|ask| guard_of(&ask.key)).collect();
        let keys = asks.iter().map(|ask| ask.key.as_str()).chain(guards.iter().map(String::as_str));
        let room = asks.iter().map(|ask| ask.lease.len() + NUMBER).sum();
        let program = &self.scripts.get_or_claim;
        let mut command = evalsha(program, keys.chain(registers(&registrations)), 2 * asks.len() + 1, room);
        command.arg(asks.len());
        for ask in asks {
            command.arg(ask.lease.as_slice()).arg(px(ask.ttl));
        }
        registered(&mut command, &registrations);
        command
    }

    /// Asks for several at once.
    pub(crate) async fn claim_many(&self, asks: &[Ask]) -> StoreResult<Vec<Claim>> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.claim_by_slot(asks).await;
        }
        let mut commands = Pipeline::new();
        for asks in asks.chunks(TOGETHER) {
            commands.add_command(self.claim_command(&asks.iter().collect::<Vec<_>>()));
        }
        let answers = self.query_all::<Vec<Value>>(&commands, &[&self.scripts.claim]).await?;
        answers.into_iter().flatten().map(|answer| claimed(answer).map_err(|error| store_error(&error))).collect()
    }

    pub(super) fn claim_command(&self, asks: &[&Ask]) -> Cmd {
        let registrations = self.beside(asks.iter().filter_map(|ask| ask.registration.as_ref()));
        let guards: Vec<String> = asks.iter().map(|ask| guard_of(&ask.key)).collect();
        let keys = asks.iter().map(|ask| ask.key.as_str()).chain(guards.iter().map(String::as_str));
        let replaced = |ask: &Ask| ask.replaces.as_ref().map_or(0, |bytes| bytes.len());
        let room = asks.iter().map(|ask| ask.lease.len() + replaced(ask) + NUMBER).sum();
        let mut command = evalsha(&self.scripts.claim, keys.chain(registers(&registrations)), 3 * asks.len() + 1, room);
        command.arg(asks.len());
        for ask in asks {
            command.arg(ask.lease.as_slice()).arg(px(ask.ttl));
            command.arg(ask.replaces.as_ref().map_or(&[][..], |bytes| bytes.as_slice()));
        }
        registered(&mut command, &registrations);
        command
    }

    /// What a script registers beside what it does, each once. On a Cluster that is done before, as the register lies on another
    /// node.
    fn beside<'a>(&self, each: impl Iterator<Item = &'a Registration>) -> Vec<&'a Registration> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return Vec::new();
        }
        distinct(each)
    }

    /// Stores a value if what is expected still stands. Says whether it did. One round trip, on a Cluster two.
    pub(crate) async fn fill(&self, fill: &Fill) -> StoreResult<bool> {
        #[cfg(feature = "cluster")]
        self.register_apart(fill.registration.as_ref()).await?;
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.fills.alone();
        let command = self.fill_command(&self.scripts.fill, &[fill]);
        let answers: Vec<Value> = self.query_on(&connection, &command, &[&self.scripts.fill]).await?;
        self.settle(connection.generation, filled(only(answers)))
    }

    /// As [`fill`](Self::fill); the server tells of changes to what was stored, if somebody is given who tells.
    pub(crate) async fn fill_tracked(&self, fill: &Fill) -> StoreResult<(bool, Option<Tether>)> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            // The next read is the one that is remembered.
            return Ok((self.fill(fill).await?, None));
        }
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.fills_tracked.alone();
        let program = &self.scripts.fill_tracked;
        let (answers, tether) = self.run_tracked(&connection, &self.fill_command(program, &[fill]), program).await?;
        Ok((self.settle(connection.generation, filled(only(answers)))?, tether))
    }

    /// Stores several values, each if its lease still stands.
    pub(crate) async fn fill_many(&self, fills: &[Fill]) -> StoreResult<Vec<bool>> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.fill_by_slot(fills).await;
        }
        let mut commands = Pipeline::new();
        for fills in fills.chunks(TOGETHER) {
            commands.add_command(self.fill_command(&self.scripts.fill, &fills.iter().collect::<Vec<_>>()));
        }
        let answers = self.query_all::<Vec<Value>>(&commands, &[&self.scripts.fill]).await?;
        answers.into_iter().flatten().map(|answer| filled(answer).map_err(|error| store_error(&error))).collect()
    }

    pub(super) fn fill_command(&self, program: &Program, fills: &[&Fill]) -> Cmd {
        let registrations = self.beside(fills.iter().filter_map(|fill| fill.registration.as_ref()));
        let keys = fills.iter().map(|fill| fill.key.as_str()).chain(registers(&registrations));
        let room = fills.iter().map(|fill| fill.expected.len() + fill.bytes.len() + NUMBER).sum();
        let mut command = evalsha(program, keys, 3 * fills.len() + 1, room);
        command.arg(fills.len());
        for fill in fills {
            command.arg(fill.expected.as_slice()).arg(fill.bytes.as_slice()).arg(px(fill.ttl));
        }
        registered(&mut command, &registrations);
        command
    }

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

    /// Sets a mark for this long, unless there is one. Says whether it did.
    pub(crate) async fn mark(&self, mark: &KeyText, token: &Payload, ttl: Duration) -> StoreResult<bool> {
        let mut command = Cmd::new();
        command.arg("SET").arg(mark.as_str()).arg(token.as_slice()).arg("NX").arg("PX").arg(px(ttl));
        self.query::<Option<String>>(&command, &[]).await.map(|set| set.is_some())
    }

    /// Prolongs a lease. Says whether it stood.
    pub(crate) async fn renew(&self, key: &KeyText, lease: &Payload, ttl: Duration) -> StoreResult<bool> {
        let mut command = evalsha(&self.scripts.renew, [key.as_str()].into_iter(), 2, lease.len() + NUMBER);
        command.arg(lease.as_slice()).arg(px(ttl));
        self.query::<u64>(&command, &[&self.scripts.renew]).await.map(|renewed| renewed > 0)
    }

    /// Removes the entry if it still holds these bytes.
    pub(crate) async fn remove_same(&self, key: &KeyText, bytes: &Payload) -> StoreResult<bool> {
        let mut command = evalsha(&self.scripts.remove_same, [key.as_str()].into_iter(), 1, bytes.len());
        command.arg(bytes.as_slice());
        self.query::<u64>(&command, &[&self.scripts.remove_same]).await.map(|removed| removed > 0)
    }

    /// Removes values and leases, and says which versions are registered. One round trip.
    pub(crate) async fn invalidate(&self, what: &Invalidation<'_>) -> StoreResult<Removed> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.invalidate_by_slot(what).await;
        }
        let answer = self.query::<RemovedAnswer>(&self.invalidate_command(what), &[&self.scripts.invalidate]).await?;
        Ok(answer.0)
    }

    pub(super) fn invalidate_command(&self, what: &Invalidation<'_>) -> Cmd {
        let guards: Vec<String> =
            if what.lift.is_some() || what.fence.is_some() { what.keys.iter().map(guard_of).collect() } else { vec![] };
        let keys = what.keys.iter().map(KeyText::as_str).chain(guards.iter().map(String::as_str));
        let mut command =
            evalsha(&self.scripts.invalidate, what.registers.iter().map(KeyText::as_str).chain(keys), 5, 96);
        command.arg(what.registers.len()).arg(what.keys.len()).arg(what.lift.unwrap_or_default());
        match what.fence {
            Some((token, window)) => command.arg(token).arg(px(window)),
            None => command.arg("").arg(0),
        };
        command
    }

    /// Removes entries and refuses fills until the guard is lifted or its ttl is over; says which versions are registered. One
    /// round trip.
    pub(crate) async fn guard(
        &self,
        keys: &[KeyText],
        registers: &[KeyText],
        token: &str,
        ttl: Duration,
    ) -> StoreResult<Removed> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.guard_by_slot(keys, registers, token, ttl).await;
        }
        let command = self.guard_command(keys, registers, token, ttl);
        let answer = self.query::<RemovedAnswer>(&command, &[&self.scripts.guard]).await?;
        Ok(answer.0)
    }

    pub(super) fn guard_command(&self, keys: &[KeyText], registers: &[KeyText], token: &str, ttl: Duration) -> Cmd {
        let guards: Vec<String> = keys.iter().map(guard_of).collect();
        let all = registers.iter().chain(keys).map(KeyText::as_str).chain(guards.iter().map(String::as_str));
        let mut command = evalsha(&self.scripts.guard, all, 4, 96);
        command.arg(registers.len()).arg(keys.len()).arg(token).arg(px(ttl));
        command
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

/// Each version once, for as long as the longest of them asks.
pub(super) fn distinct<'a>(each: impl Iterator<Item = &'a Registration>) -> Vec<&'a Registration> {
    let mut distinct: Vec<&Registration> = Vec::new();
    for registration in each {
        let same = |other: &&mut &Registration| {
            other.register == registration.register && other.version == registration.version
        };
        match distinct.iter_mut().find(same) {
            Some(other) if other.horizon < registration.horizon => *other = registration,
            Some(_) => {}
            None => distinct.push(registration),
        }
    }
    distinct
}

fn registers<'a>(registrations: &[&'a Registration]) -> impl Iterator<Item = &'a str> + Clone {
    registrations.iter().map(|registration| registration.register.as_str()).collect::<Vec<_>>().into_iter()
}

/// Keys hold no braces, so this lies in the slot of the key.
fn guard_of(key: &KeyText) -> String {
    ["{", key.as_str(), "}:guard"].concat()
}

#[cfg(feature = "cluster")]
pub(super) fn register_command(program: &Program, registration: &Registration) -> Cmd {
    let mut command = evalsha(program, [registration.register.as_str()].into_iter(), 2, 32);
    registered(&mut command, &[registration]);
    command
}

fn registered(command: &mut Cmd, registrations: &[&Registration]) {
    for registration in registrations {
        command.arg(registration.version.as_ref()).arg(px(registration.horizon));
    }
}

/// What a number takes, about.
const NUMBER: usize = 16;

/// `args` is how many arguments follow the keys, `room` what they take in bytes, about: a command that grows is dear where two
/// threads share an allocator.
pub(super) fn evalsha<'a>(
    program: &Program,
    keys: impl Iterator<Item = &'a str> + Clone,
    args: usize,
    room: usize,
) -> Cmd {
    let (count, bytes) = keys.clone().fold((0, 0), |(count, bytes), key| (count + 1, bytes + key.len()));
    let mut command = Cmd::with_capacity(count + args + 8, bytes + room + 96);
    command.arg("EVALSHA").arg(program.script.get_hash()).arg(count);
    for key in keys {
        command.arg(key);
    }
    command
}
