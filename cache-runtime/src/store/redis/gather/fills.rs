//! Fills, several in one run of the script.

use std::sync::Arc;

use ::redis::Value;

use super::question::Answers;
use super::{Gather, Question};
use crate::error::Operation;
use crate::local::Tether;
use crate::store::Fill;
use crate::store::redis::script_answers::filled;
use crate::store::redis::{Connection, RedisStore};

/// A fill, of which the server is to tell changes or not.
pub(crate) struct Filling<const TRACKED: bool>(pub Fill);

impl Question for Filling<false> {
    type Answer = (bool, Option<Tether>);
    const OPERATION: Operation = Operation::Put;

    fn gather(connection: &Connection) -> &Gather<Self> {
        &connection.gathers.fills
    }

    fn carries(&self) -> Option<usize> {
        Some(self.0.bytes.len())
    }

    async fn ask(questions: &[&Self], store: &RedisStore, connection: &Arc<Connection>) -> Answers<Self> {
        let fills: Vec<&Fill> = questions.iter().map(|question| &question.0).collect();
        let program = &store.scripts.fill;
        let answers: Vec<Value> = store.query_on(connection, &store.fill_command(program, &fills), &[program]).await?;
        store.each(connection, answers, questions.len(), |answer| Ok((filled(answer)?, None)))
    }
}

impl Question for Filling<true> {
    type Answer = (bool, Option<Tether>);
    const OPERATION: Operation = Operation::Put;

    fn gather(connection: &Connection) -> &Gather<Self> {
        &connection.gathers.fills_tracked
    }

    fn suits(connection: &Connection) -> bool {
        connection.link.channel().is_some()
    }

    fn carries(&self) -> Option<usize> {
        Some(self.0.bytes.len())
    }

    async fn ask(questions: &[&Self], store: &RedisStore, connection: &Arc<Connection>) -> Answers<Self> {
        let fills: Vec<&Fill> = questions.iter().map(|question| &question.0).collect();
        let program = &store.scripts.fill_tracked;
        let command = store.fill_command(program, &fills);
        let (answers, tether): (Vec<Value>, _) = store.run_tracked(connection, &command, program).await?;
        store.each(connection, answers, questions.len(), |answer| Ok((filled(answer)?, tether.clone())))
    }
}
