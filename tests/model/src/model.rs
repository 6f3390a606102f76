//! The scenario as a state machine.

use stateright::{Model, Property};

use crate::action::Action;
use crate::scenario::Scenario;
use crate::state::{Read, State};
use crate::store::Slot;
use crate::{environment, property, reader, writer};

impl Model for Scenario {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self)]
    }

    fn actions(&self, state: &State, out: &mut Vec<Action>) {
        // The counterexample is complete.
        if state.stale.is_some() {
            return;
        }
        // A waiter that was served only has to return: no one sees it and nothing can change what it returns. Doing so at
        // once, before anything else, loses no behaviour.
        if let Some(read) = state.reads.iter().position(|reader| matches!(reader.at, Read::Served(_))) {
            out.push(Action::Return(read));
            return;
        }
        for read in 0..state.reads.len() {
            reader::steps(self, state, read, out);
        }
        for write in 0..state.writes.len() {
            writer::steps(self, state, write, out);
        }
        let waits = |process: &usize| state.processes[*process].pending.is_some();
        out.extend((0..state.processes.len()).filter(waits).map(Action::Retry));
        environment::events(self, state, out);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = last.clone();
        let state = &mut next;
        environment::spend(&mut state.left, action);
        match action {
            Action::Begin(read) => reader::begin(self, state, read),
            Action::Ask(read) => reader::ask(self, state, read),
            Action::Look(read) => reader::look(self, state, read),
            Action::Acquire(read) => reader::acquire(self, state, read),
            Action::Deadline(read) => reader::deadline(state, read),
            Action::Load(read) => reader::load(state, read),
            Action::Check(read) => reader::check(self, state, read),
            Action::Fill(read) => reader::fill(self, state, read),
            Action::Return(read) => reader::finish(self, state, read),
            Action::Drop(read, fill) => reader::dropped(self, state, read, fill),
            Action::Guard(write) => writer::guard(self, state, write),
            Action::Commit(write) => writer::commit(self, state, write),
            Action::Invalidate(write) => writer::invalidate(self, state, write),
            Action::Sweep(write) => writer::sweep(self, state, write),
            Action::Lose(write, sent) => writer::lose(self, state, write, sent),
            Action::Crash(write) => writer::crash(state, write),
            Action::Retry(process) => writer::retry(self, state, process),
            Action::GuardEnds(write) => writer::lift(state, write),
            Action::Vanish(slot) => state.store.slots[slot] = Slot::Absent,
            Action::Flush => environment::flush(state),
            Action::Forget => state.store.registered = 0,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // What is to break is asked one thing; the check ends at the first, shortest answer.
        if self.breaks() { vec![property::never_stale()] } else { property::all() }
    }
}
