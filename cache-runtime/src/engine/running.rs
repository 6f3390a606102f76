//! What surrounds a body while it runs: its span, its lease, its time. Compiled once; `private/fill.rs` polls the body inside.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Load;
use crate::call::{self, Nested};
use crate::clock::{Millis, millis};
use crate::telemetry::{self, LoadEnd};

/// A body that runs. Dropped before it ended, it counts as that.
pub(crate) struct Running {
    /// Until it ended.
    load: Option<Load>,
    started: Instant,
}

impl Running {
    /// What it runs for.
    pub(crate) fn load(&self) -> Option<&Load> {
        self.load.as_ref()
    }

    /// What keeps others from loading meanwhile.
    #[cfg(feature = "redis")]
    fn prolonging(&self) -> Option<super::lease::Prolonging> {
        let plan = self.load.as_ref()?.plan()?;
        plan.mark.standing().or(plan.leave.standing())?.prolonging()
    }

    /// Counts its end. What it ran for, and how long that took.
    pub(super) fn end(mut self, end: LoadEnd) -> Option<(Load, Millis)> {
        let load = self.load.take()?;
        let took = millis(self.record(&load, end));
        Some((load, took))
    }

    fn record(&self, load: &Load, end: LoadEnd) -> Duration {
        let (took, (cache, resource)) = (self.started.elapsed(), load.names());
        telemetry::load(&cache.0.name, resource, end, took);
        took
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(load) = &self.load {
            self.record(load, LoadEnd::Dropped);
        }
    }
}

/// Where a body is polled.
pub(crate) struct Around {
    span: tracing::Span,
    /// Leave to run while the store is away.
    permit: Permit,
    /// Once the body waits.
    #[cfg(feature = "redis")]
    lease: Option<super::lease::Prolonging>,
    /// When its caller gives up.
    end: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

enum Permit {
    Unneeded,
    Asked(Pin<Box<dyn Future<Output = Option<OwnedSemaphorePermit>> + Send>>),
    Given { _permit: Option<OwnedSemaphorePermit> },
}

/// While a body is being polled. The calls that it makes do not report in place of the one around it.
pub(crate) struct Entered<'a> {
    _span: tracing::span::Entered<'a>,
    _nested: Nested,
}

impl Load {
    pub(crate) fn start(self) -> Running {
        self.names().0.0.counts.loads.add();
        Running { load: Some(self), started: Instant::now() }
    }

    /// What surrounds the body, which is given up at `end`.
    pub(crate) fn around(&self, end: Option<Instant>) -> Around {
        let (cache, resource) = self.names();
        let permit = if cache.0.fallback.is_limited() && self.is_fallback() {
            let cache = cache.clone();
            Permit::Asked(Box::pin(async move { cache.0.fallback.permit(&cache, resource).await }))
        } else {
            Permit::Unneeded
        };
        Around {
            span: tracing::debug_span!("cache_load", cache = %cache.0.name, resource),
            permit,
            #[cfg(feature = "redis")]
            lease: None,
            end,
            sleep: None,
        }
    }
}

impl Around {
    /// To be held while the body is polled.
    pub(crate) fn enter(&mut self, context: &mut Context<'_>) -> Poll<Entered<'_>> {
        if let Permit::Asked(permit) = &mut self.permit {
            let permit = ready!(permit.as_mut().poll(context));
            self.permit = Permit::Given { _permit: permit };
        }
        Poll::Ready(Entered { _span: self.span.enter(), _nested: call::nest() })
    }

    /// The body waits. Ready once its caller gives it up.
    pub(crate) fn pending(&mut self, running: &Running, context: &mut Context<'_>) -> Poll<()> {
        #[cfg(feature = "redis")]
        {
            self.lease = self.lease.take().or_else(|| running.prolonging());
            if let Some(lease) = &mut self.lease {
                lease.poll(context);
            }
        }
        #[cfg(not(feature = "redis"))]
        let _ = running;
        let Some(end) = self.end else { return Poll::Pending };
        self.sleep.get_or_insert_with(|| Box::pin(sleep_until(end))).as_mut().poll(context)
    }
}
