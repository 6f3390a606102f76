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
        Property::always("under a guard there is nothing", guards_keep_empty),
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

/// While a guard is on there is neither a value nor a lease, in any version: what the promise to a dying write rests on.
fn guards_keep_empty(_: &Scenario, state: &State) -> bool {
    let cleared = |write: usize| !matches!(state.writes[write], Write::Guarding(_) | Write::Done);
    let on = |write: usize| state.store.guards & (1 << write) != 0 && cleared(write);
    !(0..state.writes.len()).any(on) || state.store.slots.iter().all(|slot| *slot == Slot::Absent)
}
