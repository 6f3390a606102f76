//! The steps of a write.
//!
//! "Returned" is the instant at which the last removal takes effect in the store. The caller learns it later, so this promises
//! more than the contract does.

use crate::action::{Action, Sent};
use crate::mechanism::Mechanism;
use crate::scenario::Scenario;
use crate::state::{State, Write};
use crate::store::Version;

/// What a write can do now by itself.
pub(crate) fn steps(on: &Scenario, state: &State, write: usize, out: &mut Vec<Action>) {
    out.extend(match state.writes[write] {
        Write::Idle if on.writes[write].guarded => Some(Action::Guard(write)),
        Write::Idle | Write::Guarded => Some(Action::Commit(write)),
        Write::Committed(..) => Some(Action::Invalidate(write)),
        Write::Guarding(_) | Write::Sweeping(..) => Some(Action::Sweep(write)),
        Write::Crashed(..) | Write::Done => None,
    });
}

pub(crate) fn guard(on: &Scenario, state: &mut State, write: usize) {
    state.store.guards |= 1 << write;
    state.writes[write] = Write::Guarded;
    if on.has(Mechanism::GuardClears) {
        let unknown = remove_known(on, state, on.writes[write].process);
        if unknown != 0 && on.has(Mechanism::GuardVersions) {
            state.writes[write] = Write::Guarding(unknown);
        }
    }
}

pub(crate) fn commit(on: &Scenario, state: &mut State, write: usize) {
    state.source += 1;
    let under_guard = state.store.guards & (1 << write) != 0;
    state.writes[write] = Write::Committed(state.source, under_guard);
    void(on, state, write);
}

pub(crate) fn invalidate(on: &Scenario, state: &mut State, write: usize) {
    let Write::Committed(version, under_guard) = state.writes[write] else { return };
    let unknown = remove_known(on, state, on.writes[write].process);
    lift(state, write);
    if unknown == 0 {
        returned(on, state, write, version);
    } else {
        state.writes[write] = Write::Sweeping(version, under_guard, unknown);
    }
}

pub(crate) fn sweep(on: &Scenario, state: &mut State, write: usize) {
    match state.writes[write] {
        Write::Guarding(unknown) => {
            remove(on, state, unknown);
            state.writes[write] = Write::Guarded;
        }
        Write::Sweeping(version, _, unknown) => {
            remove(on, state, unknown);
            returned(on, state, write, version);
        }
        _ => {}
    }
}

/// The own process may rely on the write at once, others only when a retry has landed.
pub(crate) fn lose(on: &Scenario, state: &mut State, write: usize, sent: Sent) {
    let (Write::Committed(version, _) | Write::Sweeping(version, ..)) = state.writes[write] else { return };
    if sent == Sent::Lands {
        if let Write::Sweeping(_, _, unknown) = state.writes[write] {
            remove(on, state, unknown);
        } else {
            // That other versions are registered is in the reply, which is lost.
            remove_known(on, state, on.writes[write].process);
            lift(state, write);
        }
    }
    let pending = &mut state.processes[on.writes[write].process].pending;
    *pending = (*pending).max(Some(version));
    state.writes[write] = Write::Done;
    void(on, state, write);
}

/// A retry does what the invalidation would have done; that it takes two steps is checked there. It leaves guards on, which
/// costs fills until they run out.
pub(crate) fn retry(on: &Scenario, state: &mut State, process: usize) {
    let Some(version) = state.processes[process].pending.take() else { return };
    let unknown = remove_known(on, state, process);
    remove(on, state, unknown);
    state.promise(version);
}

pub(crate) fn crash(state: &mut State, write: usize) {
    state.writes[write] = match state.writes[write] {
        Write::Committed(version, under_guard) | Write::Sweeping(version, under_guard, _) => {
            Write::Crashed(version, under_guard)
        }
        _ => Write::Done,
    };
}

/// A guard goes: lifted, run out, evicted or flushed. If its write committed while it was on, every process may rely on the commit from here on, whatever
/// became of the write: under a guard no lease is granted, and the older ones went when it was put on. A commit after the
/// guard's end has no such promise, only that of its invalidation.
pub(crate) fn lift(state: &mut State, write: usize) {
    let was_on = state.store.guards & (1 << write) != 0;
    state.store.guards &= !(1 << write);
    if !was_on {
        return;
    }
    if let Write::Committed(version, true) | Write::Sweeping(version, true, _) | Write::Crashed(version, true) =
        state.writes[write]
    {
        state.promise(version);
    }
}

fn returned(on: &Scenario, state: &mut State, write: usize, version: Version) {
    state.writes[write] = Write::Done;
    state.promise(version);
    void(on, state, write);
}

/// Callers of this process that come now do not join a read from before. Freshness does not need it, for those who join late
/// start over anyway; it spares them the wait.
fn void(on: &Scenario, state: &mut State, write: usize) {
    state.processes[on.writes[write].process].flight = None;
}

/// Removes the process's own version; what comes back are the other registered ones. A pipeline may do the two one after the
/// other: a version that registers in between loads after the commit.
fn remove_known(on: &Scenario, state: &mut State, process: usize) -> u8 {
    let known = 1 << on.slot(process);
    remove(on, state, known);
    if on.has(Mechanism::Versions) { state.store.registered & !known } else { 0 }
}

fn remove(on: &Scenario, state: &mut State, slots: u8) {
    for slot in (0..state.store.slots.len()).filter(|slot| slots & (1 << slot) != 0) {
        state.store.remove(slot, on.has(Mechanism::LeaseRemoval));
    }
}
