//! Runs a scenario under the schedulers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};

/// Executions of each scenario under each of the two schedulers.
pub const ITERATIONS: usize = 2000;

/// A rare mistake may hide from that many; so often they are tried anew.
const ROUNDS: usize = 20;

/// Changes of the running thread that the scheduler of the second kind puts at chosen places.
const DEPTH: usize = 3;

/// No execution of the scenario goes wrong.
///
/// # Panics
/// When one does. The text has the schedule, for `shuttle::replay`.
pub fn holds(scenario: fn()) {
    run(scenario, FailurePersistence::Print, RandomScheduler::new(ITERATIONS));
    run(scenario, FailurePersistence::Print, PctScheduler::new(DEPTH, ITERATIONS));
}

/// An execution of the scenario goes wrong, in one of the ways that are named.
///
/// # Panics
/// When none does, or it goes wrong in another way.
pub fn notices(scenario: fn(), ways: &[&str]) {
    let found = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..ROUNDS {
            run(scenario, FailurePersistence::None, RandomScheduler::new(ITERATIONS));
            run(scenario, FailurePersistence::None, PctScheduler::new(DEPTH, ITERATIONS));
        }
    }));
    let Err(panic) = found else { panic!("the mistake was not noticed") };
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a text");
    assert!(ways.iter().any(|way| text.contains(way)), "noticed in another way: {text}");
}

fn run(scenario: fn(), persistence: FailurePersistence, scheduler: impl Scheduler + 'static) {
    let mut config = Config::new();
    config.failure_persistence = persistence;
    // That atomics are sequentially consistent here is said in the description of this crate.
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(scenario);
}
