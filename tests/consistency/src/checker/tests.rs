use super::{Broken, History, LONGEST_CALL, Stop, check};
use crate::log::{Kind, Record};
use crate::register::Commit;
use crate::way::{LOCAL_BOUND, Way};

fn history(records: &[(u16, Record)]) -> History {
    History {
        records: records.iter().map(|(process, record)| Record { process: *process, ..*record }).collect(),
        commits: (2..10).map(|version| Commit { key: 1, version, time: 0 }).collect(),
        stops: Vec::new(),
    }
}

fn found(history: &History) -> Vec<Broken> {
    check(history).violations.iter().map(|violation| violation.broken).collect()
}

fn call(kind: Kind, version: u32, begin: u64, end: u64) -> Record {
    Record::new(kind, 1, version, begin, end)
}

#[test]
fn a_call_that_takes_too_long_hangs() {
    let long = call(Kind::Read, 1, 5, 6 + LONGEST_CALL);
    assert_eq!(found(&history(&[(1, long)])), [Broken::Hung]);
    assert_eq!(found(&history(&[(1, call(Kind::Read, 1, 5, 5 + LONGEST_CALL))])), []);
    assert_eq!(found(&history(&[(1, call(Kind::Hung, 0, 5, 6))])), [Broken::Hung]);
}

#[test]
fn the_time_of_a_stopped_process_does_not_count() {
    let mut history = history(&[(1, call(Kind::Read, 1, 100, 200 + LONGEST_CALL))]);
    history.stops = vec![Stop { process: 2, from: 0, to: 1000 }];
    assert_eq!(found(&history), [Broken::Hung], "another one was stopped");
    history.stops = vec![Stop { process: 1, from: 50, to: 150 }];
    assert_eq!(found(&history), [Broken::Hung], "half of it is not enough");
    history.stops = vec![Stop { process: 1, from: 50, to: 150 }, Stop { process: 1, from: 300, to: 350 }];
    assert_eq!(found(&history), []);
}

#[test]
fn a_landing_is_no_call() {
    let landed = call(Kind::Landed, 2, 5, 6 + LONGEST_CALL);
    assert_eq!(found(&history(&[(1, call(Kind::Deferred, 2, 1, 5)), (1, landed)])), []);
}

#[test]
fn what_was_never_written_cannot_be_read() {
    assert_eq!(found(&history(&[(1, call(Kind::Read, 77, 1, 2))])), [Broken::Surfaced]);
    let mut early = history(&[(1, call(Kind::Read, 2, 1, 2))]);
    early.commits[0].time = 3;
    assert_eq!(found(&early), [Broken::Surfaced], "read before it was written");
}

#[test]
fn failures_are_counted_unless_the_source_failed() {
    assert_eq!(
        found(&history(&[(1, call(Kind::Surfaced, 0, 1, 2)), (1, call(Kind::Refused, 0, 1, 2))])),
        [Broken::Surfaced]
    );
}

#[test]
fn keys_that_were_lost_count_once() {
    let history = history(&[
        (1, call(Kind::Write, 2, 1, 2)),
        (1, call(Kind::Final, 1, 5, 6)),
        (2, call(Kind::Final, 1, 5, 6)),
        (2, Record::new(Kind::Undrained, 0, 4, 5, 6)),
    ]);
    assert_eq!(found(&history), [Broken::Lost; 3]);
    assert_eq!(check(&history).count(Broken::Lost), 2);
}

#[test]
fn the_local_tier_may_be_late_for_others_and_not_for_its_own_process() {
    let read = |begin: u64| Record { way: Way::Local, ..call(Kind::Read, 1, begin, begin + 1) };
    let write = call(Kind::Write, 2, 1, 2);
    assert_eq!(found(&history(&[(1, write), (2, read(2 + LOCAL_BOUND))])), []);
    assert_eq!(found(&history(&[(1, write), (2, read(3 + LOCAL_BOUND))])), [Broken::Stale]);
    assert_eq!(found(&history(&[(1, write), (1, read(3))])), [Broken::Stale], "its own");
    let plain = Record { way: Way::Beside, ..read(3) };
    assert_eq!(found(&history(&[(1, write), (2, plain)])), [Broken::Stale], "without the tier");
    let longest = check(&history(&[(1, write), (2, read(7)), (2, read(12))])).counts.longest;
    assert_eq!(longest[Way::Local as usize], 10);
}
