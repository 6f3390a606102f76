//! Runs a body and stores what it gave.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::finish;
use super::lead::Leave;
use crate::cache::{Budget, Cache};
use crate::call;
use crate::clock::millis;
use crate::error::ErrorKind;
use crate::flight::{Landed, Leader};
use crate::key::{KeySpec, KeyText, Version};
use crate::outcome::{Outcome, Status};
use crate::private::Decision;
use crate::telemetry::{self, FillEnd, LoadEnd};
use crate::wire::{Meta, encode_none, encode_packed};

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
    pub spec: KeySpec,
    pub ttl: Duration,
    pub none_ttl: Option<Duration>,
    pub tags: Vec<Cow<'static, str>>,
    // Before the leave: who takes over asks to replace the lease that is given back after it.
    pub leader: Leader,
    pub leave: Leave,
    pub budget: Budget,
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
    pub(crate) async fn nested<B: Future>(&self, body: Pin<&mut B>) -> B::Output {
        let (cache, resource) = self.names();
        let _permit = match &self.0 {
            Kind::Leading(plan) if plan.is_fallback() => cache.0.fallback.permit(cache, resource).await,
            _ => None,
        };
        let span = tracing::debug_span!("cache_load", cache = %cache.0.name, resource);
        let body = call::nested(body);
        match &self.0 {
            #[cfg(feature = "redis")]
            Kind::Leading(plan) => match &plan.leave {
                Leave::While(standing) => standing.during(std::pin::pin!(body)).instrument(span).await,
                Leave::Own | Leave::None => body.instrument(span).await,
            },
            _ => body.instrument(span).await,
        }
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
        Meta {
            created: Some(now),
            expires: Some(now.saturating_add(millis(ttl))),
            tags: self.tags.clone(),
            ..Meta::default()
        }
    }

    /// Whether the store is away, so that nothing but this process's flights stands between callers and the source.
    fn is_fallback(&self) -> bool {
        self.cache.is_remote()
            && matches!(self.leave, Leave::None)
            && (self.outcome.error.is_some_and(|kind| kind.is_outage() || kind == ErrorKind::BreakerOpen)
                || self.outcome.status == Status::Bypass)
    }

    fn not_encoded(self) {
        telemetry::fill(&self.cache.0.name, self.resource, FillEnd::NotEncoded);
        finish(&self.cache, self.resource, self.outcome);
    }
}
