//! The state of everything between two steps.

use crate::scenario::{Events, Scenario};
use crate::store::{Store, Version};

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// How many commits the source has seen.
    pub source: Version,
    /// The server.
    pub store: Store,
    /// By process.
    pub processes: Vec<Process>,
    /// By read.
    pub reads: Vec<Reader>,
    /// By write.
    pub writes: Vec<Write>,
    /// The newest commit whose invalidation has returned. A read that begins now must not return an older version.
    pub floor: Version,
    /// What may still go wrong.
    pub left: Events,
    /// Set by the first read that returns too old a version.
    pub stale: Option<Stale>,
}

/// What the calls of one process share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Process {
    /// The read that leads; callers that come now join it.
    pub flight: Option<usize>,
    /// The newest commit whose invalidation waits for the store. For this process it has returned.
    pub pending: Option<Version>,
}

/// A read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// The floor when the read began.
    pub floor: Version,
    /// Where it is.
    pub at: Read,
}

/// Where a read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// Not begun.
    Idle,
    /// Begun, but what it waited for did not serve it.
    Again,
    /// Waits for the read that leads.
    Waiting(usize, Joined),
    /// Leads: asks the store, and asks again while another holds the lease.
    Asking,
    /// Has its lease there, and looks at guards and registers.
    Asked,
    /// Has registered its version, or looked, and puts its lease there; only where that comes first.
    Registered,
    /// Got a value from the store.
    Hit(Version),
    /// Runs its body, with a lease or without.
    Loading(bool),
    /// Holds a lease and a value to fill.
    Loaded(Version),
    /// Found its lease in place; only where checking and setting are two steps.
    Checked(Version),
    /// Is done with the store.
    Filled(Version, Fill),
    /// Waited, and got this.
    Served(Version),
    /// Is gone, but its fill is still under way.
    Adrift(Version),
    /// Has returned, or is gone.
    Done,
}

/// When a waiter joined, by what its leader had done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Joined {
    /// Before the source was read.
    BeforeLoad,
    /// After the source was read, before the store judged the fill.
    BeforeFill,
    /// After that, or after the store was read.
    Late,
}

/// What became of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fill {
    /// There was no lease to fill with.
    None,
    /// The store took it.
    Accepted,
    /// The lease was gone.
    Refused,
}

/// Where a write is. Each holds the commit's version, and whether the write's guard was on at the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Write {
    /// Not begun.
    Idle,
    /// Its guard is on, or was; these versions, as bits, are not yet removed.
    Guarding(u8),
    /// Its guard is on, or was, and everything from before is removed.
    Guarded,
    /// Committed; nothing is invalidated.
    Committed(Version, bool),
    /// Its own version is removed; these others, as bits, are not.
    Sweeping(Version, bool, u8),
    /// Died after the commit.
    Crashed(Version, bool),
    /// Has returned, or died before the commit.
    Done,
}

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stale {
    /// The read.
    pub read: usize,
    /// What it had to return at least.
    pub floor: Version,
    /// What it returned.
    pub got: Version,
}

impl State {
    /// Nothing has happened.
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self {
            source: 0,
            store: Store::new(),
            processes: vec![Process::default(); scenario.versions.len()],
            reads: vec![Reader { floor: 0, at: Read::Idle }; scenario.reads.len()],
            writes: vec![Write::Idle; scenario.writes.len()],
            floor: 0,
            left: scenario.events,
            stale: None,
        }
    }

    /// From now on every process may rely on this commit.
    pub(crate) fn promise(&mut self, version: Version) {
        self.floor = self.floor.max(version);
    }
}
