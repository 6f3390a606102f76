//! Histories with and without a fault in them, through the log's bytes and the checker.

use cache_consistency::checker::{Broken, Findings, History, check};
use cache_consistency::log::{Kind, Record, read_all};
use cache_consistency::register::Commit;

/// Key 1, of which versions 2 to 9 were written at the very beginning.
#[derive(Default)]
struct Planted(Vec<(u16, Record)>);

impl Planted {
    fn add(mut self, process: u16, kind: Kind, version: u32, interval: (u64, u64)) -> Self {
        self.0.push((process, Record::new(kind, 1, version, interval.0, interval.1)));
        self
    }

    fn read(self, process: u16, version: u32, interval: (u64, u64)) -> Self {
        self.add(process, Kind::Read, version, interval)
    }

    fn write(self, process: u16, version: u32, interval: (u64, u64)) -> Self {
        self.add(process, Kind::Write, version, interval)
    }

    fn check(self) -> Findings {
        let mut history = History::default();
        for (process, record) in &self.0 {
            read_all(*process, record.to_bytes().as_slice(), |record| history.records.push(record));
        }
        history.commits = (2..10).map(|version| Commit { key: 1, version, time: 0 }).collect();
        check(&history)
    }

    fn stale(self) -> usize {
        self.check().count(Broken::Stale)
    }
}

#[test]
fn a_read_that_begins_after_the_write_returned_sees_it() {
    assert_eq!(Planted::default().write(1, 2, (10, 20)).read(2, 2, (21, 30)).stale(), 0);
    let findings = Planted::default().write(1, 2, (10, 20)).read(2, 1, (21, 30)).check();
    assert_eq!(findings.count(Broken::Stale), 1);
    let violation = findings.violations[0];
    assert_eq!((violation.call.process, violation.call.version), (2, 1));
    let promise = violation.promise.expect("the write that it missed");
    assert_eq!((promise.process, promise.version, promise.end), (1, 2, 20));
}

#[test]
fn a_read_that_overlaps_the_write_may_see_either() {
    for version in [1, 2] {
        assert_eq!(Planted::default().write(1, 2, (10, 20)).read(2, version, (15, 40)).stale(), 0);
        assert_eq!(Planted::default().write(1, 2, (10, 20)).read(2, version, (20, 40)).stale(), 0, "the same moment");
    }
}

#[test]
fn records_come_in_any_order() {
    assert_eq!(Planted::default().read(2, 1, (21, 30)).write(1, 2, (10, 20)).stale(), 1);
}

#[test]
fn the_newest_promise_counts_whatever_ended_later() {
    let planted = || Planted::default().write(1, 3, (10, 20)).write(2, 2, (5, 30));
    assert_eq!(planted().read(3, 2, (31, 40)).stale(), 1, "a promise of the older one takes nothing back");
    assert_eq!(planted().read(3, 3, (31, 40)).stale(), 0);
    assert_eq!(planted().read(3, 9, (31, 40)).stale(), 0, "newer is allowed at any time");
}

#[test]
fn keys_have_nothing_to_do_with_each_other() {
    let mut planted = Planted::default().write(1, 2, (10, 20));
    planted.0.push((1, Record::new(Kind::Read, 2, 1, 30, 40)));
    assert_eq!(planted.stale(), 0);
}

#[test]
fn a_deferred_write_is_promised_to_its_own_process_at_once() {
    let planted = || Planted::default().add(1, Kind::Deferred, 2, (10, 20));
    assert_eq!(planted().read(1, 1, (21, 30)).stale(), 1);
    assert_eq!(planted().read(2, 1, (21, 30)).stale(), 0);
    assert_eq!(planted().read(2, 1, (2100, 3000)).stale(), 0, "it may never land");
}

#[test]
fn a_deferred_write_is_promised_to_all_when_it_landed() {
    let planted = || Planted::default().add(1, Kind::Deferred, 2, (10, 20)).add(1, Kind::Landed, 2, (50, 50));
    assert_eq!(planted().read(2, 1, (49, 60)).stale(), 0);
    let findings = planted().read(2, 1, (51, 60)).check();
    assert_eq!(findings.count(Broken::Stale), 1);
    assert_eq!(findings.violations[0].promise.expect("the write").begin, 10, "the write, not its landing");
    assert_eq!(planted().read(2, 2, (51, 60)).stale(), 0);
}

#[test]
fn a_write_without_an_end_is_no_promise() {
    // The process was killed: the register has the write, the log has not.
    assert_eq!(Planted::default().read(1, 1, (100, 110)).read(1, 2, (120, 130)).read(2, 1, (140, 150)).stale(), 0);
}

#[test]
fn what_the_store_serves_at_the_end_is_held_against_all_promises() {
    let planted = || Planted::default().write(1, 2, (10, 20)).add(1, Kind::Deferred, 3, (30, 40));
    let lost = |planted: Planted| planted.check().count(Broken::Lost);
    assert_eq!(lost(planted().add(2, Kind::Final, 2, (100, 110))), 0, "the deferred one did not land");
    assert_eq!(lost(planted().add(2, Kind::Final, 1, (100, 110))), 1);
    assert_eq!(lost(planted().add(1, Kind::Final, 2, (100, 110))), 1, "its own process knows of it");
    assert_eq!(lost(planted().add(1, Kind::Undrained, 1, (100, 110))), 1, "it still waits, and the server is well");
}

#[test]
fn reads_are_counted_by_what_served_them() {
    let counts = Planted::default().read(1, 1, (1, 2)).read(1, 1, (3, 4)).write(1, 2, (5, 6)).check().counts;
    assert_eq!((counts.reads, counts.reached, counts.commits), (2, 1, 8));
}
