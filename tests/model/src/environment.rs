//! What happens to the calls: each event as often as the scenario allows.
//!
//! A failover to a replica that lags is left out. Asynchronous replication can lose a removal that the store has
//! acknowledged, so no protocol on top of it can keep the promise: the entry's ttl alone bounds how long it is broken.

use crate::action::{Action, Sent};
use crate::scenario::{Events, Scenario};
use crate::state::{Read, State, Write};
use crate::store::Slot;
use crate::writer;

/// What can happen now.
pub(crate) fn events(on: &Scenario, state: &State, out: &mut Vec<Action>) {
    let left = &state.left;
    let store = &state.store;
    for (read, reader) in state.reads.iter().enumerate().filter(|_| left.drops > 0) {
        match reader.at {
            Read::Asked | Read::Loading(true) => out.push(Action::Drop(read, Sent::Lost)),
            Read::Loaded(_) => out.extend([Action::Drop(read, Sent::Lost), Action::Drop(read, Sent::Lands)]),
            _ => {}
        }
    }
    for (write, at) in state.writes.iter().enumerate() {
        if left.losses > 0 && matches!(at, Write::Committed(..) | Write::Sweeping(..)) {
            out.extend([Action::Lose(write, Sent::Lost), Action::Lose(write, Sent::Lands)]);
        }
        // Without a guard a write that dies between its commit and its invalidation promises nothing.
        if left.crashes > 0 && on.writes[write].guarded && !matches!(at, Write::Idle | Write::Crashed(..) | Write::Done)
        {
            out.push(Action::Crash(write));
        }
        if left.guard_ends > 0 && store.guards & (1 << write) != 0 {
            out.push(Action::GuardEnds(write));
        }
    }
    let filled = |slot: &usize| left.vanishes > 0 && store.slots[*slot] != Slot::Absent;
    out.extend((0..store.slots.len()).filter(filled).map(Action::Vanish));
    if left.flushes > 0 {
        out.push(Action::Flush);
    }
    if left.forgets > 0 && store.registered != 0 {
        out.push(Action::Forget);
    }
}

/// Counts an event down.
pub(crate) fn spend(left: &mut Events, action: Action) {
    match action {
        Action::Drop(..) => left.drops -= 1,
        Action::Lose(..) => left.losses -= 1,
        Action::Crash(_) => left.crashes -= 1,
        Action::GuardEnds(_) => left.guard_ends -= 1,
        Action::Vanish(_) => left.vanishes -= 1,
        Action::Flush => left.flushes -= 1,
        Action::Forget => left.forgets -= 1,
        _ => {}
    }
}

/// Everything in the store is gone, the guards too.
pub(crate) fn flush(state: &mut State) {
    state.store.slots.fill(Slot::Absent);
    state.store.registered = 0;
    for write in 0..state.writes.len() {
        writer::lift(state, write);
    }
}
