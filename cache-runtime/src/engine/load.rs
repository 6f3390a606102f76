//! Runs a body and stores what it gave.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::finish;
use crate::cache::{Budget, Cache};
use crate::call;
use crate::clock::millis;
use crate::error::ErrorKind;
#[cfg(feature = "redis")]
use crate::error::Operation;
use crate::flight::{Landed, Leader};
use crate::key::{KeyText, Version};
use crate::outcome::Outcome;
use crate::private::Decision;
use crate::registry;
use crate::store::Store;
use crate::telemetry::{self, FillEnd, LoadEnd};
use crate::wire::{Meta, Payload, encode_none, encode_packed};

/// Leave to run the body.
pub(crate) struct Load(Kind);

enum Kind {
    /// For this caller alone, and not stored.
    Uncached {
        cache: Cache,
        resource: &'static str,
        outcome: Outcome,
    },
    Leading(Box<Plan>),
}

/// What the leader of a flight does with the value.
pub(crate) struct Plan {
    pub cache: Cache,
    pub resource: &'static str,
    pub key: KeyText,
    pub version: Version,
    pub suffix: Option<String>,
    pub own_suffix: Option<&'static str>,
    pub ttl: Duration,
    pub none_ttl: Option<Duration>,
    pub tags: Vec<Cow<'static, str>>,
    pub leader: Leader,
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    pub budget: Budget,
    /// Whether the store is neither to be read nor filled.
    pub left_out: bool,
    pub outcome: Outcome,
}

/// A body that runs. Dropped before it ended, it counts as that.
pub(crate) struct Running {
    cache: Cache,
    resource: &'static str,
    started: Instant,
    ended: bool,
}

impl Running {
    fn end(mut self, end: LoadEnd) {
        self.record(end);
    }

    fn record(&mut self, end: LoadEnd) {
        self.ended = true;
        telemetry::load(&self.cache.0.name, self.resource, end, self.started.elapsed());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.record(LoadEnd::Dropped);
        }
    }
}

impl Load {
    pub(crate) fn uncached(cache: Cache, resource: &'static str, outcome: Outcome) -> Self {
        Self(Kind::Uncached { cache, resource, outcome })
    }

    pub(crate) fn leading(plan: Plan) -> Self {
        Self(Kind::Leading(Box::new(plan)))
    }

    pub(crate) fn start(&self) -> Running {
        let (cache, resource) = self.names();
        cache.0.counts.loads.add();
        Running { cache: cache.clone(), resource, started: Instant::now(), ended: false }
    }

    fn names(&self) -> (&Cache, &'static str) {
        match &self.0 {
            Kind::Uncached { cache, resource, .. } => (cache, resource),
            Kind::Leading(plan) => (&plan.cache, plan.resource),
        }
    }

    /// Runs the body in a span of its own, so that the calls it makes do not report in place of this one.
    pub(crate) async fn nested<B: Future>(&self, body: B) -> B::Output {
        let (cache, resource) = self.names();
        let span = tracing::debug_span!("cache_load", cache = %cache.0.name, resource);
        call::nested(body).instrument(span).await
    }

    /// The body failed: the next waiter loads.
    pub(crate) fn failed(self, running: Running) {
        running.end(LoadEnd::Error);
        match self.0 {
            Kind::Uncached { cache, resource, outcome } => finish(&cache, resource, outcome),
            Kind::Leading(plan) => finish(&plan.cache, plan.resource, plan.outcome),
        }
    }

    /// The body found nothing.
    pub(crate) async fn none(self, running: Running) {
        running.end(LoadEnd::None);
        match self.0 {
            Kind::Uncached { cache, resource, outcome } => finish(&cache, resource, outcome),
            Kind::Leading(plan) => {
                let stored = plan.none_ttl.map(|ttl| (encode_none(&plan.meta(ttl)), ttl));
                plan.land(stored, Landed::None).await;
            }
        }
    }

    /// The body gave a value.
    pub(crate) async fn value<V: Serialize>(self, running: Running, value: &V, decision: Decision) {
        running.end(LoadEnd::Value);
        match self.0 {
            Kind::Uncached { cache, resource, outcome } => finish(&cache, resource, outcome),
            Kind::Leading(plan) => {
                let ttl = decision.ttl.unwrap_or(plan.ttl);
                match encode_packed(value, &plan.meta(ttl), plan.cache.0.settings.compress_above) {
                    Ok(bytes) => {
                        let stored = (decision.keep && !ttl.is_zero()).then(|| (Arc::clone(&bytes), ttl));
                        plan.land(stored, Landed::Value(bytes)).await;
                    }
                    Err(_) => plan.not_encoded(),
                }
            }
        }
    }
}

impl Plan {
    fn meta(&self, ttl: Duration) -> Meta<'static> {
        let now = self.cache.0.clock.now();
        Meta { created: Some(now), expires: Some(now.saturating_add(millis(ttl))), tags: self.tags.clone() }
    }

    /// Stores, hands the value to those who wait, and reports.
    async fn land(mut self, stored: Option<(Payload, Duration)>, landed: Landed) {
        let end = match &stored {
            None => FillEnd::Declined,
            Some((bytes, ttl)) => self.fill(bytes, *ttl).await,
        };
        telemetry::fill(&self.cache.0.name, self.resource, end);
        if end == FillEnd::Stored {
            self.cache.0.counts.fills.add();
            self.outcome.stored = true;
        }
        // After the fill, so that who asks next finds it stored.
        self.leader.land_load(&landed);
        finish(&self.cache, self.resource, self.outcome);
    }

    async fn fill(&mut self, bytes: &Payload, ttl: Duration) -> FillEnd {
        if bytes.len() > self.cache.0.settings.max_value_bytes {
            return FillEnd::TooLarge;
        }
        // A store that just failed is not asked again: the delay of a call is bounded by one budget. What it holds there may
        // be overwritten if it was no entry at all.
        let overwrites = matches!(self.outcome.error, None | Some(ErrorKind::Decode | ErrorKind::WrongType));
        if self.left_out || !overwrites {
            return FillEnd::Failed;
        }
        if self.leader.is_void() {
            return FillEnd::Voided;
        }
        registry::note_version(self.resource, self.suffix.as_deref().or(self.own_suffix), self.version);
        match &self.cache.0.store {
            Store::Memory(store) => match self.leader.unless_void(|| store.set(&self.key, bytes, ttl)) {
                Some(()) => FillEnd::Stored,
                None => FillEnd::Voided,
            },
            #[cfg(feature = "redis")]
            Store::Redis(_) => self.fill_remote(bytes, ttl).await,
        }
    }

    #[cfg(feature = "redis")]
    async fn fill_remote(&mut self, bytes: &Payload, ttl: Duration) -> FillEnd {
        let cache = self.cache.clone();
        if let Err(error) = cache.ask(Operation::Put, &mut self.budget, cache.0.store.set(&self.key, bytes, ttl)).await
        {
            self.outcome.error = Some(error.kind());
            return FillEnd::Failed;
        }
        if !self.leader.is_void() {
            return FillEnd::Stored;
        }
        // An invalidation came while the value was on its way: take back what it may have missed.
        let keys = [self.key.clone()];
        if cache.ask(Operation::Invalidate, &mut self.budget, cache.0.store.remove(&keys)).await.is_err() {
            cache.0.recovery.keep_keys(&cache, &keys);
        }
        FillEnd::Voided
    }

    fn not_encoded(self) {
        telemetry::fill(&self.cache.0.name, self.resource, FillEnd::NotEncoded);
        finish(&self.cache, self.resource, self.outcome);
    }
}
