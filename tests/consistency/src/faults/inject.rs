//! Makes the faults happen.

use std::thread;
use std::time::{Duration, Instant};

use cache_tests::RedisServer;

use super::{Fault, Kind, Target};
use crate::clock::{Nanos, now};
use crate::fleet::Fleet;
use crate::proxy::{Flow, Link};

/// A fault that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injected {
    /// As planned.
    pub fault: Fault,
    /// When it began.
    pub from: Nanos,
    /// When it was over.
    pub to: Nanos,
}

/// Makes all of them happen and ends them, then waits for the end of the run.
///
/// # Errors
///
/// When a worker can be neither signalled nor started.
pub fn inject(
    faults: &[Fault],
    length: Duration,
    links: &[Link],
    fleet: &mut Fleet,
    server: &RedisServer,
) -> Result<Vec<Injected>, String> {
    let start = Instant::now();
    let mut steps: Vec<(Duration, bool, usize)> = faults
        .iter()
        .enumerate()
        .flat_map(|(number, fault)| [(fault.at, false, number), (fault.until, true, number)])
        .collect();
    steps.sort_unstable();
    let mut injected: Vec<Injected> =
        faults.iter().map(|fault| Injected { fault: *fault, from: Nanos::MAX, to: Nanos::MAX }).collect();
    for (at, ends, number) in steps {
        thread::sleep((start + at).saturating_duration_since(Instant::now()));
        if ends {
            end(&faults[number], links, fleet, server)?;
            injected[number].to = now();
        } else {
            injected[number].from = now();
            begin(&faults[number], links, fleet, server)?;
        }
    }
    thread::sleep((start + length).saturating_duration_since(Instant::now()));
    Ok(injected)
}

fn begin(fault: &Fault, links: &[Link], fleet: &mut Fleet, server: &RedisServer) -> Result<(), String> {
    match (fault.target, fault.kind) {
        (Target::Link(slot), Kind::Reset) => links[slot].reset(),
        (Target::Link(slot), kind) => {
            let (up, down) = flows(kind);
            links[slot].set(up, down);
        }
        (Target::Server, Kind::ServerKill) => server.kill(),
        (Target::Server, _) => server.pause(),
        (Target::Worker(slot), Kind::WorkerKill) => fleet.kill(slot)?,
        (Target::Worker(slot), _) => fleet.stop(slot)?,
    }
    Ok(())
}

fn end(fault: &Fault, links: &[Link], fleet: &mut Fleet, server: &RedisServer) -> Result<(), String> {
    match (fault.target, fault.kind) {
        (Target::Link(slot), _) => links[slot].set(Flow::Open, Flow::Open),
        (Target::Server, Kind::ServerKill) => server.restart(),
        (Target::Server, _) => server.resume(),
        (Target::Worker(slot), Kind::WorkerKill) => fleet.start(slot)?,
        (Target::Worker(slot), _) => fleet.go_on(slot)?,
    }
    Ok(())
}

fn flows(kind: Kind) -> (Flow, Flow) {
    match kind {
        Kind::Delay(by) => (Flow::Delayed(by), Flow::Delayed(by)),
        Kind::DropRequests => (Flow::Swallowed, Flow::Open),
        Kind::DropReplies => (Flow::Open, Flow::Swallowed),
        Kind::Freeze => (Flow::Frozen, Flow::Frozen),
        Kind::Cut => (Flow::Swallowed, Flow::Swallowed),
        Kind::Reset | Kind::ServerKill | Kind::ServerStop | Kind::WorkerKill | Kind::WorkerStop => {
            (Flow::Open, Flow::Open)
        }
    }
}
