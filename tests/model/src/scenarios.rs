//! The sizes that are checked.

use crate::mechanism::Mechanism;
use crate::scenario::{Events, Scenario, Writer};

const NOTHING: Events = Events { vanishes: 0, flushes: 0, drops: 0, crashes: 0, guard_ends: 0, losses: 0, forgets: 0 };

fn plain(process: usize) -> Writer {
    Writer { process, guarded: false }
}

fn guarded(process: usize) -> Writer {
    Writer { process, guarded: true }
}

impl Scenario {
    fn new(name: &'static str, reads: &[usize], writes: &[Writer], events: Events) -> Self {
        Self { name, versions: vec![0, 0], reads: reads.to_vec(), writes: writes.to_vec(), events, off: None }
    }

    /// Two versions at once: process 0 knows one, process 1 the other.
    fn mixed(mut self) -> Self {
        self.versions = vec![0, 1];
        self
    }

    /// Callers that share, and fills of callers that are gone.
    #[must_use]
    pub fn sharing() -> Self {
        Self::new("sharing", &[0, 0, 1, 1], &[plain(0)], Events { vanishes: 1, drops: 1, ..NOTHING })
    }

    /// Two writes, and a store that loses what it has.
    #[must_use]
    pub fn two_writes() -> Self {
        Self::new("two writes", &[0, 0, 1], &[plain(0), plain(1)], Events { vanishes: 1, ..NOTHING })
    }

    /// Invalidations that do not reach the store.
    #[must_use]
    pub fn lost_message() -> Self {
        Self::new("lost message", &[0, 0, 1], &[plain(0), plain(0)], Events { losses: 2, ..NOTHING })
    }

    /// A guarded write that dies.
    #[must_use]
    pub fn guarded() -> Self {
        let events = Events { vanishes: 1, drops: 1, crashes: 1, guard_ends: 1, ..NOTHING };
        Self::new("guarded", &[0, 0, 1], &[guarded(1)], events)
    }

    /// A guarded write that dies, beside a write without a guard.
    #[must_use]
    pub fn guard_beside() -> Self {
        let events = Events { vanishes: 1, crashes: 1, guard_ends: 1, ..NOTHING };
        Self::new("guard beside", &[0, 0], &[guarded(1), plain(0)], events)
    }

    /// Two guarded writes, of which one dies.
    #[must_use]
    pub fn two_guards() -> Self {
        let events = Events { crashes: 1, guard_ends: 2, ..NOTHING };
        Self::new("two guards", &[0, 0], &[guarded(0), guarded(1)], events)
    }

    /// Two versions of the entry.
    #[must_use]
    pub fn versions() -> Self {
        let events = Events { vanishes: 1, flushes: 1, drops: 1, losses: 1, ..NOTHING };
        Self::new("versions", &[0, 1, 1], &[plain(0)], events).mixed()
    }

    /// Two versions and a guarded write that dies.
    #[must_use]
    pub fn guarded_versions() -> Self {
        let events = Events { vanishes: 1, flushes: 1, crashes: 1, guard_ends: 1, ..NOTHING };
        Self::new("guarded versions", &[0, 1, 1], &[guarded(0)], events).mixed()
    }

    /// The limit of what is promised: the store loses the registered versions and keeps the entries. An invalidation cannot
    /// know of a version then, and the ttl alone bounds what is stale.
    #[must_use]
    pub fn forgotten_versions() -> Self {
        Self::new("forgotten versions", &[0, 1, 1], &[plain(0)], Events { forgets: 1, ..NOTHING }).mixed()
    }

    /// The size that a part of the protocol is needed in.
    #[must_use]
    pub fn needing(part: Mechanism) -> Self {
        let size = match part {
            Mechanism::Lease
            | Mechanism::TokenPerFill
            | Mechanism::AtomicFill
            | Mechanism::LeaseRemoval
            | Mechanism::AcceptedForLate
            | Mechanism::ShutAfterFill
            | Mechanism::ShutAfterHit => Self::sharing(),
            Mechanism::Guard | Mechanism::GuardClears | Mechanism::LookBehind => Self::guarded(),
            Mechanism::GuardVersions => Self::guarded_versions(),
            Mechanism::Versions | Mechanism::AtomicRegistration => Self::versions(),
            Mechanism::Bypass => Self::lost_message(),
        };
        size.without(part)
    }
}
