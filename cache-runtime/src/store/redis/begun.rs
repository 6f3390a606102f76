//! Plain reads that have begun, together with others or by themselves, and what came of them. They borrow nothing: most hits are one.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::gather::{Answer, Asker, Get, Waits};
use super::solo::{Solo, SoloAnswer};
use super::stamps::entry;
use super::{Connection, RedisStore};
use crate::error::ErrorKind;
use crate::key::KeyText;
use crate::store::{StoreError, StoreResult, Stored};
use crate::tags::{Names, Stamps};
use crate::wire::Payload;

/// The bytes of an entry, and how long the command took.
pub(crate) type TogetherAnswer = Answer<Get>;

/// A read together with others. It borrows nothing.
pub(crate) struct Together {
    waits: Waits<Get>,
    edition: u64,
    stamps: Stamps,
}

/// A read that has begun.
pub(crate) enum Begun {
    Together(Together),
    Solo(Solo),
}

impl Together {
    /// Ready with the bytes and how long the command took, or `None` where its caller is to ask alone.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<TogetherAnswer>> {
        self.waits.poll(context)
    }
}

impl RedisStore {
    /// Reads together with others, where many read and the server tells of changed stamps.
    pub(crate) fn join_read<A: Asker>(
        self: &Arc<Self>,
        asker: &A,
        left: Duration,
        key: &KeyText,
        names: &[String],
    ) -> Option<Together> {
        let connection = self.slot.glimpse();
        self.join_read_on(connection.as_ref()?, asker, left, key, names)
    }

    fn join_read_on<A: Asker>(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        asker: &A,
        left: Duration,
        key: &KeyText,
        names: &[String],
    ) -> Option<Together> {
        if !self.many_read(connection) {
            return None;
        }
        let (edition, stamps) = self.copy.stamps_now(names)?;
        Some(Together { waits: self.join_on(connection, asker, left, Get::new(key.as_str())), edition, stamps })
    }

    /// Whether many read on it, and the server tells of changed stamps.
    fn many_read(&self, connection: &Connection) -> bool {
        connection.gathers.gets.shares() && self.tells(connection)
    }

    /// The same where many read and there are names for it, which come with what is left of the caller's time; with a key that is
    /// made only then.
    pub(crate) fn join_where<A: Asker>(
        self: &Arc<Self>,
        asker: &A,
        names: impl FnOnce() -> Option<(Duration, Names)>,
        key: impl FnOnce() -> Option<Get>,
    ) -> Option<(Together, Names)> {
        let connection = self.slot.glimpse();
        let connection = connection.as_ref()?;
        if !self.many_read(connection) {
            return None;
        }
        let (left, names) = names()?;
        let (edition, stamps) = self.copy.stamps_now(&names)?;
        let waits = self.join_on(connection, asker, left, key()?);
        Some((Together { waits, edition, stamps }, names))
    }

    /// Reads together with others, if there is something left for that and many read, else by itself for what is left of all.
    pub(crate) fn begin_read<A: Asker>(
        self: &Arc<Self>,
        asker: &A,
        (left, shares): (Duration, Option<Duration>),
        key: &KeyText,
        names: &[String],
    ) -> Option<Begun> {
        let connection = self.slot.glimpse();
        let connection = connection.as_ref()?;
        if let Some(left) = shares
            && let Some(together) = self.join_read_on(connection, asker, left, key, names)
        {
            return Some(Begun::Together(together));
        }
        self.begin_solo(connection, key, names, left).map(Begun::Solo)
    }

    /// What came of it. `None` where the caller is to ask alone; the stamps are missing where the server has to be asked.
    pub(crate) async fn read_joined(
        &self,
        Together { mut waits, edition, stamps }: Together,
        names: &[String],
    ) -> Option<(StoreResult<(Option<Stored>, Option<Stamps>)>, Duration)> {
        let (answer, took) = waits.answer().await?;
        Some((self.read_taken(Together { waits, edition, stamps }, answer, names), took))
    }

    /// The same of one that [`Together::poll`] is ready with.
    pub(crate) fn read_taken(
        &self,
        Together { waits, edition, stamps }: Together,
        answer: StoreResult<Option<Payload>>,
        names: &[String],
    ) -> StoreResult<(Option<Stored>, Option<Stamps>)> {
        // Otherwise what is known of the names now, on the same connection.
        let now = || waits.with_connection(&self.slot, |connection| self.copied_on(connection, names)).flatten();
        self.read_by(answer, || self.still(edition, stamps).or_else(now))
    }

    /// Begins to read by itself, for no longer than this. `None` where the server does not tell of changed stamps, on a Cluster, and under TLS.
    fn begin_solo(&self, connection: &Connection, key: &KeyText, names: &[String], within: Duration) -> Option<Solo> {
        let lane = connection.link.lane().filter(|_| self.tells(connection))?;
        let known = self.copy.stamps_now(names)?;
        connection.gathers.gets.begins_alone();
        Some(Solo::new(connection.generation, lane, key, known, within))
    }

    /// What came of it by now, or nothing in time. The stamps are missing where the server has to be asked.
    pub(crate) fn end_solo(
        &self,
        solo: &Solo,
        answer: SoloAnswer,
        names: &[String],
        now: Instant,
    ) -> StoreResult<(Option<Stored>, Option<Stamps>)> {
        let Some(answer) = answer else {
            self.leave_solo(solo);
            self.timed_out();
            return Err(StoreError::new(ErrorKind::Timeout));
        };
        let bytes = self.slot.settle_at(solo.generation, answer, now);
        let length = bytes.as_ref().map(|bytes| bytes.as_ref().map_or(0, Vec::len));
        let known = self.with_solo(solo, |connection| {
            if let Ok(length) = length {
                connection.gathers.gets.learn(length);
            }
            self.still(solo.edition, solo.stamps).or_else(|| self.copied_on(connection, names))
        });
        self.read_by(bytes.map(|bytes| bytes.map(Payload::new)), || known.flatten())
    }

    /// Its caller gave up.
    pub(crate) fn leave_solo(&self, solo: &Solo) {
        self.with_solo(solo, |_| ());
    }

    fn with_solo<T>(&self, solo: &Solo, look: impl FnOnce(&Connection) -> T) -> Option<T> {
        let connection = self.slot.glimpse();
        let connection = connection.as_deref().filter(|connection| connection.generation == solo.generation)?;
        connection.gathers.gets.ends_alone();
        Some(look(connection))
    }

    fn read_by(
        &self,
        answer: StoreResult<Option<Payload>>,
        stamps: impl FnOnce() -> Option<Stamps>,
    ) -> StoreResult<(Option<Stored>, Option<Stamps>)> {
        let stamps = stamps();
        Ok((answer?.map(entry), stamps))
    }
}
