use std::time::Duration;

use super::rules::{Fault, Rules};
use super::{ManualClock, Which};
use crate::error::{ErrorKind, Operation};

const DOWN: Fault = Fault::Fail(ErrorKind::Unavailable);

#[test]
fn the_newest_rule_counts_and_runs_out() {
    let mut rules = Rules::default();
    rules.add(Which::All, None, DOWN);
    rules.add(Operation::Get.into(), Some(1), Fault::LoseReply);
    let faults: Vec<_> = (0..3).map(|_| rules.meet(Operation::Get).fault).collect();
    assert_eq!(faults, [Some(Fault::LoseReply), Some(DOWN), Some(DOWN)]);
    assert_eq!(rules.meet(Operation::Put).fault, Some(DOWN));
    assert_eq!((rules.asked(Operation::Get.into()), rules.asked(Which::All)), (3, 4));
    rules.heal();
    assert_eq!(rules.meet(Operation::Get).fault, None);
}

#[test]
fn no_operation_is_none() {
    let mut rules = Rules::default();
    rules.add(Which::All, Some(0), DOWN);
    assert_eq!(rules.meet(Operation::Get).fault, None);
}

#[test]
fn a_delay_is_replaced_by_the_next() {
    let mut rules = Rules::default();
    rules.delay(Which::All, Duration::from_secs(1));
    rules.delay(Operation::Get.into(), Duration::ZERO);
    assert_eq!(rules.meet(Operation::Get).delay, Duration::ZERO);
    assert_eq!(rules.meet(Operation::Put).delay, Duration::from_secs(1));
}

#[test]
fn a_clock_does_not_turn_over() {
    let clock = ManualClock::new();
    clock.advance(Duration::MAX);
    let end = clock.now();
    clock.advance(Duration::from_secs(1));
    assert_eq!(clock.now(), end);
}
