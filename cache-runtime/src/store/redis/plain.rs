//! Leave to fill, asked for in plain commands: of the server a script takes twice as much.
//!
//! `SET .. NX GET` (Redis 7.0) puts a lease where nothing is, and gives what is there otherwise. What a script sees in the same
//! step is looked at behind it. Guards: whoever sets one, or lifts it, removes the entry, and the lease with it; so one that
//! is not seen now has not stood since leave was given, or that is void. And registers of versions: no body begins before its version is
//! known to be registered. Where anything is out of the ordinary the script is asked as well, with the same leases: what it finds
//! to be given already it gives again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::redis::{Cmd, FromRedisValue as _, RedisResult, Value};

use super::script_commands::{distinct, guard_pieces};
use super::scripts::Program;
use super::words::Words;
use super::{Connection, RedisStore, px};
use crate::clock::millis;
use crate::store::{Ask, Claim, Looked, Registration, StoreResult};
use crate::switch::{Mechanism, without};
use crate::wire::{Payload, is_lease};

/// Whether the server of a connection is asked in plain commands.
#[derive(Default)]
pub(crate) struct Plain {
    /// It runs scripts, without which nothing could be filled nor leave be given back.
    scripts: AtomicBool,
    /// It does not know these commands.
    unknown: AtomicBool,
}

impl Plain {
    pub(super) fn suits(&self) -> bool {
        self.scripts.load(Ordering::Relaxed) && !self.unknown.load(Ordering::Relaxed)
    }

    pub(super) fn runs_scripts(&self, does: bool) {
        if self.scripts.load(Ordering::Relaxed) != does {
            self.scripts.store(does, Ordering::Relaxed);
        }
    }
}

/// What came of plain commands.
enum Asked {
    /// What stands under the key of each, or nothing where its lease does.
    All(Vec<Value>),
    /// The script is to be asked. The leases of these stand.
    Not(Vec<usize>),
}

/// How answers are read.
type Reads<T> = fn(Value) -> RedisResult<T>;

impl RedisStore {
    /// Asks for leave: in plain commands where that is enough, and by the script. What each comes to.
    pub(super) async fn ask_leave<T>(
        &self,
        connection: &Connection,
        asks: &[&Ask],
        (program, command): (&Program, impl Fn(&Self, &[&Ask]) -> Cmd),
        (plain, script): (Reads<T>, Reads<T>),
    ) -> StoreResult<Vec<StoreResult<T>>> {
        let given = match self.ask_plainly(connection, asks).await? {
            Asked::All(found) => return self.each(connection, found, asks.len(), plain),
            Asked::Not(given) => given,
        };
        let done = self.query_on::<Vec<Value>>(connection, &command(self, asks), &[program]).await;
        // Who hears nothing gives back what may have been given. Who is refused takes it for not given.
        if done.as_ref().is_err_and(|error| !error.kind.is_outage()) {
            for nth in given {
                let _ = Box::pin(self.remove_same_on(connection, &asks[nth].key, &asks[nth].lease)).await;
            }
        }
        self.each(connection, done?, asks.len(), script)
    }

    async fn ask_plainly(&self, connection: &Connection, asks: &[&Ask]) -> StoreResult<Asked> {
        let Some(single) = connection.link.single() else { return Ok(Asked::Not(Vec::new())) };
        let suits = connection.plain.suits() && asks.iter().all(|ask| ask.replaces.is_none());
        if without(Mechanism::PlainAsks) || !suits {
            return Ok(Asked::Not(Vec::new()));
        }
        let registrations = distinct(asks.iter().filter_map(|ask| ask.registration.as_ref()));
        let count = asks.len() + 1 + if registrations.is_empty() { 0 } else { 1 + registrations.len() };
        let done = single.link.ask_written(count, |out| write(out, asks, &registrations)).await;
        let mut found = self.settle(connection.generation, done)?;
        let beside = found.split_off(asks.len().min(found.len()));
        if !found.iter().any(is_refused) && is_ordinary(beside, &registrations).unwrap_or(false) {
            return Ok(Asked::All(found));
        }
        if found.iter().any(is_not_understood) {
            connection.plain.unknown.store(true, Ordering::Relaxed);
        }
        let given = |(nth, found): (usize, &Value)| (*found == Value::Nil).then_some(nth);
        Ok(Asked::Not(found.iter().enumerate().filter_map(given).collect()))
    }
}

fn write(out: &mut dyn Words, asks: &[&Ask], registrations: &[&Registration]) {
    for ask in asks {
        out.command(7);
        out.text("SET");
        out.text(ask.key.as_str());
        out.bytes(ask.lease.as_slice());
        ["NX", "GET", "PX"].into_iter().for_each(|word| out.text(word));
        out.number(px(ask.ttl));
    }
    out.command(1 + asks.len());
    out.text("EXISTS");
    asks.iter().for_each(|ask| out.pieces(&guard_pieces(&ask.key)));
    if !registrations.is_empty() {
        out.command(1);
        out.text("TIME");
    }
    for registration in registrations {
        out.command(3);
        out.text("ZSCORE");
        out.text(registration.register.as_str());
        out.text(registration.version.as_ref());
    }
}

/// Whether nothing is guarded, and every version is registered for long enough, as the script would see it.
fn is_ordinary(beside: Vec<Value>, registrations: &[&Registration]) -> RedisResult<bool> {
    let mut beside = beside.into_iter();
    let mut next = || beside.next().unwrap_or(Value::Nil).extract_error();
    if u64::from_redis_value(next()?)? > 0 {
        return Ok(false);
    }
    if registrations.is_empty() {
        return Ok(true);
    }
    let (seconds, micros) = <(u64, u64)>::from_redis_value(next()?)?;
    let now = Duration::from_secs(seconds) + Duration::from_micros(micros);
    for registration in registrations {
        let until = Option::<f64>::from_redis_value(next()?)?;
        // Milliseconds are whole numbers that a double holds.
        if until.is_none_or(|until| until < millis(now + registration.holds()) as f64) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_refused(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(_))
}

fn is_not_understood(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(error) if error.code() == "ERR")
}

/// What a read that asks for leave comes to.
pub(super) fn looked(found: Value) -> RedisResult<Looked> {
    Ok(match bytes(found)? {
        None => Looked::Granted,
        Some(bytes) => Looked::Found(bytes),
    })
}

/// What asking for leave comes to.
pub(super) fn claimed(found: Value) -> RedisResult<Claim> {
    Ok(match bytes(found)? {
        None => Claim::Granted,
        Some(bytes) if is_lease(&bytes) => Claim::Held,
        Some(_) => Claim::Stored,
    })
}

fn bytes(found: Value) -> RedisResult<Option<Payload>> {
    Ok(Option::<Vec<u8>>::from_redis_value(found)?.map(Payload::new))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use ::redis::parse_redis_value;

    use super::*;
    use crate::key::KeyText;

    fn answer(text: &str) -> Value {
        parse_redis_value(text.as_bytes()).expect("an answer")
    }

    fn registration() -> Registration {
        Registration {
            register: KeyText::from_text("cache:versions:user"),
            version: Cow::Borrowed("v2"),
            horizon: Duration::from_millis(4_000),
        }
    }

    /// At 1,000 seconds the version is to be registered until 1,003 at least.
    fn judged(guards: &str, until: &str) -> RedisResult<bool> {
        let time = answer("*2\r\n$4\r\n1000\r\n$6\r\n000000\r\n");
        is_ordinary(vec![answer(guards), time, answer(until)], &[&registration()])
    }

    #[test]
    fn a_version_that_is_registered_for_long_enough_is_ordinary() {
        assert!(judged(":0\r\n", "$7\r\n1003000\r\n").unwrap());
        assert!(judged(":0\r\n", ",1003000\r\n").unwrap(), "as RESP3 has it");
        assert!(!judged(":0\r\n", "$7\r\n1002999\r\n").unwrap(), "not for long enough");
        assert!(!judged(":0\r\n", "$-1\r\n").unwrap(), "not at all");
        assert!(!judged(":0\r\n", "_\r\n").unwrap(), "not at all, as RESP3 has it");
        assert!(is_ordinary(vec![answer(":0\r\n")], &[]).unwrap(), "nothing is to be registered");
    }

    #[test]
    fn guards_and_whatever_is_refused_are_not() {
        assert!(!judged(":1\r\n", "$7\r\n1003000\r\n").unwrap());
        assert!(judged(":0\r\n", "-WRONGTYPE Operation against a key\r\n").is_err());
        assert!(judged("-NOPERM this user has no permissions\r\n", "$7\r\n1003000\r\n").is_err());
        assert!(is_ordinary(Vec::new(), &[]).is_err(), "no answer at all");
    }

    #[test]
    fn a_server_that_does_not_know_the_command_says_so() {
        assert!(is_not_understood(&answer("-ERR syntax error\r\n")));
        assert!(!is_not_understood(&answer("-OOM command not allowed\r\n")));
        assert!(is_refused(&answer("-OOM command not allowed\r\n")));
        assert!(!is_refused(&answer("$-1\r\n")) && !is_refused(&answer("$1\r\n1\r\n")));
    }

    #[test]
    fn what_stands_there_is_a_value_or_another_s_lease() {
        let lease = answer("$8\r\n+lease:1\r\n");
        let Value::BulkString(mut bytes) = lease else { panic!("bytes") };
        bytes[0] = 0xCA;
        assert!(matches!(claimed(Value::BulkString(bytes)), Ok(Claim::Held)));
        assert!(matches!(claimed(answer("$1\r\n1\r\n")), Ok(Claim::Stored)));
        assert!(matches!(claimed(answer("$-1\r\n")), Ok(Claim::Granted)));
        assert!(matches!(looked(answer("$-1\r\n")), Ok(Looked::Granted)));
        assert!(matches!(looked(answer("$1\r\n1\r\n")), Ok(Looked::Found(_))));
    }

    #[test]
    fn plain_commands_are_for_servers_that_run_scripts() {
        let plain = Plain::default();
        assert!(!plain.suits());
        plain.runs_scripts(true);
        assert!(plain.suits());
        plain.runs_scripts(false);
        assert!(!plain.suits());
        plain.runs_scripts(true);
        plain.unknown.store(true, Ordering::Relaxed);
        assert!(!plain.suits());
    }
}
