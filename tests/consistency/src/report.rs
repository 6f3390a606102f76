//! What a run prints.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use crate::args::Options;
use crate::checker::{Broken, Findings, History, Violation};
use crate::clock::{Nanos, SECOND, seconds};
use crate::faults::Injected;
use crate::log::{BYS, By, Kind, Record};
use crate::way::{LOCAL_BOUND, WAYS};

/// How many violations are told in full, and of these how many of each kind, so that a rare one is seen among many stale reads.
const TOLD: usize = 10;
const TOLD_OF_EACH: usize = 3;
/// How many records of the key are shown before and after.
const AROUND: usize = 6;

/// A run and what was found. Its last line is for programs: `stale reads: X of Y reads, ..`.
#[derive(Clone, Debug)]
pub struct Report {
    /// As asked.
    pub options: Options,
    /// When the first worker was started.
    pub began: Nanos,
    /// When the workers were told to end.
    pub called_until: Nanos,
    /// What was made to fail.
    pub faults: Vec<Injected>,
    /// All that happened.
    pub history: History,
    /// What was wrong with it.
    pub findings: Findings,
    /// What was wrong with the run itself.
    pub problems: Vec<String>,
}

impl Report {
    /// Of a run that has not begun.
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            began: 0,
            called_until: 0,
            faults: Vec::new(),
            history: History::default(),
            findings: Findings::default(),
            problems: Vec::new(),
        }
    }

    /// Whether every promise was kept, in a run that came to its end.
    pub fn is_clean(&self) -> bool {
        self.findings.violations.is_empty() && self.problems.is_empty()
    }

    fn time(&self, at: Nanos) -> String {
        seconds(self.began, at)
    }

    /// The first of each kind, then the first of all.
    fn told(&self) -> Vec<&Violation> {
        let all = &self.findings.violations;
        let kinds = [Broken::Surfaced, Broken::Hung, Broken::Lost, Broken::Stale];
        let of = |broken| all.iter().filter(move |violation| violation.broken == broken);
        let first = kinds.into_iter().flat_map(|broken| of(broken).take(TOLD_OF_EACH));
        let more = kinds.into_iter().flat_map(|broken| of(broken).skip(TOLD_OF_EACH));
        first.chain(more).take(TOLD).collect()
    }

    /// By what stale reads were served: many of them can go back to one old value in the store.
    fn stale_line(&self) -> String {
        let stale = || self.findings.violations.iter().filter(|violation| violation.broken == Broken::Stale);
        let by = BYS.map(|by| (by.word(), stale().filter(|violation| violation.call.served.by == by).count()));
        let by: Vec<String> = by.iter().map(|(word, count)| format!("{word} {count}")).collect();
        let values: HashSet<_> = stale()
            .map(|Violation { call, .. }| (call.key, call.version, call.served.loader, call.served.loaded))
            .collect();
        format!("stale reads by what served them: {}; {} old values", by.join(", "), values.len())
    }

    /// One line for each function.
    fn tell_ways(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Findings { violations, counts } = &self.findings;
        let millis = |time: Nanos| time / (SECOND / 1000);
        for way in WAYS {
            let stale =
                violations.iter().filter(|found| found.broken == Broken::Stale && found.call.way == way).count();
            writeln!(f, "  {:<22} {:>8} reads, {stale} stale", way.name(), counts.ways[way as usize])?;
        }
        let local = WAYS.into_iter().filter(|way| way.bound() > 0).map(|way| counts.longest[way as usize]);
        let longest = millis(local.max().unwrap_or(0));
        writeln!(f, "longest staleness of local reads: {longest} ms, the bound is {} ms", millis(LOCAL_BOUND))
    }

    fn tell(&self, f: &mut fmt::Formatter<'_>, number: usize, violation: &Violation) -> fmt::Result {
        let call = &violation.call;
        writeln!(f, "\nviolation {number}: {}, key {}", violation.broken.words(), call.key)?;
        writeln!(f, "  call     {}", self.line(call))?;
        if let Some(promise) = &violation.promise {
            let commits = &self.history.commits;
            let made = commits.iter().find(|made| (made.key, made.version) == (promise.key, promise.version));
            let made = made.map_or("?".to_owned(), |made| self.time(made.time));
            writeln!(f, "  promise  {}, committed at {made}", self.line(promise))?;
        }
        let earliest = violation.promise.map_or(call.begin, |promise| promise.begin.min(call.begin));
        for fault in
            self.faults.iter().filter(|fault| fault.from < call.end && fault.to.saturating_add(SECOND) > earliest)
        {
            let (from, to) = (self.time(fault.from), self.time(fault.to));
            writeln!(f, "  fault    {from} .. {to}  {} {:?}", fault.fault.kind.name(), fault.fault.target)?;
        }
        let mut near: Vec<&Record> = self.history.records.iter().filter(|record| record.key == call.key).collect();
        near.sort_by_key(|record| record.begin);
        let at = near.partition_point(|record| record.begin < call.begin);
        for record in &near[at.saturating_sub(AROUND)..near.len().min(at + AROUND)] {
            writeln!(f, "    {} {}", if *record == call { '>' } else { ' ' }, self.line(record))?;
        }
        Ok(())
    }

    fn line(&self, record: &Record) -> String {
        let Record { kind, way, process, version, begin, end, served, .. } = record;
        let interval = format!("{} .. {}", self.time(*begin), self.time(*end));
        let line = format!("{interval}  process {process}  {:<9} version {version}", kind.word());
        if matches!(kind, Kind::Read | Kind::Final) {
            let loaded = self.time(served.loaded);
            return format!(
                "{line}  {}: {}, loaded by process {} at {loaded}",
                way.name(),
                served.by.word(),
                served.loader
            );
        }
        line
    }
}

impl fmt::Display for Report {
    #[allow(clippy::cast_precision_loss, reason = "for people")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { options, findings, .. } = self;
        let counts = &findings.counts;
        for (number, violation) in self.told().into_iter().enumerate() {
            self.tell(f, number + 1, violation)?;
        }
        for problem in &self.problems {
            writeln!(f, "problem: {problem}")?;
        }
        let took = self.called_until.saturating_sub(self.began) as f64 / SECOND as f64;
        let without = if options.without.is_empty() { "nothing" } else { &options.without };
        writeln!(
            f,
            "\nseed {}, {took:.1} s, {} processes of {} tasks, {} keys, without {without}",
            options.seed, options.processes, options.tasks, options.keys
        )?;
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for fault in &self.faults {
            *kinds.entry(fault.fault.kind.name()).or_default() += 1;
        }
        let kinds: Vec<String> = kinds.iter().map(|(name, count)| format!("{name} {count}")).collect();
        writeln!(f, "faults: {}: {}", self.faults.len(), kinds.join(", "))?;
        writeln!(
            f,
            "writes: {}; invalidated at once {}, deferred {}, of which landed {}; source failures: {}",
            counts.commits, counts.reached, counts.deferred, counts.landed, counts.refused
        )?;
        let shares: Vec<String> = BYS.into_iter().map(|by| format!("{} {:.1}%", by.word(), counts.share(by))).collect();
        writeln!(f, "reads: {:.0} a second; {}", counts.reads as f64 / took.max(0.001), shares.join(", "))?;
        self.tell_ways(f)?;
        if findings.count(Broken::Stale) > 0 {
            writeln!(f, "{}", self.stale_line())?;
        }
        write!(
            f,
            "stale reads: {} of {} reads, lost invalidations: {}, hung calls: {}, surfaced errors: {}",
            findings.count(Broken::Stale),
            counts.reads,
            findings.count(Broken::Lost),
            findings.count(Broken::Hung),
            findings.count(Broken::Surfaced)
        )
    }
}

impl Broken {
    const fn words(self) -> &'static str {
        match self {
            Self::Stale => "stale read",
            Self::Lost => "lost invalidation",
            Self::Hung => "hung call",
            Self::Surfaced => "surfaced error",
        }
    }
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Final => "last read",
            Self::Write => "write",
            Self::Deferred => "deferred",
            Self::Landed => "landed",
            Self::Refused => "refused",
            Self::Surfaced => "failed",
            Self::Hung => "hung",
            Self::Undrained => "undrained",
            Self::Done => "done",
        }
    }
}

impl By {
    const fn word(self) -> &'static str {
        match self {
            Self::Store => "hit",
            Self::Local => "local hit",
            Self::Stale => "expired",
            Self::Flight => "shared",
            Self::Body => "miss",
            Self::Bypass => "bypass",
            Self::Failure => "store failure",
        }
    }
}
