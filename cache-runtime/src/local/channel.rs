//! The connection on which a server tells of changes, as seen from the entries that were read on it.
//!
//! Messages come in order: an answer on this connection comes after every message about a change before it. So when a command
//! that was sent at some moment has been answered, every change before that moment is known here. Entries are served no
//! longer than the bound after the last such moment, whatever became of the connection or of this process since.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::{Moment, Reading};
use crate::switch::{Mechanism, without};
use crate::telemetry::{self, Name};

/// One connection.
pub(crate) struct Channel {
    name: Name,
    origin: Reading,
    bound: Duration,
    closed: AtomicBool,
    /// When the last command was sent that was answered, in the clock's ticks after the origin.
    confirmed: AtomicU64,
    /// Before this entries are served, likewise; 0 once it is closed. Asked by each hit, which does no sums.
    until: AtomicU64,
    /// Whether somebody sends heartbeats.
    beating: AtomicBool,
    /// Whether the gauge counts it.
    counted: AtomicBool,
    end: Notify,
}

/// When a command was sent, as this channel counts.
#[derive(Clone, Copy)]
pub(crate) struct Sent(u64);

impl Channel {
    pub(crate) fn new(name: &Name, bound: Duration) -> Self {
        Self {
            name: name.clone(),
            origin: Reading::now(),
            bound,
            closed: AtomicBool::new(false),
            confirmed: AtomicU64::new(0),
            until: AtomicU64::new(over_after(bound)),
            beating: AtomicBool::new(false),
            counted: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    /// To be taken before a command is sent.
    pub(crate) fn sends(&self) -> Sent {
        Sent(Reading::now().ticks_since(self.origin))
    }

    /// The command was answered.
    pub(crate) fn answered(&self, sent: Sent) {
        self.confirmed.fetch_max(sent.0, Ordering::SeqCst);
        let until = sent.0.saturating_add(over_after(self.bound));
        // Never again once it is closed.
        let _ = self.until.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| (old > 0).then_some(old.max(until)));
        self.count();
    }

    /// Whether every change would be known by now, but for those within the bound.
    pub(crate) fn is_alive(&self) -> bool {
        self.is_alive_by(Reading::now())
    }

    /// Likewise, by a clock that was read a moment ago.
    #[inline]
    pub(crate) fn is_alive_at(&self, now: &Moment) -> bool {
        match now.read {
            Some(read) => self.is_alive_by(read),
            None => self.is_alive(),
        }
    }

    #[inline]
    fn is_alive_by(&self, now: Reading) -> bool {
        now.ticks_since(self.origin) < self.until.load(Ordering::SeqCst)
            || without(Mechanism::LocalBound) && !self.is_closed()
    }

    /// For how long nothing was answered, from when it was asked for.
    #[cfg(feature = "cluster")]
    pub(crate) fn silence(&self) -> Duration {
        let silent = Reading::now().ticks_since(self.origin);
        Reading::time(silent.saturating_sub(self.confirmed.load(Ordering::SeqCst)))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Nothing comes any more: what was read here is not served again.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.until.store(0, Ordering::SeqCst);
        self.count();
        self.end.notify_one();
    }

    /// Takes the heartbeat upon itself. False if somebody else has.
    pub(crate) fn begin_beat(&self) -> bool {
        !self.is_closed() && !self.beating.load(Ordering::SeqCst) && !self.beating.swap(true, Ordering::SeqCst)
    }

    /// From here on nothing is served after the bound, until the next answer.
    pub(crate) fn end_beat(&self) {
        self.beating.store(false, Ordering::SeqCst);
        self.count_as(false);
    }

    /// How long the heart rests.
    pub(crate) fn pause(&self) -> Duration {
        (self.bound / 4).max(Duration::from_micros(1))
    }

    /// Waits for the next heartbeat. False if there is none any more.
    pub(crate) async fn rest(&self) -> bool {
        let _ = tokio::time::timeout(self.pause(), self.end.notified()).await;
        !self.is_closed()
    }

    /// Tells the gauge, if it has changed whether entries are served.
    pub(crate) fn count(&self) {
        self.count_as(self.is_alive());
    }

    fn count_as(&self, alive: bool) {
        if self.counted.swap(alive, Ordering::SeqCst) != alive {
            telemetry::local_coherent(&self.name, alive);
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.close();
    }
}

/// So long after a sign of life entries are not served any more, by a clock that may lag.
fn over_after(bound: Duration) -> u64 {
    Reading::ticks(bound.saturating_sub(Reading::LAG)).saturating_add(1)
}
