//! The figures, in aligned columns.

use std::fmt;
use std::time::Duration;

/// One contender in one phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    phase: &'static str,
    length: Duration,
    name: &'static str,
    /// In order.
    took: Vec<Duration>,
}

/// How soon a contender served a hit after the server went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Whose.
    pub name: &'static str,
    /// `None` if it did not.
    pub after: Option<Duration>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Report {
    /// By phase, then by contender.
    pub rows: Vec<Row>,
    /// By contender.
    pub recovered: Vec<Recovered>,
}

impl Row {
    /// From the durations of the calls.
    pub fn new(phase: &'static str, length: Duration, name: &'static str, mut took: Vec<Duration>) -> Self {
        took.sort_unstable();
        Self { phase, length, name, took }
    }

    /// The time that so many of a thousand calls did not exceed, by the nearest rank.
    pub fn per_mille(&self, share: usize) -> Option<Duration> {
        let rank = (self.took.len() * share).div_ceil(1000).max(1);
        self.took.get(rank - 1).copied()
    }
}

fn micros(time: Option<Duration>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| time.as_micros().to_string())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["count", "p50", "p99", "p999", "max"];
        write!(f, "{:<14} {:>8}  {:<17}", "phase", "lasts ms", "contender")?;
        head.iter().try_for_each(|name| write!(f, " {name:>8}"))?;
        writeln!(f)?;
        for row in &self.rows {
            write!(f, "{:<14} {:>8}  {:<17} {:>8}", row.phase, row.length.as_millis(), row.name, row.took.len())?;
            for share in [500, 990, 999, 1000] {
                write!(f, " {:>8}", micros(row.per_mille(share)))?;
            }
            writeln!(f)?;
        }
        writeln!(f)?;
        for Recovered { name, after } in &self.recovered {
            match after {
                Some(after) => writeln!(f, "first hit after SIGCONT: {name:<17} {:>8} ms", after.as_millis())?,
                None => writeln!(f, "first hit after SIGCONT: {name:<17}     none")?,
            }
        }
        Ok(())
    }
}
