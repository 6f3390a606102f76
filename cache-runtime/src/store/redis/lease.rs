//! Leave to fill, and what takes it away (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1).

use std::time::Duration;

use ::redis::{Cmd, Pipeline, Value};

use super::script_answers::{claimed, filled, looked, only};
use super::script_commands::{NUMBER, evalsha};
use super::{Connection, RedisStore, plain, px, store_error};
use crate::error::ErrorKind;
use crate::key::KeyText;
use crate::local::Tether;
use crate::store::{Ask, Claim, Fill, Looked, StoreError, StoreResult};
use crate::wire::Payload;

/// So many entries are concerned by one run of a script at most: nobody else is served meanwhile.
const TOGETHER: usize = 64;

impl RedisStore {
    /// Asks for leave to fill. One round trip, on a Cluster two.
    pub(crate) async fn claim(&self, ask: &Ask) -> StoreResult<Claim> {
        #[cfg(feature = "cluster")]
        self.register_apart(ask.registration.as_ref()).await?;
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.claims.alone();
        let script = (&self.scripts.claim, Self::claim_command);
        one(self.ask_leave(&connection, &[ask], script, (plain::claimed, claimed)).await?)
    }

    /// Reads an entry, and asks for leave to fill it if it is not there. One round trip.
    pub(crate) async fn get_or_claim(&self, ask: &Ask) -> StoreResult<Looked> {
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.gets_or_claims.alone();
        let script = (&self.scripts.get_or_claim, Self::get_or_claim_command);
        one(self.ask_leave(&connection, &[ask], script, (plain::looked, looked)).await?)
    }

    /// Asks for several at once.
    pub(crate) async fn claim_many(&self, asks: &[Ask]) -> StoreResult<Vec<Claim>> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.claim_by_slot(asks).await;
        }
        let mut commands = Pipeline::new();
        for asks in asks.chunks(TOGETHER) {
            commands.add_command(self.claim_command(&asks.iter().collect::<Vec<_>>()));
        }
        let answers = self.query_all::<Vec<Value>>(&commands, &[&self.scripts.claim]).await?;
        answers.into_iter().flatten().map(|answer| claimed(answer).map_err(|error| store_error(&error))).collect()
    }

    /// Stores a value if what is expected still stands. Says whether it did. One round trip, on a Cluster two.
    pub(crate) async fn fill(&self, fill: &Fill) -> StoreResult<bool> {
        #[cfg(feature = "cluster")]
        self.register_apart(fill.registration.as_ref()).await?;
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.fills.alone();
        let command = self.fill_command(&self.scripts.fill, &[fill]);
        let answers: Vec<Value> = self.query_on(&connection, &command, &[&self.scripts.fill]).await?;
        self.settle(connection.generation, filled(only(answers)))
    }

    /// As [`fill`](Self::fill); the server tells of changes to what was stored, if somebody is given who tells.
    pub(crate) async fn fill_tracked(&self, fill: &Fill) -> StoreResult<(bool, Option<Tether>)> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            // The next read is the one that is remembered.
            return Ok((self.fill(fill).await?, None));
        }
        let connection = self.slot.connection().await?;
        let _alone = connection.gathers.fills_tracked.alone();
        let program = &self.scripts.fill_tracked;
        let (answers, tether) = self.run_tracked(&connection, &self.fill_command(program, &[fill]), program).await?;
        Ok((self.settle(connection.generation, filled(only(answers)))?, tether))
    }

    /// Stores several values, each if its lease still stands.
    pub(crate) async fn fill_many(&self, fills: &[Fill]) -> StoreResult<Vec<bool>> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            return self.fill_by_slot(fills).await;
        }
        let mut commands = Pipeline::new();
        for fills in fills.chunks(TOGETHER) {
            commands.add_command(self.fill_command(&self.scripts.fill, &fills.iter().collect::<Vec<_>>()));
        }
        let answers = self.query_all::<Vec<Value>>(&commands, &[&self.scripts.fill]).await?;
        answers.into_iter().flatten().map(|answer| filled(answer).map_err(|error| store_error(&error))).collect()
    }

    /// Sets a mark for this long, unless there is one. Says whether it did.
    pub(crate) async fn mark(&self, mark: &KeyText, token: &Payload, ttl: Duration) -> StoreResult<bool> {
        let mut command = Cmd::new();
        command.arg("SET").arg(mark.as_str()).arg(token.as_slice()).arg("NX").arg("PX").arg(px(ttl));
        self.query::<Option<String>>(&command, &[]).await.map(|set| set.is_some())
    }

    /// Prolongs a lease. Says whether it stood.
    pub(crate) async fn renew(&self, key: &KeyText, lease: &Payload, ttl: Duration) -> StoreResult<bool> {
        let mut command = evalsha(&self.scripts.renew, [key.as_str()].into_iter(), 2, lease.len() + NUMBER);
        command.arg(lease.as_slice()).arg(px(ttl));
        self.query::<u64>(&command, &[&self.scripts.renew]).await.map(|renewed| renewed > 0)
    }

    /// Removes the entry if it still holds these bytes: also where the caller has gone before the server answers, and did not know the
    /// script.
    pub(crate) async fn remove_same(&self, key: &KeyText, bytes: &Payload) -> StoreResult<bool> {
        #[cfg(feature = "cluster")]
        if self.slot.is_cluster() {
            let command = self.remove_same_command(key, bytes);
            return self.query::<u64>(&command, &[&self.scripts.remove_same]).await.map(|removed| removed > 0);
        }
        let connection = self.slot.connection().await?;
        self.remove_same_on(&connection, key, bytes).await
    }

    /// On a connection to one server.
    pub(super) async fn remove_same_on(
        &self,
        connection: &Connection,
        key: &KeyText,
        bytes: &Payload,
    ) -> StoreResult<bool> {
        let program = &self.scripts.remove_same;
        let done = connection.link.ask_all(&program.known(self.remove_same_command(key, bytes))).await;
        // That it is known already is as good as being told.
        let answer = self.settle(connection.generation, done)?.pop().unwrap_or(Value::Nil);
        self.settle(connection.generation, filled(answer))
    }

    fn remove_same_command(&self, key: &KeyText, bytes: &Payload) -> Cmd {
        let mut command = evalsha(&self.scripts.remove_same, [key.as_str()].into_iter(), 1, bytes.len());
        command.arg(bytes.as_slice());
        command
    }
}

/// What the only one of them came to.
fn one<T>(mut all: Vec<StoreResult<T>>) -> StoreResult<T> {
    all.pop().unwrap_or(Err(StoreError::new(ErrorKind::Refused)))
}
