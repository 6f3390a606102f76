//! The steps of a read.

use crate::action::{Action, Sent};
use crate::mechanism::Mechanism;
use crate::scenario::Scenario;
use crate::state::{Fill, Joined, Read, Reader, Stale, State};
use crate::store::{Answer, Slot, Version};

/// What a read can do now by itself. A waiter can do nothing; it has no deadline here, so that none is needed.
pub(crate) fn steps(on: &Scenario, state: &State, read: usize, out: &mut Vec<Action>) {
    let process = on.reads[read];
    match state.reads[read].at {
        // Reads of one process are alike: letting them begin in order loses nothing but copies.
        Read::Idle => {
            let first = (0..read).all(|other| on.reads[other] != process || state.reads[other].at != Read::Idle);
            out.extend(first.then_some(Action::Begin(read)));
        }
        Read::Again => out.push(Action::Begin(read)),
        // Asking again while the lease is held changes nothing, so only the deadline is a step then. It may as well be
        // noticed later: the load is a step of its own, before which anything can happen.
        Read::Asking if matches!(state.store.slots[on.slot(process)], Slot::Lease(_)) => {
            out.push(Action::Deadline(read));
        }
        Read::Asking => out.push(Action::Ask(read)),
        Read::Asked => out.push(Action::Look(read)),
        Read::Registered => out.push(Action::Acquire(read)),
        Read::Loading(_) => out.push(Action::Load(read)),
        Read::Loaded(_) if !on.has(Mechanism::AtomicFill) => out.push(Action::Check(read)),
        Read::Loaded(_) | Read::Checked(_) | Read::Adrift(_) => out.push(Action::Fill(read)),
        Read::Hit(_) | Read::Filled(..) | Read::Served(_) => out.push(Action::Return(read)),
        Read::Waiting(..) | Read::Done => {}
    }
}

pub(crate) fn begin(on: &Scenario, state: &mut State, read: usize) {
    let process = &mut state.processes[on.reads[read]];
    // One that starts over keeps the floor of its beginning: it is still the same read.
    if state.reads[read].at == Read::Idle {
        state.reads[read].floor = state.floor.max(process.pending.unwrap_or(0));
    }
    if process.pending.is_some() && on.has(Mechanism::Bypass) {
        // It loads for itself, no one sees it, and what it gets cannot be older than the floor.
        state.reads[read] = Reader { floor: 0, at: Read::Done };
        return;
    }
    let Some(leader) = process.flight else {
        process.flight = Some(read);
        state.reads[read].at = Read::Asking;
        return;
    };
    state.reads[read].at = Read::Waiting(leader, joined(on, state.reads[leader].at));
}

/// The latest instants at which joining is still early enough. An implementation notices its own instants a little before
/// (a message is sent before it lands, a body runs before it reads): then fewer waiters are served, which is as safe.
fn joined(on: &Scenario, leader: Read) -> Joined {
    match leader {
        Read::Hit(_) if !on.has(Mechanism::ShutAfterHit) => Joined::BeforeLoad,
        Read::Filled(..) if !on.has(Mechanism::ShutAfterFill) => Joined::BeforeFill,
        Read::Hit(_) | Read::Filled(..) => Joined::Late,
        Read::Loaded(_) | Read::Checked(_) => Joined::BeforeFill,
        _ => Joined::BeforeLoad,
    }
}

pub(crate) fn ask(on: &Scenario, state: &mut State, read: usize) {
    let slot = on.slot(on.reads[read]);
    if let Slot::Value(version) = state.store.slots[slot] {
        state.reads[read].at = Read::Hit(version);
        return;
    }
    if !on.has(Mechanism::AtomicRegistration) {
        state.store.register(slot);
        state.reads[read].at = Read::Registered;
    } else if on.has(Mechanism::LookBehind) {
        let answer = state.store.put_lease(slot, on.token(read));
        state.reads[read].at = if answer == Answer::Granted { Read::Asked } else { told(answer) };
    } else if is_ordinary(on, state, read) {
        state.reads[read].at = Read::Registered;
    } else {
        script(on, state, read);
    }
}

/// What is seen behind the lease, whether that still stands or not. Who is told so may load.
pub(crate) fn look(on: &Scenario, state: &mut State, read: usize) {
    if is_ordinary(on, state, read) {
        state.reads[read].at = Read::Loading(true);
    } else {
        script(on, state, read);
    }
}

fn is_ordinary(on: &Scenario, state: &State, read: usize) -> bool {
    let guarded = on.has(Mechanism::Guard) && state.store.guards != 0;
    !guarded && state.store.registered & 1 << on.slot(on.reads[read]) != 0
}

/// Where anything is out of the ordinary, and in place of all on a server that knows no other way: then the two steps are one,
/// which is one of the orders that are checked.
fn script(on: &Scenario, state: &mut State, read: usize) {
    let (slot, token) = (on.slot(on.reads[read]), on.token(read));
    state.store.register(slot);
    state.reads[read].at = told(state.store.acquire(slot, token, on.has(Mechanism::Guard)));
}

pub(crate) fn acquire(on: &Scenario, state: &mut State, read: usize) {
    let (slot, token) = (on.slot(on.reads[read]), on.token(read));
    // Who has looked puts its lease there, whatever has come since.
    let heeds = on.has(Mechanism::Guard) && on.has(Mechanism::LookBehind);
    state.reads[read].at = told(state.store.acquire(slot, token, heeds));
}

fn told(answer: Answer) -> Read {
    match answer {
        Answer::Value(version) => Read::Hit(version),
        Answer::Guarded => Read::Loading(false),
        Answer::Held => Read::Asking,
        Answer::Granted => Read::Loading(true),
    }
}

pub(crate) fn deadline(state: &mut State, read: usize) {
    state.reads[read].at = Read::Loading(false);
}

pub(crate) fn load(state: &mut State, read: usize) {
    let leased = state.reads[read].at == Read::Loading(true);
    state.reads[read].at = if leased { Read::Loaded(state.source) } else { Read::Filled(state.source, Fill::None) };
}

pub(crate) fn check(on: &Scenario, state: &mut State, read: usize) {
    let Read::Loaded(version) = state.reads[read].at else { return };
    let held = state.store.holds(on.slot(on.reads[read]), on.token(read));
    state.reads[read].at = if held { Read::Checked(version) } else { Read::Filled(version, Fill::Refused) };
}

pub(crate) fn fill(on: &Scenario, state: &mut State, read: usize) {
    let at = state.reads[read].at;
    let (Read::Loaded(version) | Read::Checked(version) | Read::Adrift(version)) = at else { return };
    let slot = on.slot(on.reads[read]);
    let checked = matches!(at, Read::Checked(_)) || !on.has(Mechanism::Lease);
    let accepted = checked || state.store.holds(slot, on.token(read));
    if accepted {
        state.store.set(slot, version);
    }
    state.reads[read].at = match at {
        Read::Adrift(_) => Read::Done,
        _ => Read::Filled(version, if accepted { Fill::Accepted } else { Fill::Refused }),
    };
}

pub(crate) fn finish(on: &Scenario, state: &mut State, read: usize) {
    let (version, fill) = match state.reads[read].at {
        Read::Hit(version) | Read::Served(version) => (version, Fill::None),
        Read::Filled(version, fill) => (version, fill),
        _ => return,
    };
    let floor = state.reads[read].floor;
    if version < floor {
        state.stale = Some(Stale { read, floor, got: version });
    }
    leave(on, state, read, Some((version, fill)));
    state.reads[read].at = Read::Done;
    state.reads[read].floor = 0;
}

pub(crate) fn dropped(on: &Scenario, state: &mut State, read: usize, fill: Sent) {
    leave(on, state, read, None);
    state.reads[read].floor = 0;
    state.reads[read].at = match (state.reads[read].at, fill) {
        (Read::Loaded(version), Sent::Lands) => Read::Adrift(version),
        _ => Read::Done,
    };
}

/// A leader goes: its waiters are served or start over, one of them as the next leader.
fn leave(on: &Scenario, state: &mut State, read: usize, landed: Option<(Version, Fill)>) {
    for waiter in &mut state.reads {
        let Read::Waiting(leader, joined) = waiter.at else { continue };
        if leader != read {
            continue;
        }
        waiter.at = match (landed, joined) {
            (Some((version, _)), Joined::BeforeLoad) | (Some((version, Fill::Accepted)), Joined::BeforeFill) => {
                Read::Served(version)
            }
            (Some((version, _)), Joined::BeforeFill) if !on.has(Mechanism::AcceptedForLate) => Read::Served(version),
            _ => Read::Again,
        };
    }
    let flight = &mut state.processes[on.reads[read]].flight;
    if *flight == Some(read) {
        *flight = None;
    }
}
