//! The path of one call, as the engine takes it: join, read, load, fill, land.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use shuttle::future::block_on;
use shuttle::thread;

use crate::subject::{Leading, Seat, Subject, Turned, Want};
use crate::world::{Slot, Store, World, below};

/// Where a leader may be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Lead,
    Read,
    Load,
    Fill,
    Land,
}

const STEPS: [Step; 5] = [Step::Lead, Step::Read, Step::Load, Step::Fill, Step::Land];

/// How one caller behaves.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) want: Want,
    /// Where it is dropped, if it leads.
    pub(crate) quits: Option<Step>,
    /// How often it looks before it leaves, if it waits; for ever if unset.
    pub(crate) patience: Option<u32>,
    /// Whether it stores what it loads.
    pub(crate) stores: bool,
}

impl Caller {
    pub(crate) const STEADY: Self = Self { want: Want::Any, quits: None, patience: None, stores: true };

    /// Quits at any step, with a chance of one in so many.
    pub(crate) fn may_quit(one_in: u32) -> Self {
        let quits = (below(one_in) == 0).then(|| STEPS[below(5) as usize]);
        Self { quits, ..Self::STEADY }
    }

    /// `None` if it quit or left.
    pub(crate) fn call<F: Subject>(&self, world: &World<F>) -> Option<u8> {
        match world.flights.join(self.want) {
            Seat::Lead(leader) => self.lead(world, leader),
            Seat::Wait(wait) => match self.wait(wait)? {
                Turned::Landed(value) => Some(value),
                Turned::Lead(leader) => self.lead(world, leader),
                Turned::Forgotten => {
                    world.wrong("a waiter was forgotten");
                    None
                }
            },
        }
    }

    /// The same, and whether the value is as new as what was acknowledged before the call.
    pub(crate) fn call_fresh_enough<F: Subject>(&self, world: &World<F>) {
        let least = world.acknowledged();
        if let Some(value) = self.call(world)
            && value < least
        {
            world.wrong(format!("stale: {value} after {least} was acknowledged"));
        }
    }

    fn wait<L>(&self, mut wait: impl Future<Output = Turned<L>> + Unpin) -> Option<Turned<L>> {
        let Some(patience) = self.patience else { return Some(block_on(wait)) };
        for _ in 0..patience {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(turned) = Pin::new(&mut wait).poll(&mut context) {
                return Some(turned);
            }
            thread::yield_now();
        }
        None
    }

    fn quits_at(&self, step: Step) -> bool {
        self.quits == Some(step)
    }

    fn lead<F: Subject>(&self, world: &World<F>, leader: F::Leader) -> Option<u8> {
        if self.quits_at(Step::Lead) {
            return None;
        }
        if leader.reads() {
            leader.begins();
            let found = *world.slot();
            if self.quits_at(Step::Read) {
                return None;
            }
            if let Slot::Value(value) = found {
                leader.land_read(value);
                return Some(value);
            }
        }
        let run = world.ledger().begins();
        let done = match world.store {
            Store::Own => self.load_and_fill_own(world, &leader, run),
            Store::Shared => self.load_and_fill_shared(world, &leader, run),
        };
        world.ends(run, &leader);
        let (value, proved) = done?;
        leader.land_load(value, proved);
        Some(value)
    }

    /// Gives the value, and whether the callers that came meanwhile may have it.
    fn load_and_fill_own<F: Subject>(&self, world: &World<F>, leader: &F::Leader, run: usize) -> Option<(u8, bool)> {
        leader.begins();
        if self.quits_at(Step::Load) {
            return None;
        }
        let value = world.load();
        if self.quits_at(Step::Fill) {
            return None;
        }
        leader.fills();
        if self.stores {
            leader.unless_void(|| {
                world.ledger().fills(run);
                *world.slot() = Slot::Value(value);
            });
        }
        (!self.quits_at(Step::Land)).then_some((value, true))
    }

    fn load_and_fill_shared<F: Subject>(&self, world: &World<F>, leader: &F::Leader, run: usize) -> Option<(u8, bool)> {
        let granted = {
            let mut slot = world.slot();
            let free = *slot == Slot::Empty;
            if free {
                *slot = Slot::Lease(run);
            }
            free
        };
        leader.begins();
        let value = world.load();
        leader.fills();
        let mut slot = world.slot();
        let proved = granted && *slot == Slot::Lease(run);
        if proved {
            *slot = Slot::Value(value);
        }
        Some((value, proved))
    }
}
