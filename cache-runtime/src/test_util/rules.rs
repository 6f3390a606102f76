//! Which operation meets which fault.

use std::collections::HashMap;
use std::time::Duration;

use crate::error::{ErrorKind, Operation};

/// Which operations a fault is for. An [`Operation`] converts into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every operation.
    All,
    /// This one.
    Only(Operation),
}

impl From<Operation> for Which {
    fn from(operation: Operation) -> Self {
        Self::Only(operation)
    }
}

impl Which {
    fn covers(self, operation: Operation) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => only == operation,
        }
    }
}

/// What becomes of an operation's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The operation is not done.
    Fail(ErrorKind),
    /// It is done, and nobody hears of it.
    LoseReply,
}

/// What one operation meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub delay: Duration,
    pub fault: Option<Fault>,
}

struct Rule {
    which: Which,
    /// For how many operations it still holds.
    left: Option<u64>,
    fault: Fault,
}

#[derive(Default)]
pub(super) struct Rules {
    faults: Vec<Rule>,
    delays: Vec<(Which, Duration)>,
    asked: HashMap<Operation, u64>,
}

impl Rules {
    pub(super) fn add(&mut self, which: Which, left: Option<u64>, fault: Fault) {
        self.faults.push(Rule { which, left, fault });
    }

    pub(super) fn delay(&mut self, which: Which, delay: Duration) {
        self.delays.push((which, delay));
    }

    pub(super) fn heal(&mut self) {
        self.faults.clear();
        self.delays.clear();
    }

    pub(super) fn asked(&self, which: Which) -> u64 {
        self.asked.iter().filter(|(operation, _)| which.covers(**operation)).map(|(_, count)| count).sum()
    }

    pub(super) fn forget(&mut self) {
        self.asked.clear();
    }

    /// Counts an operation and says what it meets: of several rules the newest.
    pub(super) fn meet(&mut self, operation: Operation) -> Fate {
        *self.asked.entry(operation).or_default() += 1;
        let delay = self.delays.iter().rev().find(|(which, _)| which.covers(operation));
        let delay = delay.map_or(Duration::ZERO, |(_, delay)| *delay);
        self.faults.retain(|rule| rule.left != Some(0));
        let rule = self.faults.iter_mut().rev().find(|rule| rule.which.covers(operation));
        let fault = rule.map(|rule| {
            rule.left = rule.left.map(|left| left - 1);
            rule.fault
        });
        Fate { delay, fault }
    }
}
