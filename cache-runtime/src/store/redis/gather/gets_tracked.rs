//! Reads of entries that are to be held here: of each what it lives on, and the server is to tell of changes.

use std::sync::Arc;

use super::question::Answers;
use super::{Gather, Question};
use crate::error::{ErrorKind, Operation};
use crate::key::KeyText;
use crate::store::redis::link::{Link, Single};
use crate::store::redis::tracking::read_all;
use crate::store::redis::{Connection, RedisStore};
use crate::store::{StoreError, Stored};

/// The entry under a key.
pub(crate) struct GetTracked(pub KeyText);

impl Question for GetTracked {
    type Answer = Option<Stored>;
    const OPERATION: Operation = Operation::Get;

    fn gather(connection: &Connection) -> &Gather<Self> {
        &connection.gathers.gets_tracked
    }

    fn suits(connection: &Connection) -> bool {
        connection.link.channel().is_some()
    }

    fn brings(answer: &Self::Answer) -> Option<usize> {
        Some(answer.as_ref().map_or(0, |stored| stored.bytes.len()))
    }

    async fn ask(questions: &[&Self], store: &RedisStore, connection: &Arc<Connection>) -> Answers<Self> {
        let Link::Single(single @ Single { link, channel: Some(channel) }) = &connection.link else {
            return Err(StoreError::new(ErrorKind::Refused));
        };
        let done = read_all(link, channel, questions.iter().map(|question| &question.0)).await;
        let reads = store.settle(connection.generation, done)?;
        store.keep_alive(single, channel, connection.generation);
        Ok(reads.into_iter().map(|read| Ok(read.tracked(channel))).collect())
    }
}
