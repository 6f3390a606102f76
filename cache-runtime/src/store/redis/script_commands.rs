//! What scripts are given.

use std::time::Duration;

use ::redis::Cmd;

use super::scripts::Program;
use super::{RedisStore, px};
use crate::key::KeyText;
use crate::store::{Ask, Fill, Invalidation, Registration};

impl RedisStore {
    pub(super) fn claim_command(&self, asks: &[&Ask]) -> Cmd {
        self.asking(&self.scripts.claim, asks, true)
    }

    pub(super) fn get_or_claim_command(&self, asks: &[&Ask]) -> Cmd {
        self.asking(&self.scripts.get_or_claim, asks, false)
    }

    fn asking(&self, program: &Program, asks: &[&Ask], replace: bool) -> Cmd {
        let registrations = self.beside(asks.iter().filter_map(|ask| ask.registration.as_ref()));
        let guards: Vec<String> = asks.iter().map(|ask| guard_of(&ask.key)).collect();
        let keys = asks.iter().map(|ask| ask.key.as_str()).chain(guards.iter().map(String::as_str));
        let replaced = |ask: &Ask| ask.replaces.as_ref().map_or(0, |bytes| bytes.len());
        let room = asks.iter().map(|ask| ask.lease.len() + replaced(ask) + NUMBER).sum();
        let mut command = evalsha(program, keys.chain(registers(&registrations)), 3 * asks.len() + 1, room);
        command.arg(asks.len());
        for ask in asks {
            command.arg(ask.lease.as_slice()).arg(px(ask.ttl));
            if replace {
                command.arg(ask.replaces.as_ref().map_or(&[][..], |bytes| bytes.as_slice()));
            }
        }
        registered(&mut command, &registrations);
        command
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

    pub(super) fn guard_command(&self, keys: &[KeyText], registers: &[KeyText], token: &str, ttl: Duration) -> Cmd {
        let guards: Vec<String> = keys.iter().map(guard_of).collect();
        let all = registers.iter().chain(keys).map(KeyText::as_str).chain(guards.iter().map(String::as_str));
        let mut command = evalsha(&self.scripts.guard, all, 4, 96);
        command.arg(registers.len()).arg(keys.len()).arg(token).arg(px(ttl));
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
pub(super) fn guard_of(key: &KeyText) -> String {
    guard_pieces(key).concat()
}

/// What it is made of.
pub(super) fn guard_pieces(key: &KeyText) -> [&str; 3] {
    ["{", key.as_str(), "}:guard"]
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
pub(super) const NUMBER: usize = 16;

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
