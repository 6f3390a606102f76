//! The parts of the protocol that can be taken out, one at a time.

/// A part of the protocol. Without any one of them a stale value is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// A fill looks whether its lease is still there. Without: it sets whatever is there.
    Lease,
    /// A token belongs to one fill. Without: to the process, so that its next fill has the same.
    TokenPerFill,
    /// A fill checks and sets in one script. Without: in two steps.
    AtomicFill,
    /// An invalidation removes a lease as it removes a value. Without: it leaves a lease.
    LeaseRemoval,
    /// No lease is granted while a guard is on. Without: guards are ignored.
    Guard,
    /// Putting a guard on removes what is there. Without: an older value or lease stays.
    GuardClears,
    /// Putting a guard on removes the entries of all registered versions, before the commit. Without: of its own version.
    GuardVersions,
    /// A waiter that joined after the load gets its value only if the fill was accepted. Without: always.
    AcceptedForLate,
    /// A waiter that joined after the fill reached the store starts over. Without: it is served if the fill was accepted.
    ShutAfterFill,
    /// A waiter that joined after the store was read starts over. Without: it is served by that read.
    ShutAfterHit,
    /// An invalidation removes the entries of all registered versions. Without: of its own version.
    Versions,
    /// A version that is not registered is, in a script that gives the lease once more. Without: by a command of its own, just before
    /// the lease.
    AtomicRegistration,
    /// Guards and registers are looked at behind the lease. Without: just before it.
    LookBehind,
    /// Reads leave the store out while an invalidation of their process has not reached it. Without: they ask it.
    Bypass,
}

impl Mechanism {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Lease,
        Self::TokenPerFill,
        Self::AtomicFill,
        Self::LeaseRemoval,
        Self::Guard,
        Self::GuardClears,
        Self::GuardVersions,
        Self::AcceptedForLate,
        Self::ShutAfterFill,
        Self::ShutAfterHit,
        Self::Versions,
        Self::AtomicRegistration,
        Self::LookBehind,
        Self::Bypass,
    ];
}
