//! When to leave the store alone.
//!
//! The usual three states (M. Nygard, "Release It!", 2007): closed lets everything through and watches the rates of
//! failures and of slow calls over a rolling window; open refuses without asking; half-open lets a few probes through.
//! Why it is ours and not a crate's: `docs/decisions/0001-own-breaker.md`.

mod window;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::window::Window;
use crate::clock::Reading;

/// When the breaker opens and closes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BreakerConfig {
    /// Share of failed calls in the window, from which it opens.
    pub failure_rate: f64,
    /// Share of slow calls in the window, from which it opens.
    pub slow_rate: f64,
    /// From which duration a call is slow.
    pub slow_call: Duration,
    /// Fewer calls than this in the window decide nothing.
    pub min_calls: u32,
    /// The length of the rolling window.
    pub window: Duration,
    /// How long it stays open before it probes.
    pub open_for: Duration,
    /// How many probes run at once, and how many must succeed to close.
    pub probes: u32,
}

/// The state, for health and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// Calls are refused without asking the store.
    Open,
    /// A few probes go through, the rest is refused.
    HalfOpen,
}

impl BreakerState {
    /// The `to` label of `cache_breaker_transitions_total`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

pub(crate) struct Breaker {
    config: BreakerConfig,
    // Read before the lock, so that a call on a closed breaker takes it once, and one on an open breaker shortly.
    closed: AtomicBool,
    /// When it was made.
    made: Reading,
    /// Until how many microseconds after that it refuses everything, however late the coarse clock is. 0 unless it is open.
    refuses_until: AtomicU64,
    inner: Mutex<Inner>,
}

struct Inner {
    state: BreakerState,
    window: Window,
    retry_at: Instant,
    probing: u32,
    succeeded: u32,
}

/// Leave to ask the store. Dropped without a verdict (the caller was cancelled), it counts as nothing.
pub(crate) struct Permit<'a> {
    breaker: &'a Breaker,
    probe: bool,
    started: Instant,
    settled: bool,
}

impl Breaker {
    pub(crate) fn new(config: BreakerConfig) -> Self {
        let now = Instant::now();
        Self {
            config,
            closed: AtomicBool::new(true),
            made: Reading::now(),
            refuses_until: AtomicU64::new(0),
            inner: Mutex::new(Inner {
                state: BreakerState::Closed,
                window: Window::new(config.window, now),
                retry_at: now,
                probing: 0,
                succeeded: 0,
            }),
        }
    }

    /// Whether there is no leave to ask now. Takes no lock and asks a coarse clock, so it may say no for a while although it
    /// were yes: then `permit` knows.
    pub(crate) fn refuses(&self) -> bool {
        let until = self.refuses_until.load(Ordering::Acquire);
        until > 0 && Reading::now().micros_since(self.made) < until
    }

    /// Leave to ask, or none.
    pub(crate) fn permit(&self) -> Option<Permit<'_>> {
        let started = Instant::now();
        let probe = !self.closed.load(Ordering::Acquire) && {
            let mut inner = self.lock();
            match inner.state {
                BreakerState::Closed => false,
                BreakerState::Open if started < inner.retry_at => return None,
                BreakerState::Open => {
                    inner.probing = 1;
                    inner.succeeded = 0;
                    self.enter(&mut inner, BreakerState::HalfOpen);
                    true
                }
                BreakerState::HalfOpen if inner.probing < self.config.probes => {
                    inner.probing += 1;
                    true
                }
                BreakerState::HalfOpen => return None,
            }
        };
        Some(Permit { breaker: self, probe, started, settled: false })
    }

    /// The leave that a call had that began at this time, when everything was let through.
    #[cfg(feature = "redis")]
    pub(crate) fn had_leave(&self, started: Instant) -> Permit<'_> {
        Permit { breaker: self, probe: false, started, settled: false }
    }

    /// Whether everything is let through.
    #[cfg(feature = "redis")]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn state(&self) -> BreakerState {
        self.lock().state
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, inner: &mut Inner, state: BreakerState) {
        inner.state = state;
        let until = if state == BreakerState::Open { self.surely_refuses_until() } else { 0 };
        self.refuses_until.store(until, Ordering::Release);
        self.closed.store(state == BreakerState::Closed, Ordering::Release);
    }

    /// The coarse clock may be late when it is asked next.
    fn surely_refuses_until(&self) -> u64 {
        let surely = self.config.open_for.saturating_sub(Reading::LAG).as_micros();
        let surely = u64::try_from(surely).unwrap_or(u64::MAX);
        Reading::now().micros_since(self.made).saturating_add(surely)
    }

    fn open(&self, inner: &mut Inner, now: Instant) {
        inner.retry_at = now + self.config.open_for;
        inner.probing = 0;
        inner.window.clear(now);
        self.enter(inner, BreakerState::Open);
    }
}

impl Permit<'_> {
    /// When the call began.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// How long the call has taken.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Records how the call went, how long it took, and for how many it was one. Says which state it led to, if that is another
    /// one.
    pub(crate) fn settle(mut self, took: Duration, failed: bool, callers: u32) -> Option<BreakerState> {
        self.settled = true;
        let now = self.started + took;
        let slow = took >= self.breaker.config.slow_call;
        let config = &self.breaker.config;
        let mut inner = self.breaker.lock();
        match (inner.state, self.probe) {
            (BreakerState::Closed, _) => {
                let seen = inner.window.record(now, failed, slow, callers)?;
                let share = |part: u32| f64::from(part) / f64::from(seen.calls.max(1));
                let unwell = share(seen.failed) >= config.failure_rate || share(seen.slow) >= config.slow_rate;
                if seen.calls >= config.min_calls && unwell {
                    self.breaker.open(&mut inner, now);
                    return Some(BreakerState::Open);
                }
            }
            (BreakerState::HalfOpen, true) => {
                inner.probing = inner.probing.saturating_sub(1);
                if failed || slow {
                    self.breaker.open(&mut inner, now);
                    return Some(BreakerState::Open);
                }
                inner.succeeded += 1;
                if inner.succeeded >= config.probes {
                    inner.window.clear(now);
                    self.breaker.enter(&mut inner, BreakerState::Closed);
                    return Some(BreakerState::Closed);
                }
            }
            // A call that began before the breaker opened says nothing new.
            (BreakerState::Open, _) | (BreakerState::HalfOpen, false) => {}
        }
        None
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.probe && !self.settled {
            let mut inner = self.breaker.lock();
            inner.probing = inner.probing.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests;
