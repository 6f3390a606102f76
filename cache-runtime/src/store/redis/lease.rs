//! Leave to fill, and what takes it away (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1).

use std::time::Duration;

use ::redis::{Cmd, FromRedisValue, Pipeline};

use super::scripts::Program;
use super::{RedisStore, px};
use crate::key::KeyText;
use crate::local::Tether;
use crate::store::{Ask, Claim, Invalidation, Registration, Removed, StoreResult};
use crate::wire::{Payload, is_lease};

impl RedisStore {
    /// Asks for leave to fill. One round trip, on a Cluster two.
    pub(crate) async fn claim(&self, ask: &Ask<'_>) -> StoreResult<Claim> {
        #[cfg(feature = "cluster")]
        self.register_apart(ask.registration.as_ref()).await?;
        let answer = self.query::<Vec<Vec<u8>>>(&self.claim_command(ask), &[&self.scripts.claim]).await?;
        Ok(claimed(answer))
    }

    /// Asks for several at once.
    pub(crate) async fn claim_many(&self, asks: &[Ask<'_>]) -> StoreResult<Vec<Claim>> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.claim_by_slot(asks).await;
        }
        let mut commands = Pipeline::new();
        for ask in asks {
            commands.add_command(self.claim_command(ask));
        }
        let answers: Vec<Vec<Vec<u8>>> = self.query_all(&commands, &[&self.scripts.claim]).await?;
        Ok(answers.into_iter().map(claimed).collect())
    }

    pub(super) fn claim_command(&self, ask: &Ask<'_>) -> Cmd {
        let registration = self.beside(ask.registration.as_ref());
        let registers = registration.iter().map(|registration| registration.register.as_str());
        let keys = [ask.key.as_str(), &guard_of(ask.key)];
        let mut command = evalsha(&self.scripts.claim, keys.into_iter().chain(registers), 128);
        command.arg(ask.lease.as_slice()).arg(px(ask.ttl));
        command.arg(ask.replaces.map_or(&[][..], |bytes| bytes.as_slice()));
        registered(&mut command, registration);
        command
    }

    /// What a script registers beside what it does. On a Cluster that is done before, as the register lies on another node.
    fn beside<'a>(&self, registration: Option<&'a Registration>) -> Option<&'a Registration> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return None;
        }
        registration
    }

    /// Stores a value if what is expected still stands. Says whether it did. One round trip, on a Cluster two.
    pub(crate) async fn fill(
        &self,
        key: &KeyText,
        expected: &Payload,
        bytes: &Payload,
        ttl: Duration,
        registration: Option<&Registration>,
    ) -> StoreResult<bool> {
        #[cfg(feature = "cluster")]
        self.register_apart(registration).await?;
        let command = self.fill_command(key, expected, bytes, ttl, registration);
        self.query::<u64>(&command, &[&self.scripts.fill]).await.map(|filled| filled > 0)
    }

    /// As [`fill`](Self::fill); the server tells of changes to what was stored, if somebody is given who tells.
    pub(crate) async fn fill_tracked(
        &self,
        key: &KeyText,
        expected: &Payload,
        bytes: &Payload,
        ttl: Duration,
        registration: Option<&Registration>,
    ) -> StoreResult<(bool, Option<Tether>)> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            // The next read is the one that is remembered.
            return Ok((self.fill(key, expected, bytes, ttl, registration).await?, None));
        }
        let command = self.filling(&self.scripts.fill_tracked, key, expected, bytes, ttl, registration);
        let (filled, tether) = self.run_tracked::<u64>(&command, &self.scripts.fill_tracked).await?;
        Ok((filled > 0, tether))
    }

    /// Stores several values, each if its lease still stands.
    pub(crate) async fn fill_many(
        &self,
        fills: &[(&KeyText, &Payload, &Payload, Duration)],
        registration: Option<&Registration>,
    ) -> StoreResult<Vec<bool>> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.fill_by_slot(fills, registration).await;
        }
        let mut commands = Pipeline::new();
        for (key, lease, bytes, ttl) in fills {
            commands.add_command(self.fill_command(key, lease, bytes, *ttl, registration));
        }
        let filled: Vec<u64> = self.query_all(&commands, &[&self.scripts.fill]).await?;
        Ok(filled.into_iter().map(|filled| filled > 0).collect())
    }

    pub(super) fn fill_command(
        &self,
        key: &KeyText,
        expected: &Payload,
        bytes: &Payload,
        ttl: Duration,
        registration: Option<&Registration>,
    ) -> Cmd {
        self.filling(&self.scripts.fill, key, expected, bytes, ttl, registration)
    }

    fn filling(
        &self,
        program: &Program,
        key: &KeyText,
        expected: &Payload,
        bytes: &Payload,
        ttl: Duration,
        registration: Option<&Registration>,
    ) -> Cmd {
        let registration = self.beside(registration);
        let registers = registration.iter().map(|registration| registration.register.as_str());
        let mut command = evalsha(program, [key.as_str()].into_iter().chain(registers), expected.len() + bytes.len());
        command.arg(expected.as_slice()).arg(bytes.as_slice()).arg(px(ttl));
        registered(&mut command, registration);
        command
    }

    /// Sets a mark for this long, unless there is one. Says whether it did.
    pub(crate) async fn mark(&self, mark: &KeyText, token: &Payload, ttl: Duration) -> StoreResult<bool> {
        let mut command = Cmd::new();
        command.arg("SET").arg(mark.as_str()).arg(token.as_slice()).arg("NX").arg("PX").arg(px(ttl));
        self.query::<Option<String>>(&command, &[]).await.map(|set| set.is_some())
    }

    /// Prolongs a lease. Says whether it stood.
    pub(crate) async fn renew(&self, key: &KeyText, lease: &Payload, ttl: Duration) -> StoreResult<bool> {
        let mut command = evalsha(&self.scripts.renew, [key.as_str()].into_iter(), lease.len());
        command.arg(lease.as_slice()).arg(px(ttl));
        self.query::<u64>(&command, &[&self.scripts.renew]).await.map(|renewed| renewed > 0)
    }

    /// Removes the entry if it still holds these bytes.
    pub(crate) async fn remove_same(&self, key: &KeyText, bytes: &Payload) -> StoreResult<bool> {
        let mut command = evalsha(&self.scripts.remove_same, [key.as_str()].into_iter(), bytes.len());
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
        let mut command = evalsha(&self.scripts.invalidate, what.registers.iter().map(KeyText::as_str).chain(keys), 96);
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
        let mut command = evalsha(&self.scripts.guard, all, 96);
        command.arg(registers.len()).arg(keys.len()).arg(token).arg(px(ttl));
        command
    }
}

/// The answer of the script: a count, then a list for each register.
pub(super) struct RemovedAnswer(pub Removed);

impl FromRedisValue for RemovedAnswer {
    fn from_redis_value(value: ::redis::Value) -> Result<Self, ::redis::ParsingError> {
        let mut items = Vec::<::redis::Value>::from_redis_value(value)?.into_iter();
        let count = items.next().map(u64::from_redis_value).transpose()?.unwrap_or(0);
        Ok(Self(Removed { count, versions: items.map(Vec::from_redis_value).collect::<Result<_, _>>()? }))
    }
}

pub(super) fn claimed(answer: Vec<Vec<u8>>) -> Claim {
    let mut answer = answer.into_iter();
    match (answer.next().as_deref(), answer.next()) {
        (Some(b"granted"), _) => Claim::Granted,
        (Some(b"found"), Some(bytes)) if is_lease(&bytes) => Claim::Held,
        (Some(b"found"), Some(_)) => Claim::Stored,
        _ => Claim::Guarded,
    }
}

/// Keys hold no braces, so this lies in the slot of the key.
fn guard_of(key: &KeyText) -> String {
    ["{", key.as_str(), "}:guard"].concat()
}

#[cfg(feature = "cluster")]
pub(super) fn register_command(program: &Program, registration: &Registration) -> Cmd {
    let mut command = evalsha(program, [registration.register.as_str()].into_iter(), 32);
    registered(&mut command, Some(registration));
    command
}

fn registered(command: &mut Cmd, registration: Option<&Registration>) {
    if let Some(registration) = registration {
        command.arg(registration.version.as_ref()).arg(px(registration.horizon));
    }
}

/// `room` is what further arguments take in bytes, about: a command that grows is dear where two threads share an allocator.
pub(super) fn evalsha<'a>(program: &Program, keys: impl Iterator<Item = &'a str> + Clone, room: usize) -> Cmd {
    let (count, bytes) = keys.clone().fold((0, 0), |(count, bytes), key| (count + 1, bytes + key.len()));
    let mut command = Cmd::with_capacity(count + 12, bytes + room + 96);
    command.arg("EVALSHA").arg(program.script.get_hash()).arg(count);
    for key in keys {
        command.arg(key);
    }
    command
}
