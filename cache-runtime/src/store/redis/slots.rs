//! What a Cluster is asked for: one command for each slot, all at once, as a command's keys lie in one slot.
//!
//! Routes are given and not left to redis-rs, which splits commands over slots itself and leaves out nodes it has no
//! connection to, so that answers would stand beside other keys' questions.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use ::redis::cluster_routing::{Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr};
use ::redis::{Cmd, RedisResult, Value};
use tokio::task::JoinSet;

use super::link::Link;
use super::script_answers::{RemovedAnswer, claimed, filled, only};
use super::script_commands::{distinct, register_command};
use super::scripts::Program;
use super::{RedisStore, is_unknown_script, parsed, store_error};
use crate::error::ErrorKind;
use crate::key::KeyText;
use crate::store::{Ask, Claim, Fill, Invalidation, Registration, Removed, StoreError, StoreResult};
use crate::wire::Payload;

impl RedisStore {
    /// Registers a version by a command of its own, and returns when that is done: only then may leave to fill be asked for, so
    /// that an invalidation that does not find the version comes before the load. If the register's node loses it between the
    /// two (a flush, a failover), invalidations of other programs miss entries of this version until the next miss registers it
    /// again.
    pub(super) async fn register_apart(&self, registration: Option<&Registration>) -> StoreResult<()> {
        match registration {
            Some(registration) if self.slot.is_cluster() => {
                let command = register_command(&self.scripts.register, registration);
                self.query(&command, &[&self.scripts.register]).await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn claim_by_slot(&self, asks: &[Ask]) -> StoreResult<Vec<Claim>> {
        self.register_all(asks.iter().filter_map(|ask| ask.registration.as_ref())).await?;
        let claims = asks.iter().map(|ask| (route(&ask.key), self.claim_command(&[ask]))).collect();
        let answers = self.ask_all(claims, Some(&self.scripts.claim)).await?;
        answers.into_iter().map(|answer| only_one(answer, claimed)).collect()
    }

    pub(super) async fn fill_by_slot(&self, fills: &[Fill]) -> StoreResult<Vec<bool>> {
        self.register_all(fills.iter().filter_map(|fill| fill.registration.as_ref())).await?;
        let command = |fill: &Fill| (route(&fill.key), self.fill_command(&self.scripts.fill, &[fill]));
        let answers = self.ask_all(fills.iter().map(command).collect(), Some(&self.scripts.fill)).await?;
        answers.into_iter().map(|answer| only_one(answer, filled)).collect()
    }

    async fn register_all(&self, each: impl Iterator<Item = &Registration>) -> StoreResult<()> {
        let command = |one: &Registration| (route(&one.register), register_command(&self.scripts.register, one));
        let registering = distinct(each).into_iter().map(command).collect();
        self.ask_all(registering, Some(&self.scripts.register)).await.map(drop)
    }

    pub(super) async fn invalidate_by_slot(&self, what: &Invalidation<'_>) -> StoreResult<Removed> {
        let command = |keys: Vec<KeyText>| {
            self.invalidate_command(&Invalidation { keys: &keys, registers: &[], lift: what.lift, fence: what.fence })
        };
        self.remove_and_read(what.keys, what.registers, &self.scripts.invalidate, command).await
    }

    pub(super) async fn guard_by_slot(
        &self,
        keys: &[KeyText],
        registers: &[KeyText],
        token: &str,
        ttl: Duration,
    ) -> StoreResult<Removed> {
        let command = |keys: Vec<KeyText>| self.guard_command(&keys, &[], token, ttl);
        self.remove_and_read(keys, registers, &self.scripts.guard, command).await
    }

    /// Reads the registers and removes, in any order: a version that a register does not have yet is registered after the
    /// write, and loads what was written.
    async fn remove_and_read(
        &self,
        keys: &[KeyText],
        registers: &[KeyText],
        program: &Program,
        command: impl Fn(Vec<KeyText>) -> Cmd,
    ) -> StoreResult<Removed> {
        let read = |register: &KeyText| (route(register), words(["ZRANGE", register.as_str(), "0", "-1"]));
        let mut commands: Vec<(Route, Cmd)> = registers.iter().map(read).collect();
        for (slot, places) in by_slot(keys) {
            commands.push((slot, command(places.into_iter().map(|place| keys[place].clone()).collect())));
        }
        let mut answers = self.ask_all(commands, Some(program)).await?.into_iter();
        let versions = answers.by_ref().take(registers.len()).map(parsed).collect::<StoreResult<_>>()?;
        let mut removed = Removed { count: 0, versions };
        for answer in answers {
            removed.count += parsed::<RemovedAnswer>(answer)?.0.count;
        }
        Ok(removed)
    }

    pub(super) async fn get_by_slot(&self, keys: &[KeyText]) -> StoreResult<Vec<Option<Payload>>> {
        let groups: Vec<(Route, Vec<usize>)> = by_slot(keys).into_iter().collect();
        let answers = self.ask_all(commands("MGET", keys, &groups), None).await?;
        let mut found: Vec<Option<Payload>> = keys.iter().map(|_| None).collect();
        for ((_, places), answer) in groups.iter().zip(answers) {
            for (place, bytes) in places.iter().zip(parsed::<Vec<Option<Vec<u8>>>>(answer)?) {
                found[*place] = bytes.map(Payload::new);
            }
        }
        Ok(found)
    }

    pub(super) async fn unlink_by_slot(&self, keys: &[Vec<u8>]) -> StoreResult<u64> {
        let mut groups: HashMap<Route, Cmd> = HashMap::new();
        for key in keys {
            let group = groups.entry(Route::with_key(key, SlotAddr::Master));
            group.or_insert_with(|| words(["UNLINK"])).arg(key.as_slice());
        }
        let answers = self.ask_all(groups.into_iter().collect(), None).await?;
        answers.into_iter().map(parsed::<u64>).sum()
    }

    /// Sends all at once and waits for all, whatever becomes of any; then the first failure is the answer. A caller that gives
    /// up takes what is not answered with it.
    async fn ask_all(&self, commands: Vec<(Route, Cmd)>, program: Option<&Program>) -> StoreResult<Vec<Value>> {
        let connection = self.slot.connection().await?;
        let mut tasks = JoinSet::new();
        let ask = |tasks: &mut JoinSet<_>, nth: usize, slot: Route, command: Cmd| {
            let link = connection.link.clone();
            tasks.spawn(async move { (nth, asked(link, slot, command).await) });
        };
        for (nth, (slot, command)) in commands.iter().enumerate() {
            ask(&mut tasks, nth, *slot, command.clone());
        }
        let mut answers: Vec<Option<StoreResult<Value>>> = commands.iter().map(|_| None).collect();
        let mut again = vec![false; commands.len()];
        while let Some(joined) = tasks.join_next().await {
            // No task of these panics; they are cancelled when the runtime ends.
            let Ok((nth, answer)) = joined else { return Err(StoreError::new(ErrorKind::Unavailable)) };
            match program {
                Some(program) if is_unknown_script(&answer) && !std::mem::replace(&mut again[nth], true) => {
                    ask(&mut tasks, nth, commands[nth].0, program.whole(&commands[nth].1));
                }
                _ => answers[nth] = Some(self.settle(connection.generation, answer)),
            }
        }
        answers.into_iter().flatten().collect()
    }
}

/// What a script says of its only entry.
fn only_one<T>(answer: Value, read: impl Fn(Value) -> RedisResult<T>) -> StoreResult<T> {
    read(only(parsed(answer)?)).map_err(|error| store_error(&error))
}

async fn asked(link: Link, slot: Route, command: Cmd) -> RedisResult<Value> {
    match link {
        Link::Cluster(mut link) => {
            let routing = RoutingInfo::SingleNode(SingleNodeRoutingInfo::SpecificNode(slot));
            link.route_command(command, routing).await.and_then(Value::extract_error)
        }
        Link::Single(single) => single.link.ask(&command).await.and_then(Value::extract_error),
    }
}

fn route(key: &KeyText) -> Route {
    Route::with_key(key.as_str(), SlotAddr::Master)
}

/// The places of the keys, by slot.
fn by_slot(keys: &[KeyText]) -> HashMap<Route, Vec<usize>> {
    let mut groups: HashMap<Route, Vec<usize>> = HashMap::new();
    for (place, key) in keys.iter().enumerate() {
        match groups.entry(route(key)) {
            Entry::Occupied(mut group) => group.get_mut().push(place),
            Entry::Vacant(group) => {
                group.insert(vec![place]);
            }
        }
    }
    groups
}

fn commands(name: &str, keys: &[KeyText], groups: &[(Route, Vec<usize>)]) -> Vec<(Route, Cmd)> {
    let command = |places: &[usize]| words([name].into_iter().chain(places.iter().map(|place| keys[*place].as_str())));
    groups.iter().map(|(slot, places)| (*slot, command(places))).collect()
}

pub(super) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Cmd {
    let mut command = Cmd::new();
    for word in words {
        command.arg(word);
    }
    command
}
