//! Loads that go on without their caller.

use tokio::time::Instant;

use super::renew::{Marked, mark};
use super::{Load, finish};
use crate::cache::{Budget, Cache};
use crate::error::Operation;
use crate::outcome::{Outcome, Status};
use crate::store::Asks;
use crate::telemetry;
use crate::wire::Payload;

impl Load {
    /// When its caller gives up, which may be served `late` then: at the earlier one of the two timeouts that leave it something
    /// to return.
    pub(crate) fn patience(&self, late: bool) -> Option<Instant> {
        let plan = self.plan()?;
        let old = plan.old.is_some();
        let hard = plan.policy.hard_timeout.filter(|_| old || late).map(|timeout| Instant::now() + timeout);
        let soft = plan.soft.filter(|_| old);
        [soft, hard].into_iter().flatten().min()
    }

    /// What is served when the caller has waited long enough.
    pub(crate) fn old(&self) -> Option<Payload> {
        self.plan()?.old.clone()
    }

    pub(crate) fn cache(&self) -> Cache {
        self.names().0.clone()
    }

    /// Counts a caller that did not wait for the end, whether the load goes on without it or not.
    pub(crate) fn left(cache: &Cache, resource: &'static str, stale: bool, goes_on: bool) {
        let status = if stale { Status::Stale } else { Status::Miss };
        let level = if stale { cache.0.store.level() } else { crate::outcome::Level::Body };
        finish(cache, resource, Outcome { revalidating: goes_on, ..Outcome::new(status, level) });
    }

    pub(crate) fn resource(&self) -> &'static str {
        self.names().1
    }

    /// Its caller was served; asks the other processes' leave to go on, and looks whether what it is to replace is still there:
    /// it may have been renewed between the read and here. Says whether there is something to do.
    pub(crate) async fn renews(&mut self) -> bool {
        let Some(plan) = self.plan_mut() else { return false };
        let cache = plan.cache.clone();
        let mut budget: Budget = cache.budget();
        let end = match mark(&cache, &plan.key, &mut budget).await {
            Marked::Here(mark) => {
                plan.mark = mark;
                plan.budget = cache.budget();
                let asked = cache.0.store.read(&plan.key, Asks::Bytes, &[]);
                match cache.ask(Operation::Get, &mut budget, asked).await {
                    Ok((stored, _)) if stored.as_ref().map(|stored| &stored.bytes) == plan.old.as_ref() => return true,
                    Ok(_) => "elsewhere",
                    Err(_) => "lost",
                }
            }
            Marked::Elsewhere => "elsewhere",
            Marked::Unknown => "lost",
        };
        telemetry::renewal(&cache.0.name, plan.resource, end);
        false
    }
}
