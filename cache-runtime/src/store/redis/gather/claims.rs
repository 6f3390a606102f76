//! Leave to fill, for several keys in one round trip.

use std::sync::Arc;

use super::question::Answers;
use super::{Gather, Question};
use crate::error::Operation;
use crate::key::KeyText;
use crate::store::redis::script_answers::claimed;
use crate::store::redis::{Connection, RedisStore, plain};
use crate::store::{Ask, Claim};
use crate::wire::Payload;

impl Question for Ask {
    type Answer = Claim;
    const OPERATION: Operation = Operation::Claim;

    fn gather(connection: &Connection) -> &Gather<Self> {
        &connection.gathers.claims
    }

    fn carries(&self) -> Option<usize> {
        Some(self.replaces.as_ref().map_or(0, |bytes| bytes.len()))
    }

    fn leave(&self) -> Option<(&KeyText, &Payload)> {
        Some((&self.key, &self.lease))
    }

    async fn ask(questions: &[&Self], store: &RedisStore, connection: &Arc<Connection>) -> Answers<Self> {
        let script = (&store.scripts.claim, RedisStore::claim_command);
        store.ask_leave(connection, questions, script, (plain::claimed, claimed)).await
    }
}
