//! The schedule. The same seed gives the same one.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it begins, from the start of the run.
    pub at: Duration,
    /// When it ends.
    pub until: Duration,
    /// What it strikes.
    pub target: Target,
    /// How.
    pub kind: Kind,
}

/// What a fault strikes. One fault at a time strikes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The link of a slot.
    Link(usize),
    /// The worker of a slot.
    Worker(usize),
    /// The server.
    Server,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Bytes come later, in each direction.
    Delay(Duration),
    /// Requests are lost.
    DropRequests,
    /// Replies are lost.
    DropReplies,
    /// Both directions stand still.
    Freeze,
    /// Both directions are lost.
    Cut,
    /// Connections are reset.
    Reset,
    /// SIGKILL, and a new, empty server.
    ServerKill,
    /// SIGSTOP, SIGCONT.
    ServerStop,
    /// SIGKILL, and a new worker.
    WorkerKill,
    /// SIGSTOP, SIGCONT.
    WorkerStop,
}

impl Kind {
    /// For reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delay(_) => "delay",
            Self::DropRequests => "drop requests",
            Self::DropReplies => "drop replies",
            Self::Freeze => "freeze",
            Self::Cut => "cut",
            Self::Reset => "reset",
            Self::ServerKill => "server kill",
            Self::ServerStop => "server stop",
            Self::WorkerKill => "worker kill",
            Self::WorkerStop => "worker stop",
        }
    }
}

/// Without faults at first, so that there is something in the cache, and at the end.
const CALM: Duration = Duration::from_secs(1);

/// Faults for so many workers. They overlap, on different targets.
pub fn plan(seed: u64, length: Duration, slots: usize) -> Vec<Fault> {
    let mut rng = Rng::with_seed(seed);
    let mut faults = Vec::new();
    let mut free: HashMap<Target, Duration> = HashMap::new();
    let mut at = CALM;
    while at + CALM < length {
        let (target, kind, longest) = choose(&mut rng, slots);
        let lasts = millis(&mut rng, 20..longest);
        let until = (at + lasts).min(length.saturating_sub(CALM));
        if free.get(&target).is_none_or(|free| *free < at) {
            free.insert(target, until + Duration::from_millis(100));
            faults.push(Fault { at, until, target, kind });
        }
        at += millis(&mut rng, 100..1200);
    }
    faults
}

fn choose(rng: &mut Rng, slots: usize) -> (Target, Kind, u64) {
    let slot = rng.usize(..slots);
    let (link, worker) = (Target::Link(slot), Target::Worker(slot));
    match rng.u32(..100) {
        0..18 => (link, Kind::Delay(millis(rng, 2..120)), 800),
        18..27 => (link, Kind::DropRequests, 900),
        27..38 => (link, Kind::DropReplies, 900),
        38..50 => (link, Kind::Freeze, 2500),
        50..59 => (link, Kind::Cut, 1500),
        59..71 => (link, Kind::Reset, 21),
        71..76 => (Target::Server, Kind::ServerKill, 500),
        76..83 => (Target::Server, Kind::ServerStop, 1200),
        83..88 => (worker, Kind::WorkerKill, 300),
        _ => (worker, Kind::WorkerStop, 1500),
    }
}

fn millis(rng: &mut Rng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.u64(range))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::{CALM, plan};

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_seed_gives_the_same_faults_again() {
        assert_eq!(plan(7, HOUR, 3), plan(7, HOUR, 3));
        assert_ne!(plan(7, HOUR, 3), plan(8, HOUR, 3));
    }

    #[test]
    fn every_kind_comes_and_none_at_the_ends() {
        let faults = plan(7, HOUR, 3);
        let kinds: HashSet<&str> = faults.iter().map(|fault| fault.kind.name()).collect();
        assert_eq!(kinds.len(), 10);
        assert!(faults.iter().all(|fault| fault.at >= CALM && fault.at <= fault.until && fault.until <= HOUR - CALM));
    }

    #[test]
    fn a_target_has_one_fault_at_a_time() {
        let faults = plan(7, HOUR, 2);
        for (number, first) in faults.iter().enumerate() {
            let later = faults[number + 1..].iter().find(|fault| fault.target == first.target);
            assert!(later.is_none_or(|later| later.at > first.until), "{first:?} {later:?}");
        }
    }

    #[test]
    fn a_run_that_is_too_short_has_none() {
        assert_eq!(plan(7, Duration::from_secs(2), 3), []);
    }
}
