//! What is checked: who reads, who writes, and how much may go wrong.

use crate::mechanism::Mechanism;

/// A small set of calls and events. The checker runs them in every order.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What tests print.
    pub name: &'static str,
    /// The version that each process knows: an index into the slots of the store.
    pub versions: Vec<usize>,
    /// The process of each read.
    pub reads: Vec<usize>,
    /// The writes.
    pub writes: Vec<Writer>,
    /// What may go wrong.
    pub events: Events,
    /// The part that is taken out.
    pub off: Option<Mechanism>,
}

/// A write.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// The process that makes it.
    pub process: usize,
    /// Whether it puts a guard on first.
    pub guarded: bool,
}

/// How often each event may still happen. Part of the state: it counts down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Events {
    /// A lease runs out, or a lease or value is evicted or reaches its ttl.
    pub vanishes: u8,
    /// The store loses everything.
    pub flushes: u8,
    /// A caller that holds a lease is dropped or dies; its fill may still be under way.
    pub drops: u8,
    /// A guarded writer dies.
    pub crashes: u8,
    /// A guard runs out, or is evicted. Its writer may be alive.
    pub guard_ends: u8,
    /// An invalidation, or its reply, is lost.
    pub losses: u8,
    /// The store forgets the registered versions alone.
    pub forgets: u8,
}

impl Scenario {
    /// The same without one part of the protocol.
    #[must_use]
    pub fn without(mut self, part: Mechanism) -> Self {
        self.off = Some(part);
        self
    }

    /// Whether something stale is expected.
    pub(crate) fn breaks(&self) -> bool {
        self.off.is_some() || self.events.forgets > 0
    }

    pub(crate) fn has(&self, part: Mechanism) -> bool {
        self.off != Some(part)
    }

    /// The slot that a process reads and fills.
    pub(crate) fn slot(&self, process: usize) -> usize {
        self.versions[process]
    }

    /// A read is granted a lease at most once, so its number is unique to its fill.
    pub(crate) fn token(&self, read: usize) -> usize {
        if self.has(Mechanism::TokenPerFill) { read } else { self.reads[read] }
    }
}
