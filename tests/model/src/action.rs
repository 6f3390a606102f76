//! The steps.

/// One step. Numbers are those of the read, write, process or slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A read begins or starts over: it joins, leads, or leaves the store out.
    Begin(usize),
    /// The leader asks the store and, where nothing is there, has its lease put there.
    Ask(usize),
    /// It looks at guards and registers behind its lease; where anything is out of the ordinary a script decides.
    Look(usize),
    /// The second half of asking, only where registering or looking is a step before.
    Acquire(usize),
    /// The leader has waited long enough for another's fill: it loads and does not fill.
    Deadline(usize),
    /// The body reads the source.
    Load(usize),
    /// The first half of a fill, only where checking is a step of its own.
    Check(usize),
    /// The store judges the fill.
    Fill(usize),
    /// The read returns; a leader also serves its waiters.
    Return(usize),
    /// A read is dropped. Its fill is lost with it, or is under way.
    Drop(usize, Sent),
    /// A write puts its guard on; the store removes what the process knows and tells the registered versions.
    Guard(usize),
    /// A write commits.
    Commit(usize),
    /// The store removes what the write's process knows, lifts the guard and tells the registered versions.
    Invalidate(usize),
    /// The store removes the versions that the process did not know, for a guard or an invalidation.
    Sweep(usize),
    /// The write returns without having reached the store, or without knowing that it did.
    Lose(usize, Sent),
    /// A guarded write dies.
    Crash(usize),
    /// The invalidation that a process kept lands.
    Retry(usize),
    /// What is in a slot expires or is evicted.
    Vanish(usize),
    /// The guard of a write runs out or is evicted.
    GuardEnds(usize),
    /// The store loses everything.
    Flush,
    /// The store loses the registered versions.
    Forget,
}

/// Whether a message that its sender gave up reaches the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// It does not.
    Lost,
    /// It does.
    Lands,
}
