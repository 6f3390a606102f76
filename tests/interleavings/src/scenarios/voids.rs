//! Invalidations of this process.

use shuttle::thread;

use super::{task, together};
use crate::caller::Caller;
use crate::subject::{Leading, Seat, Subject, Turned, Want};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::world::{Slot, Source, Store, World, below};

/// (c) A write of this process, and its invalidation, beside reads: who joins after it returned never gets the old value.
pub fn an_invalidation_is_seen<F: Subject>() {
    let slot = if below(2) == 0 { Slot::Empty } else { Slot::Value(1) };
    let world = Arc::new(World::<F>::new(Store::Own, Source::Versions, slot));
    let mut tasks: Vec<_> = (0..3)
        .map(|_| {
            let caller = Caller::may_quit(4);
            task(&world, move |world| caller.call_fresh_enough(world))
        })
        .collect();
    tasks.push(task(&world, |world| {
        let version = world.write();
        world.void();
        *world.slot() = Slot::Empty;
        world.void();
        world.acknowledge(version);
        Caller::STEADY.call_fresh_enough(world);
    }));
    together(tasks);
    world.verdict();
}

/// (c) Who joins after somebody saw the mark is not served by the marked flight: the engine takes the mark as proof of that.
pub fn nobody_joins_once_the_mark_is_seen<F: Subject>() {
    let world = Arc::new(World::<F>::new(Store::Own, Source::Versions, Slot::Empty));
    let seen = Arc::new(AtomicBool::new(false));
    let Seat::Lead(leader) = world.flights.join(Want::Any) else { unreachable!("the first one leads") };
    let (sees, asks) = (Arc::clone(&seen), seen);
    let voids = task(&world, |world| world.flights.void());
    let joins = task(&world, move |world| {
        let marked = (0..6).any(|_| {
            thread::yield_now();
            asks.load(Ordering::SeqCst)
        });
        match world.flights.join(Want::Any) {
            Seat::Lead(leader) => leader.land_load(2, true),
            Seat::Wait(wait) => match shuttle::future::block_on(wait) {
                Turned::Landed(1) if marked => world.wrong("served by a flight that was known to be void"),
                Turned::Landed(_) => {}
                Turned::Lead(leader) => leader.land_load(2, true),
                Turned::Forgotten => world.wrong("a waiter was forgotten"),
            },
        }
    });
    let threads = [voids, joins].map(thread::spawn);
    leader.begins();
    for _ in 0..6 {
        sees.fetch_or(leader.is_void(), Ordering::SeqCst);
        thread::yield_now();
    }
    leader.fills();
    leader.land_load(1, true);
    threads.into_iter().for_each(|thread| drop(thread.join()));
    world.verdict();
}

/// (f) What was loaded before a write is not in the store once the flight was voided and the entry removed.
pub fn no_old_fill_survives<F: Subject>() {
    let world = Arc::new(World::<F>::new(Store::Own, Source::Versions, Slot::Empty));
    let mut tasks: Vec<_> = (0..2)
        .map(|_| {
            task(&world, |world| {
                Caller::STEADY.call(world);
            })
        })
        .collect();
    tasks.push(task(&world, |world| {
        let version = world.write();
        world.void();
        *world.slot() = Slot::Empty;
        for _ in 0..3 {
            thread::yield_now();
            if let Slot::Value(value) = *world.slot()
                && value < version
            {
                world.wrong("stale: an old fill survived");
            }
        }
    }));
    together(tasks);
    if *world.slot() == Slot::Value(1) {
        // Unless all was over before the write.
        world.wrong("stale: an old fill survived to the end");
    }
    world.verdict();
}
