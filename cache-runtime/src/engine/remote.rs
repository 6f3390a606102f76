//! Leading on a server: reads, asks for leave to fill, waits while another process loads.

use std::time::Duration;

use tokio::time::Instant;

use super::lead::{Asking, Leave, Next, Read, failed, is_replaceable};
use super::lease::Standing;
use super::lookup::accepted;
use crate::error::Operation;
use crate::flight::Landed;
use crate::key::KeyText;
use crate::outcome::Outcome;
use crate::private::{CacheValue, KeyOf};
use crate::store::{Ask, Claim, RedisStore};
use crate::telemetry;
use crate::wire::{Payload, is_lease, new_lease};

/// How often a caller looks whether another process's load has ended: soon at first, then with a pause that a busy server
/// does not feel.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

impl<K> Asking<'_, K> {
    /// Reads, asks for leave to fill, waits while another process loads, to the deadline.
    pub(super) async fn next_remote<V: CacheValue>(&mut self, store: &RedisStore) -> Next<V>
    where
        K: KeyOf<V>,
    {
        let cache = self.lookup.cache;
        let (mut deadline, mut pause) = (None, FIRST_PAUSE);
        let mut reads = self.leader.reads();
        let mut replaces = None;
        if !reads {
            replaces = self.leader.inherited();
        }
        // Who wants a new value replaces what is there, and keeps it until then.
        if !reads && replaces.is_none() {
            match self.standing_value(&self.located.key).await {
                Ok(Some(bytes)) if is_lease(&bytes) => replaces = Some(bytes),
                Ok(Some(bytes)) => return self.granted(Standing::value(cache, &self.located.key, bytes)),
                Ok(None) => {}
                Err(outcome) => {
                    self.fail(outcome);
                    if !is_replaceable(&self.outcome) {
                        return Next::Load(Leave::None);
                    }
                }
            }
        }
        loop {
            let leased = if reads {
                self.leader.begins();
                match self.read().await {
                    Read::Hit(value, landed) => return Next::Served(value, landed),
                    Read::Miss => false,
                    Read::Leased => true,
                    Read::Failed(outcome) => {
                        self.outcome = outcome;
                        // A store that just failed is not asked again: the delay of a call is bounded by one budget.
                        if !is_replaceable(&self.outcome) {
                            return Next::Load(Leave::None);
                        }
                        false
                    }
                }
            } else {
                false
            };
            if !leased {
                self.leader.begins();
                match self.claim(store, replaces.take()).await {
                    Err(outcome) => {
                        self.fail(outcome);
                        return Next::Load(Leave::None);
                    }
                    Ok((Claim::Granted, lease)) => {
                        self.leader.hold(&lease);
                        return self.granted(Standing::lease(cache, &self.located.key, lease));
                    }
                    Ok((Claim::Guarded, _)) => return Next::Load(Leave::None),
                    // What does not decode is met and discarded by the next read.
                    Ok((Claim::Stored(bytes), _)) => {
                        if let Ok(value) = accepted(&bytes, self.lookup.wants_none, self.key) {
                            return Next::Served(value, Landed::Value(bytes));
                        }
                    }
                    Ok((Claim::Held, _)) => {}
                }
            }
            let now = Instant::now();
            if now + pause >= *deadline.get_or_insert(now + cache.0.settings.wait_timeout) {
                telemetry::wait_ended(&cache.0.name, self.key.spec().resource);
                return Next::Load(Leave::None);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.budget = cache.budget();
            reads = true;
        }
    }

    fn granted<V>(&self, standing: Standing) -> Next<V> {
        Next::Load(Leave::While(standing))
    }

    /// Keeps what the call is, but for the failure.
    fn fail(&mut self, outcome: Outcome) {
        self.outcome.error = outcome.error;
        if self.leader.reads() {
            self.outcome.status = outcome.status;
        }
    }

    async fn standing_value(&mut self, key: &KeyText) -> Result<Option<Payload>, Outcome> {
        let cache = self.lookup.cache;
        let asked = cache.ask(Operation::Get, &mut self.budget, cache.0.store.get(key)).await;
        asked.map_err(|error| failed(error.kind()))
    }

    async fn claim<V>(&mut self, store: &RedisStore, replaces: Option<Payload>) -> Result<(Claim, Payload), Outcome>
    where
        K: KeyOf<V>,
    {
        let cache = self.lookup.cache;
        let (spec, suffix, lease) = (self.key.spec(), self.key.suffix(), new_lease());
        let ask = Ask {
            key: &self.located.key,
            lease: &lease,
            ttl: cache.0.settings.lease_ttl,
            replaces: replaces.as_ref(),
            registration: Some(cache.registration(&spec, suffix.as_deref(), self.ttl)),
        };
        match cache.ask(Operation::Claim, &mut self.budget, store.claim(&ask)).await {
            Ok(claim) => Ok((claim, lease)),
            Err(error) => Err(failed(error.kind())),
        }
    }
}
