//! What is tried. Each is one execution, of any copy of the single-flight.

mod tier;
mod voids;

use shuttle::thread;

pub use self::tier::*;
pub use self::voids::*;

use crate::caller::Caller;
use crate::subject::{Subject, Want};
use crate::sync::Arc;
use crate::world::{Slot, Source, Store, World, below};

const CALLERS: usize = 4;

type Task = Box<dyn FnOnce() + Send>;

/// Runs all at once and waits for their end. One that never ends is found by shuttle, as a deadlock.
fn together(tasks: Vec<Task>) {
    let threads: Vec<_> = tasks.into_iter().map(thread::spawn).collect();
    for thread in threads {
        // A panic ends the execution at once.
        let _ = thread.join();
    }
}

fn task<F: Subject>(world: &Arc<World<F>>, run: impl FnOnce(&World<F>) + Send + 'static) -> Task {
    let world = Arc::clone(world);
    Box::new(move || run(&world))
}

/// (a) Callers of one key: one load, all get it. Where nothing is stored, none hangs and no two load at once.
pub fn everyone_gets_the_value<F: Subject>() {
    let world = Arc::new(World::<F>::new(Store::Own, Source::Versions, Slot::Empty));
    let stores = below(3) > 0;
    together(
        (0..CALLERS)
            .map(|_| {
                task(&world, move |world| {
                    if (Caller { stores, ..Caller::STEADY }).call(world) != Some(1) {
                        world.wrong("no value");
                    }
                })
            })
            .collect(),
    );
    if stores && world.loads() != 1 {
        world.wrong(format!("{} loads", world.loads()));
    }
    world.verdict();
}

/// (b) A leader is dropped at any step: one other leads at a time, and all that stay get the value.
pub fn a_dropped_leader_hands_over<F: Subject>() {
    let world = Arc::new(World::<F>::new(Store::Own, Source::Versions, Slot::Empty));
    together(
        (0..CALLERS)
            .map(|_| {
                let caller = Caller::may_quit(2);
                task(&world, move |world| {
                    if caller.call(world).is_none() && caller.quits.is_none() {
                        world.wrong("no value");
                    }
                })
            })
            .collect(),
    );
    world.verdict();
}

/// (d) A write of another process, of which this one hears nothing: a fill that was accepted proves the value for who came
/// before it, and for nobody else. The same for a read that was sent.
pub fn a_fill_is_no_proof_for_who_came_later<F: Subject>() {
    let slot = if below(3) > 0 { Slot::Empty } else { Slot::Value(1) };
    let world = Arc::new(World::<F>::new(Store::Shared, Source::Versions, slot));
    let mut tasks: Vec<_> = (0..3).map(|_| task(&world, |world| Caller::STEADY.call_fresh_enough(world))).collect();
    tasks.push(task(&world, |world| {
        let version = world.write();
        *world.slot() = Slot::Empty;
        world.acknowledge(version);
        Caller::STEADY.call_fresh_enough(world);
    }));
    together(tasks);
    world.verdict();
}

/// (e) Waiters leave at any time, with a lead in hand or without, and leaders are dropped: all that stay get the value.
pub fn waiters_leave<F: Subject>() {
    let world = Arc::new(World::<F>::new(Store::Own, Source::Versions, Slot::Empty));
    together(
        (0..CALLERS)
            .map(|_| {
                let patience = (below(2) == 0).then(|| below(4));
                let caller = Caller { patience, ..Caller::may_quit(3) };
                task(&world, move |world| {
                    if caller.call(world).is_none() && caller.quits.is_none() && caller.patience.is_none() {
                        world.wrong("no value");
                    }
                })
            })
            .collect(),
    );
    world.verdict();
}

/// Who wants a fresh value is given one whose load began after it asked.
pub fn fresh_means_after_the_call<F: Subject>() {
    let world = Arc::new(World::<F>::new(Store::Own, Source::Numbers, Slot::Empty));
    together(
        (0..CALLERS)
            .map(|number| {
                let want = if number % 2 == 0 { Want::Any } else { Want::Fresh };
                task(&world, move |world| {
                    let before = world.loads();
                    match (Caller { want, ..Caller::STEADY }).call(world) {
                        None => world.wrong("no value"),
                        Some(load) if want == Want::Fresh && load <= before => world.wrong("not fresh"),
                        Some(_) => {}
                    }
                })
            })
            .collect(),
    );
    world.verdict();
}
