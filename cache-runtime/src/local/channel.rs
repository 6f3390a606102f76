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
    /// In microseconds.
    bound: u64,
    closed: AtomicBool,
    /// Microseconds after the origin.
    confirmed: AtomicU64,
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
            bound: micros(bound),
            closed: AtomicBool::new(false),
            confirmed: AtomicU64::new(0),
            beating: AtomicBool::new(false),
            counted: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    /// To be taken before a command is sent.
    pub(crate) fn sends(&self) -> Sent {
        Sent(Reading::now().micros_since(self.origin))
    }

    /// The command was answered.
    pub(crate) fn answered(&self, sent: Sent) {
        self.confirmed.fetch_max(sent.0, Ordering::SeqCst);
        self.count();
    }

    /// Whether every change would be known by now, but for those within the bound.
    pub(crate) fn is_alive(&self) -> bool {
        self.is_alive_by(self.silent())
    }

    /// Likewise, by a clock that was read a moment ago.
    pub(crate) fn is_alive_at(&self, now: &Moment) -> bool {
        let Some(read) = now.read else { return self.is_alive() };
        self.is_alive_by(self.silent_at(read))
    }

    fn is_alive_by(&self, silent: u64) -> bool {
        !self.is_closed()
            && (silent.saturating_add(micros(Reading::LAG)) <= self.bound || without(Mechanism::LocalBound))
    }

    /// For how long nothing was answered, from when it was asked for.
    #[cfg(feature = "cluster")]
    pub(crate) fn silence(&self) -> Duration {
        Duration::from_micros(self.silent())
    }

    fn silent(&self) -> u64 {
        self.silent_at(Reading::now())
    }

    fn silent_at(&self, now: Reading) -> u64 {
        now.micros_since(self.origin).saturating_sub(self.confirmed.load(Ordering::SeqCst))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Nothing comes any more: what was read here is not served again.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
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
        Duration::from_micros((self.bound / 4).max(1))
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

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
