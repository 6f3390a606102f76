//! The promise holds in every order of steps, in each of these sizes.

use std::time::Instant;

use cache_model::Scenario;
use stateright::{Checker, Model};

fn holds(scenario: Scenario) {
    let (name, start) = (scenario.name, Instant::now());
    let checker = scenario.checker().spawn_bfs().join();
    println!(
        "{name}: {} states, at most {} steps, {:.1?}",
        checker.unique_state_count(),
        checker.max_depth() - 1,
        start.elapsed()
    );
    checker.assert_properties();
}

macro_rules! holds {
    ($($size:ident)*) => { $(#[test] fn $size() { holds(Scenario::$size()); })* };
}

holds! { sharing two_writes lost_message guarded guard_beside two_guards versions guarded_versions }
