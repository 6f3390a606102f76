//! Holds a history against what was promised.

mod promises;

use std::collections::{BTreeSet, HashMap};

use self::promises::Promises;
use crate::clock::{Nanos, SECOND};
use crate::log::{By, Kind, Record};
use crate::register::Commit;
use crate::way::Way;

/// A call that takes longer than this, beside the time for which its process was stopped, hangs.
pub const LONGEST_CALL: Nanos = 10 * SECOND;

/// What happened in a run.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// From all processes, in any order.
    pub records: Vec<Record>,
    /// Every write that the register did.
    pub commits: Vec<Commit>,
    /// When which process stood still.
    pub stops: Vec<Stop>,
}

/// A time in which a process stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Which one.
    pub process: u16,
    /// Not later than it stopped.
    pub from: Nanos,
    /// Not earlier than it went on.
    pub to: Nanos,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In the order of their begin.
    pub violations: Vec<Violation>,
    /// How much there was to look at.
    pub counts: Counts,
}

/// How much there was to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reads that returned a value, the last ones of each worker included.
    pub reads: u64,
    /// Reads by what they were served, in the order of [`By`].
    pub served: [u64; 7],
    /// Reads by their function, in the order of [`Way`].
    pub ways: [u64; 14],
    /// The longest time for which a read gave a value after its invalidation, by the function.
    pub longest: [Nanos; 14],
    /// Writes that the register did.
    pub commits: u64,
    /// Of these, those whose invalidation had reached the store when the call returned.
    pub reached: u64,
    /// Those whose invalidation waited.
    pub deferred: u64,
    /// Of the deferred, those that landed later.
    pub landed: u64,
    /// Calls whose body failed, as it was told to.
    pub refused: u64,
}

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub broken: Broken,
    /// The call that broke it.
    pub call: Record,
    /// The write that was promised, where there is one.
    pub promise: Option<Record>,
}

/// Which promise was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Broken {
    /// A read returned a version older than a write whose invalidation was complete before the read began.
    Stale,
    /// After all was well again, the store still served one, or an invalidation still waited.
    Lost,
    /// A call did not end.
    Hung,
    /// A call failed though its body did not, or returned what was never written.
    Surfaced,
}

impl Findings {
    /// How often one promise was broken: calls, or for lost invalidations keys.
    pub fn count(&self, broken: Broken) -> usize {
        let of_kind = self.violations.iter().filter(|violation| violation.broken == broken);
        if broken == Broken::Lost {
            of_kind
                .map(|violation| (violation.call.kind == Kind::Undrained, violation.call.key))
                .collect::<BTreeSet<_>>()
                .len()
        } else {
            of_kind.count()
        }
    }
}

/// Looks at a whole history.
pub fn check(history: &History) -> Findings {
    let promises = Promises::of(&history.records);
    let written = Written::of(&history.commits);
    let mut findings = Findings { counts: counts(history), ..Findings::default() };
    for call in &history.records {
        let mut broken = |broken, promise| findings.violations.push(Violation { broken, call: *call, promise });
        if matches!(call.kind, Kind::Hung) || lasted(call, &history.stops) > LONGEST_CALL && call.kind != Kind::Landed {
            broken(Broken::Hung, None);
        }
        match call.kind {
            Kind::Read | Kind::Final => {
                findings.counts.stale_for(call.way, promises.overdue(call));
                let mut broken = |broken, promise| findings.violations.push(Violation { broken, call: *call, promise });
                let stale = if call.kind == Kind::Read { Broken::Stale } else { Broken::Lost };
                if let Some(promise) = promises.broken_by(call) {
                    broken(stale, Some(promise));
                }
                if !written.by(call.key, call.version, call.end) {
                    broken(Broken::Surfaced, None);
                }
            }
            Kind::Surfaced => broken(Broken::Surfaced, None),
            Kind::Undrained => broken(Broken::Lost, None),
            Kind::Write | Kind::Deferred | Kind::Landed | Kind::Refused | Kind::Hung | Kind::Done => {}
        }
    }
    findings.violations.sort_by_key(|violation| violation.call.begin);
    findings
}

/// How long a call took, without the time for which its process was stopped.
fn lasted(call: &Record, stops: &[Stop]) -> Nanos {
    let took = call.end.saturating_sub(call.begin);
    if took <= LONGEST_CALL {
        return took;
    }
    let stopped = stops
        .iter()
        .filter(|stop| stop.process == call.process)
        .map(|stop| stop.to.min(call.end).saturating_sub(stop.from.max(call.begin)));
    took.saturating_sub(stopped.sum())
}

/// When each version was made.
struct Written(HashMap<(u16, u32), Nanos>);

impl Written {
    fn of(commits: &[Commit]) -> Self {
        Self(commits.iter().map(|commit| ((commit.key, commit.version), commit.time)).collect())
    }

    /// Whether there was such a version by then. Version 1 always was.
    fn by(&self, key: u16, version: u32, time: Nanos) -> bool {
        version == 1 || self.0.get(&(key, version)).is_some_and(|made| *made <= time)
    }
}

fn counts(history: &History) -> Counts {
    let mut counts = Counts { commits: history.commits.len() as u64, ..Counts::default() };
    for record in &history.records {
        match record.kind {
            Kind::Read | Kind::Final => {
                counts.reads += 1;
                counts.served[record.served.by as usize] += 1;
                counts.ways[record.way as usize] += 1;
            }
            Kind::Write => counts.reached += 1,
            Kind::Deferred => counts.deferred += 1,
            Kind::Landed => counts.landed += 1,
            Kind::Refused => counts.refused += 1,
            Kind::Surfaced | Kind::Hung | Kind::Undrained | Kind::Done => {}
        }
    }
    counts
}

impl Counts {
    fn stale_for(&mut self, way: Way, time: Nanos) {
        let longest = &mut self.longest[way as usize];
        *longest = time.max(*longest);
    }

    /// The share of reads that were served in this way, in percent.
    #[allow(clippy::cast_precision_loss, reason = "a share to one digit")]
    pub fn share(&self, by: By) -> f64 {
        self.served[by as usize] as f64 * 100.0 / self.reads.max(1) as f64
    }
}

#[cfg(test)]
mod tests;
