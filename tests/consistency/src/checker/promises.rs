//! From when on which version is the least that a read may return.

use std::collections::HashMap;

use crate::clock::Nanos;
use crate::log::{Kind, Record};

/// All promises of a history.
pub(super) struct Promises {
    /// To every process, by key.
    to_all: HashMap<u16, Line>,
    /// To the writing process, by process and key.
    to_own: HashMap<(u16, u16), Line>,
}

/// Promises in the order of time; each is the newest version promised until then.
#[derive(Default)]
struct Line(Vec<Promise>);

struct Promise {
    from: Nanos,
    write: Record,
}

impl Promises {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut promises = Self { to_all: HashMap::new(), to_own: HashMap::new() };
        // A deferred write and its landing are two records; the write tells more.
        let mut deferred = HashMap::new();
        for record in records {
            if matches!(record.kind, Kind::Write | Kind::Deferred) {
                let own = promises.to_own.entry((record.process, record.key)).or_default();
                own.0.push(Promise { from: record.end, write: *record });
            }
            match record.kind {
                Kind::Write => {
                    promises.to_all.entry(record.key).or_default().0.push(Promise { from: record.end, write: *record });
                }
                Kind::Deferred => {
                    deferred.insert((record.key, record.version), *record);
                }
                _ => {}
            }
        }
        for landed in records.iter().filter(|record| record.kind == Kind::Landed) {
            let write = *deferred.get(&(landed.key, landed.version)).unwrap_or(landed);
            promises.to_all.entry(landed.key).or_default().0.push(Promise { from: landed.end, write });
        }
        promises.to_all.values_mut().chain(promises.to_own.values_mut()).for_each(Line::settle);
        promises
    }

    /// The write that a read should have seen and did not.
    pub(super) fn broken_by(&self, read: &Record) -> Option<Record> {
        let to_all = self.to_all.get(&read.key);
        let to_own = self.to_own.get(&(read.process, read.key));
        // The local tier may be late for what others wrote, and never for what its own process did.
        let told = to_all.and_then(|line| line.at(read.begin.saturating_sub(read.way.bound())));
        let done = to_own.and_then(|line| line.at(read.begin));
        [told, done]
            .into_iter()
            .flatten()
            .filter(|write| write.version > read.version)
            .max_by_key(|write| write.version)
            .copied()
    }

    /// For how long it had been promised to all processes, when a read began, that its value is not served any more.
    pub(super) fn overdue(&self, read: &Record) -> Nanos {
        let first = self.to_all.get(&read.key).and_then(|line| line.newer_than(read.version));
        first.map_or(0, |from| read.begin.saturating_sub(from))
    }
}

impl Line {
    /// Sorts, and lets each promise stand for the newest version until then: an older one that is promised later
    /// takes nothing back.
    fn settle(&mut self) {
        self.0.sort_by_key(|promise| promise.from);
        for at in 1..self.0.len() {
            if self.0[at].write.version < self.0[at - 1].write.version {
                self.0[at].write = self.0[at - 1].write;
            }
        }
    }

    /// When the first newer version was promised.
    fn newer_than(&self, version: u32) -> Option<Nanos> {
        let at = self.0.partition_point(|promise| promise.write.version <= version);
        self.0.get(at).map(|promise| promise.from)
    }

    /// What was promised before this moment.
    fn at(&self, time: Nanos) -> Option<&Record> {
        let before = self.0.partition_point(|promise| promise.from < time);
        before.checked_sub(1).map(|last| &self.0[last].write)
    }
}
