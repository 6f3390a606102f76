//! Reads that ask for leave to fill what is not there, several in one round trip.

use std::sync::Arc;

use super::question::Answers;
use super::{Gather, Question};
use crate::error::Operation;
use crate::key::KeyText;
use crate::store::redis::script_answers::looked;
use crate::store::redis::{Connection, RedisStore, plain};
use crate::store::{Ask, Looked};
use crate::wire::Payload;

/// The bytes under the key, or leave to fill it. It replaces nothing.
pub(crate) struct GetOrClaim(pub Ask);

impl Question for GetOrClaim {
    type Answer = Looked;
    const OPERATION: Operation = Operation::Get;

    fn gather(connection: &Connection) -> &Gather<Self> {
        &connection.gathers.gets_or_claims
    }

    fn brings(answer: &Self::Answer) -> Option<usize> {
        Some(if let Looked::Found(bytes) = answer { bytes.len() } else { 0 })
    }

    fn leave(&self) -> Option<(&KeyText, &Payload)> {
        self.0.leave()
    }

    async fn ask(questions: &[&Self], store: &RedisStore, connection: &Arc<Connection>) -> Answers<Self> {
        let asks: Vec<&Ask> = questions.iter().map(|question| &question.0).collect();
        let script = (&store.scripts.get_or_claim, RedisStore::get_or_claim_command);
        store.ask_leave(connection, &asks, script, (plain::looked, looked)).await
    }
}
