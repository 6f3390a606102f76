//! The clock of tags and its stamps, on the server: a sorted set of names by the time of their last invalidation.
//!
//! The time is the server's, in microseconds, and never goes back while the set exists. When the set is lost, the next one
//! begins at the time at which it is made, and all entries from before are invalid.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use ::redis::{Cmd, Pipeline, Value};

use super::script_commands::evalsha;
use super::{Connection, RedisStore, get_command, parsed, pttl_command};
use crate::key::KeyText;
use crate::local::Tether;
use crate::store::{StoreResult, Stored};
use crate::tags::{CLEAR, Known, MOST, Stamps};
use crate::wire::Payload;

impl RedisStore {
    /// Stamps names. One round trip.
    pub(crate) async fn stamp(&self, names: &[String]) -> StoreResult<u64> {
        let mut command = evalsha(&self.scripts.stamp, std::iter::once(self.stamps.as_str()), names.len() + 1, 64);
        command.arg(MOST);
        for name in names {
            command.arg(name);
        }
        self.query(&command, &[&self.scripts.stamp]).await
    }

    /// The clock, which is made where there is none.
    pub(crate) async fn clock(&self) -> StoreResult<u64> {
        self.query(&self.clock_command(), &[&self.scripts.stamp]).await
    }

    pub(super) fn clock_command(&self) -> Cmd {
        let mut command = evalsha(&self.scripts.stamp, std::iter::once(self.stamps.as_str()), 1, 64);
        command.arg(MOST);
        command
    }

    /// What the server says of these names.
    pub(crate) async fn stamps(&self, names: &[String]) -> StoreResult<Stamps> {
        Ok(stamps(self.query(&self.stamps_command(names), &[]).await?))
    }

    /// What is known of these names at the time of the last answer, or is now.
    pub(crate) async fn stamps_since_read(&self, names: &[String]) -> StoreResult<Stamps> {
        if let Some(stamps) = self.copied(names) {
            return Ok(stamps);
        }
        self.stamps_learned(names).await
    }

    /// What the server says of these names, which is remembered where the server tells of changes.
    async fn stamps_learned(&self, names: &[String]) -> StoreResult<Stamps> {
        let watched = self.slot.glimpse().as_deref().is_some_and(|connection| self.tells(connection));
        let asked = watched.then(|| self.copy.ask(names));
        let scores: Vec<Option<f64>> = self.query(&self.stamps_command(names), &[]).await?;
        if let Some(asked) = asked {
            self.copy.learn(asked, &known(names, &scores));
        }
        Ok(stamps(scores))
    }

    /// Runs what is followed by a look at the stamps: what was stamped before it is seen. One round trip, where it is one.
    pub(crate) async fn and_stamps<T>(
        &self,
        names: &[String],
        first: impl Future<Output = StoreResult<T>> + Send,
    ) -> StoreResult<(T, Stamps)> {
        let first = Box::pin(first);
        if self.copied(names).is_none() {
            return Box::pin(async { tokio::try_join!(first, self.stamps_learned(names)) }).await;
        }
        let first = first.await?;
        // What was stamped before it was answered has been told of by now.
        let stamps = match self.copied(names) {
            Some(stamps) => stamps,
            None => Box::pin(self.stamps(names)).await?,
        };
        Ok((first, stamps))
    }

    /// What the server says of each of these names.
    pub(crate) async fn stamps_each(&self, names: &[String]) -> StoreResult<Known> {
        let scores: Vec<Option<f64>> = self.query(&self.stamps_command(names), &[]).await?;
        Ok(known(names, &scores))
    }

    pub(super) fn stamps_command(&self, names: &[String]) -> Cmd {
        let mut command = Cmd::new();
        command.arg("ZMSCORE").arg(self.stamps.as_str()).arg("clock").arg("birth").arg(CLEAR);
        for name in names {
            command.arg(name);
        }
        command
    }

    /// An entry, what is left of its life where that is asked for, and the stamps of its names. One round trip; where the server
    /// tells of changed stamps it is a plain `GET`, and on a Cluster two nodes are asked side by side.
    pub(crate) async fn read(
        &self,
        key: &KeyText,
        left: bool,
        names: &[String],
    ) -> StoreResult<(Option<Stored>, Stamps)> {
        if let Some(connection) = self.slot.ready().filter(|connection| !left && self.tells(connection))
            && let Some((edition, stamps)) = self.copy.stamps_now(names)
        {
            let stored = self.get_on(&connection, key).await?.map(entry);
            return match self.still(edition, stamps).or_else(|| self.copied_on(&connection, names)) {
                Some(stamps) => Ok((stored, stamps)),
                None => Ok((stored, Box::pin(self.stamps(names)).await?)),
            };
        }
        // Boxed, as the future is moved before it is polled.
        Box::pin(self.read_beside(key, left, names)).await
    }

    /// Those stamps, if they still hold after an answer: all that the server told of before it is in the copy, and that is what it
    /// was.
    pub(super) fn still(&self, edition: u64, stamps: Stamps) -> Option<Stamps> {
        (self.local.watch().is_current() && self.copy.edition() == edition).then_some(stamps)
    }

    /// Whether an entry is read by a `GET`, as the server tells of changed stamps.
    pub(crate) fn reads_plainly(&self) -> bool {
        self.slot.glimpse().as_ref().is_some_and(|connection| self.tells(connection))
    }

    /// As [`read`](Self::read), of an entry that is to be held.
    pub(crate) async fn read_tracked(&self, key: &KeyText, names: &[String]) -> StoreResult<(Option<Stored>, Stamps)> {
        Box::pin(self.and_stamps(names, self.get_tracked(key))).await
    }

    /// An entry and the stamps, which may have to be asked for.
    async fn read_beside(&self, key: &KeyText, left: bool, names: &[String]) -> StoreResult<(Option<Stored>, Stamps)> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return tokio::try_join!(self.read_entry(key, left), self.stamps(names));
        }
        let connection = self.slot.connection().await?;
        let watched = self.watches(&connection).await;
        if watched && self.copy.stamps(names).is_some() {
            let stored = self.read_entry(key, left).await?;
            return match self.copied(names) {
                Some(stamps) => Ok((stored, stamps)),
                None => Ok((stored, self.stamps(names).await?)),
            };
        }
        let asked = watched.then(|| self.copy.ask(names));
        let mut commands = Pipeline::new();
        commands.add_command(get_command(key));
        if left {
            commands.add_command(pttl_command(key));
        }
        commands.add_command(self.stamps_command(names));
        let mut answers = self.query_all::<Value>(&commands, &[]).await?.into_iter();
        let mut next = || answers.next().unwrap_or(Value::Nil);
        let (bytes, pttl) = (parsed(next())?, if left { parsed(next())? } else { -1 });
        let scores: Vec<Option<f64>> = parsed(next())?;
        if let Some(asked) = asked {
            self.copy.learn(asked, &known(names, &scores));
        }
        Ok((stored(bytes, pttl), stamps(scores)))
    }

    /// What is known of these names at the time of the last answer. `None` where the server has to be asked.
    pub(crate) fn copied(&self, names: &[String]) -> Option<Stamps> {
        self.copied_on(self.slot.glimpse().as_deref()?, names)
    }

    /// Whether the server tells of changed stamps on this connection.
    pub(super) fn tells(&self, connection: &Connection) -> bool {
        let channel = connection.link.channel().filter(|channel| !channel.is_closed());
        channel.is_some_and(|channel| self.local.watch().is_on(channel))
    }

    /// Who tells of changed stamps, if somebody does already.
    pub(crate) fn told_of_stamps(&self) -> Option<Tether> {
        let connection = self.slot.glimpse();
        let connection = connection.as_deref()?;
        let channel = connection.link.channel().filter(|_| self.tells(connection))?;
        Some(Tether::To(Arc::clone(channel)))
    }

    pub(super) fn copied_on(&self, connection: &Connection, names: &[String]) -> Option<Stamps> {
        if self.tells(connection) && self.local.watch().is_current() { self.copy.stamps(names) } else { None }
    }

    /// Whether the server tells of changed stamps on this connection. Sees to it that it does.
    async fn watches(&self, connection: &Connection) -> bool {
        let tells = connection.link.channel().is_some_and(|channel| !channel.is_closed());
        tells && (self.tells(connection) || matches!(self.watch_stamps().await, Ok(Some(_))))
    }

    /// An entry that is not to be held here, and what is left of its life.
    pub(super) async fn get_left(&self, key: &KeyText) -> StoreResult<Option<Stored>> {
        self.read_entry(key, true).await
    }

    async fn read_entry(&self, key: &KeyText, left: bool) -> StoreResult<Option<Stored>> {
        if !left {
            return Ok(self.get(key).await?.map(entry));
        }
        let mut commands = Pipeline::new();
        commands.add_command(get_command(key)).add_command(pttl_command(key));
        let mut answers = self.query_all::<Value>(&commands, &[]).await?.into_iter();
        let mut next = || answers.next().unwrap_or(Value::Nil);
        Ok(stored(parsed(next())?, parsed(next())?))
    }
}

/// An entry of which nothing else was asked.
pub(super) fn entry(bytes: Payload) -> Stored {
    Stored { bytes, left: None, tether: None }
}

fn stored(bytes: Option<Vec<u8>>, pttl: i64) -> Option<Stored> {
    let left = u64::try_from(pttl).ok().map(Duration::from_millis);
    Some(Stored { bytes: Payload::new(bytes?), left, tether: None })
}

/// Scores are whole numbers below 2^53.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "microseconds of this century")]
fn score(scores: &[Option<f64>], nth: usize) -> Option<u64> {
    scores.get(nth).copied().flatten().map(|score| score as u64)
}

fn known(names: &[String], scores: &[Option<f64>]) -> Known {
    let at = |nth: usize| score(scores, nth);
    let each = names.iter().enumerate().map(|(nth, name)| (name.clone(), at(nth + 3).unwrap_or(0))).collect();
    Known { clock: at(0), birth: at(1).unwrap_or(0), clear: at(2).unwrap_or(0), each }
}

fn stamps(scores: Vec<Option<f64>>) -> Stamps {
    let at = |nth: usize| score(&scores, nth);
    let latest = (2..scores.len()).filter_map(at).max().unwrap_or(0);
    Stamps { clock: at(0), birth: at(1).unwrap_or(0), latest }
}
