//! What must hold, and what must happen so that it means something.

use stateright::Property;

use crate::reader;
use crate::scenario::Scenario;
use crate::state::{Fill, Read, State, Write};
use crate::store::Slot;

/// The name of the promise that the variants break.
pub const NEVER_STALE: &str = "never stale";

/// A read returns at least the version of every invalidation that had returned when it began.
pub(crate) fn never_stale() -> Property<Scenario> {
    Property::always(NEVER_STALE, |_, state: &State| state.stale.is_none())
}

pub(crate) fn all() -> Vec<Property<Scenario>> {
    vec![
        never_stale(),
        Property::always("no read waits for ever", nothing_hangs),
        Property::always("under a guard nothing can be filled", guards_keep_empty),
        Property::sometimes("a fill is accepted", |_, state| {
            some(state, |at| matches!(at, Read::Filled(_, Fill::Accepted)))
        }),
        Property::sometimes("a fill is refused", |_, state| {
            some(state, |at| matches!(at, Read::Filled(_, Fill::Refused)))
        }),
        Property::sometimes("a load is not filled", |_, state| {
            some(state, |at| matches!(at, Read::Filled(_, Fill::None)))
        }),
        Property::sometimes("a read hits", |_, state| some(state, |at| matches!(at, Read::Hit(_)))),
        Property::sometimes("a waiter is served", |_, state| some(state, |at| matches!(at, Read::Served(_)))),
        Property::sometimes("a waiter starts over", |_, state| some(state, |at| at == Read::Again)),
        Property::sometimes("all calls return", |_, state| {
            !some(state, |at| at != Read::Done) && state.writes.iter().all(|at| *at == Write::Done)
        }),
    ]
}

fn some(state: &State, is: impl Fn(Read) -> bool) -> bool {
    state.reads.iter().any(|reader| is(reader.at))
}

/// Every read can go on by itself, or waits for one that can. No event is needed: neither a lease that runs out nor a guard.
///
/// That the reads end follows, because no step can be repeated for ever: each brings its call forward, and a waiter starts
/// over only when another call has ended.
fn nothing_hangs(on: &Scenario, state: &State) -> bool {
    (0..state.reads.len()).all(|read| match state.reads[read].at {
        Read::Done => true,
        // The next in line of a process begins before those behind it.
        Read::Idle => true,
        Read::Waiting(leader, _) => goes_on(on, state, leader),
        _ => goes_on(on, state, read),
    })
}

fn goes_on(on: &Scenario, state: &State, read: usize) -> bool {
    let mut steps = Vec::new();
    reader::steps(on, state, read, &mut steps);
    !steps.is_empty()
}

/// While a guard is on there is no value, and no lease of a load, in any version: what the promise to a dying write rests on. A lease
/// that was put there a moment ago has no load yet, nor will it have one before the guard is gone.
fn guards_keep_empty(on: &Scenario, state: &State) -> bool {
    let cleared = |write: usize| !matches!(state.writes[write], Write::Guarding(_) | Write::Done);
    let guards = |write: usize| state.store.guards & (1 << write) != 0 && cleared(write);
    let loads = |at| matches!(at, Read::Loading(true) | Read::Loaded(_) | Read::Checked(_) | Read::Adrift(_));
    let filled_by =
        |token: usize| (0..state.reads.len()).any(|read| on.token(read) == token && loads(state.reads[read].at));
    let harmless = |slot: &Slot| match slot {
        Slot::Absent => true,
        Slot::Lease(token) => !filled_by(*token),
        Slot::Value(_) => false,
    };
    !(0..state.writes.len()).any(guards) || state.store.slots.iter().all(harmless)
}
