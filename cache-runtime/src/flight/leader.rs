//! The caller that does the work for the others.

use std::collections::VecDeque;

use super::{Came, DecodedOnce, Flight, Flights, Landed, Shard, Turn, Waiter, Wish, lock};
use crate::switch::{Mechanism, without};
use crate::sync::Arc;
use crate::sync::atomic::Ordering;
use crate::wire::Payload;

/// Leads one flight. Dropping it hands the place to the next waiter.
pub(crate) struct Leader {
    pub(super) shard: Arc<Shard>,
    pub(super) flight: Arc<Flight>,
    /// Whether this leader should look into the store before it loads.
    reads: bool,
    done: bool,
}

impl Leader {
    pub(super) fn new(shard: Arc<Shard>, flight: Arc<Flight>, reads: bool) -> Self {
        Self { shard, flight, reads, done: false }
    }

    /// Whether to look into the store first. A leader that took over from a failed load does not.
    pub(crate) fn reads(&self) -> bool {
        self.reads
    }

    /// Marks the callers that wait now: the read or the load that is about to begin serves them.
    pub(crate) fn begins(&self) {
        for waiter in self.flight.waiters().iter_mut().flat_map(|waiters| waiters.iter_mut()) {
            waiter.came = Came::Before;
        }
    }

    /// Marks the callers that came while the body ran: the fill that is about to be sent proves the value for them.
    pub(crate) fn fills(&self) {
        let mut waiters = self.flight.waiters();
        let waiters = waiters.iter_mut().flat_map(|waiters| waiters.iter_mut());
        for waiter in waiters.filter(|waiter| waiter.came == Came::After) {
            waiter.came = Came::During;
        }
    }

    /// Whether an invalidation came since this flight began.
    pub(crate) fn is_void(&self) -> bool {
        self.flight.void.load(Ordering::SeqCst)
    }

    /// Runs `store` unless the flight is void, with no invalidation of this process in between.
    pub(crate) fn unless_void<T>(&self, store: impl FnOnce() -> T) -> Option<T> {
        let _shard = self.shard.lock();
        (!self.is_void()).then(store)
    }

    /// Hands what the store held to those that came before the read; one of the others reads again.
    pub(crate) fn land_read(mut self, landed: &Landed) {
        self.land(landed, |waiter| waiter.came == Came::Before && waiter.wish == Wish::Any);
    }

    /// Whether a load that stores nothing would serve anybody else: those who came before it began.
    pub(crate) fn is_awaited(&self) -> bool {
        self.flight.waiters().is_some_and(|waiters| waiters.iter().any(|waiter| waiter.came == Came::Before))
    }

    /// Gives the lead up, with nothing to hand over: the next one that waits looks into the store.
    pub(crate) fn retire(mut self) {
        self.done = true;
        self.pass_on(true);
    }

    /// Hands what the body returned to those that came before it began and, if the fill `proved` that nothing was invalidated
    /// until then, to those that came before the fill.
    pub(crate) fn land_load(mut self, landed: &Landed, proved: bool) {
        let all = without(Mechanism::LateWaiters);
        self.land(landed, |waiter| match waiter.came {
            Came::Before => true,
            Came::During => (proved || all) && waiter.wish == Wish::Any,
            Came::After => all && waiter.wish == Wish::Any,
        });
    }

    /// Remembers the lease under which this flight fills, for the one that takes over.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server has leases"))]
    pub(crate) fn hold(&self, lease: &Payload) {
        *lock(&self.flight.lease) = Some(Payload::clone(lease));
    }

    /// The lease of the leader before, which this one may replace.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server has leases"))]
    pub(crate) fn inherited(&self) -> Option<Payload> {
        lock(&self.flight.lease).take()
    }

    fn land(&mut self, landed: &Landed, serves: impl Fn(&Waiter) -> bool) {
        self.done = true;
        if self.flight.waiters().is_none_or(|waiters| waiters.is_empty()) {
            return self.pass_on(true);
        }
        let (served, left): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut *lock(&self.flight.waiters)).into_iter().partition(serves);
        // Whoever joined since the take is behind those that were left.
        let mut waiters = lock(&self.flight.waiters);
        let joined = std::mem::replace(&mut *waiters, left);
        waiters.extend(joined);
        drop(waiters);
        let decoded = (served.len() > 1).then(DecodedOnce::default);
        for waiter in served {
            let _ = waiter.turn.send(Turn::Landed(landed.clone(), decoded.clone()));
        }
        self.pass_on(true);
    }

    fn pass_on(&self, landed: bool) {
        pass_on(&self.shard, &self.flight, landed);
    }
}

/// The lead of a flight, for who has the flights at hand to give it up: [`Flights::retire`].
#[must_use = "those that wait for it wait until it is given up"]
pub(crate) struct Lead(Arc<Flight>);

impl Flights {
    /// As [`try_lead`](Self::try_lead), with less to write for it.
    pub(crate) fn try_lead_by_hand(&self, text: &str) -> Option<Lead> {
        let key = self.hashed(text);
        let mut shard = self.shard_of(key.hash).lock();
        shard.get(key).is_none().then(|| Lead(shard.begin(key)))
    }

    /// Gives the lead up, with nothing to hand over. After a success the next one that waits looks into the store; after a failure it
    /// loads at once.
    pub(crate) fn retire(&self, lead: &Lead, landed: bool) {
        let Lead(flight) = lead;
        pass_on(self.shard_of(flight.hash), flight, landed);
    }
}

/// Makes the next waiter the leader, or ends the flight. After a success it looks into the store first; after a failure it loads
/// at once.
fn pass_on(of: &Arc<Shard>, flight: &Arc<Flight>, landed: bool) {
    loop {
        let mut shard = of.lock();
        let Some(next) = flight.waiters().and_then(|mut waiters| waiters.pop_front()) else {
            return shard.end(flight);
        };
        drop(shard);
        let reads = landed && next.wish == Wish::Any;
        let leader = Leader::new(Arc::clone(of), Arc::clone(flight), reads);
        match next.turn.send(Turn::Lead(leader)) {
            Ok(()) => return,
            // The waiter is gone. Its leadership must not pass on a second time from inside this loop.
            Err(Turn::Lead(mut refused)) => refused.done = true,
            Err(Turn::Landed(..)) => {}
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if !self.done {
            self.pass_on(false);
        }
    }
}
