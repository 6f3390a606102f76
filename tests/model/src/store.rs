//! The store: what its scripts do at one instant.

/// A version of the source: how many commits it has seen.
pub type Version = u8;

/// What is under the key of one version of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Nothing.
    Absent,
    /// The placeholder of a fill that is under way.
    Lease(usize),
    /// A value, by the version of the source it was loaded from.
    Value(Version),
}

/// The server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Store {
    /// By version of the entry.
    pub slots: [Slot; 2],
    /// The guards that are on, as bits by write.
    pub guards: u8,
    /// The registered versions, as bits by slot.
    pub registered: u8,
}

/// What a reader learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is a value.
    Value(Version),
    /// A guard is on: load, and do not fill.
    Guarded,
    /// Another fill is under way.
    Held,
    /// The lease is the reader's.
    Granted,
}

impl Store {
    /// An empty server.
    pub(crate) fn new() -> Self {
        Self { slots: [Slot::Absent; 2], guards: 0, registered: 0 }
    }

    pub(crate) fn register(&mut self, slot: usize) {
        self.registered |= 1 << slot;
    }

    /// The command that puts a lease where nothing is.
    pub(crate) fn put_lease(&mut self, slot: usize, token: usize) -> Answer {
        match self.slots[slot] {
            Slot::Value(version) => Answer::Value(version),
            Slot::Lease(_) => Answer::Held,
            Slot::Absent => {
                self.slots[slot] = Slot::Lease(token);
                Answer::Granted
            }
        }
    }

    /// The script that grants a lease. One that stands already is granted again, or taken away.
    pub(crate) fn acquire(&mut self, slot: usize, token: usize, heed_guards: bool) -> Answer {
        let stands = self.holds(slot, token);
        if heed_guards && self.guards != 0 {
            if stands {
                self.slots[slot] = Slot::Absent;
            }
            return Answer::Guarded;
        }
        if stands { Answer::Granted } else { self.put_lease(slot, token) }
    }

    pub(crate) fn holds(&self, slot: usize, token: usize) -> bool {
        self.slots[slot] == Slot::Lease(token)
    }

    pub(crate) fn set(&mut self, slot: usize, version: Version) {
        self.slots[slot] = Slot::Value(version);
    }

    /// Removes what is there: one key holds both the lease and the value, so there is no order between them.
    pub(crate) fn remove(&mut self, slot: usize, lease_too: bool) {
        if lease_too || matches!(self.slots[slot], Slot::Value(_)) {
            self.slots[slot] = Slot::Absent;
        }
    }
}
