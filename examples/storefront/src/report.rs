//! The table, and what it says.

use std::fmt::Write as _;
use std::time::Duration;

use cache_runtime::Stats;

use crate::replay::Plan;

/// What one replay gave.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub name: &'static str,
    pub requests: usize,
    pub hits: u64,
    /// Of the hits, those that another caller's read or load served.
    pub shared: u64,
    pub loads: u64,
    /// Calls on which the store failed; the body ran instead.
    pub failures: u64,
    pub queries: u64,
    pub p50: Duration,
    pub p99: Duration,
    pub elapsed: Duration,
    /// Answers that were not the product that was asked for.
    pub wrong: usize,
}

impl Run {
    pub(crate) fn new(
        name: &'static str,
        mut times: Vec<Duration>,
        elapsed: Duration,
        wrong: usize,
        queries: u64,
        before: &Stats,
        after: &Stats,
    ) -> Self {
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
        Self {
            name,
            requests: times.len(),
            hits: after.hits - before.hits,
            shared: after.shared - before.shared,
            loads: after.loads - before.loads,
            failures: after.failures - before.failures,
            queries,
            p50: at(50),
            p99: at(99),
            elapsed,
            wrong,
        }
    }

    fn cells(&self) -> [String; 11] {
        let requests = self.requests as u64;
        let micros = self.elapsed.as_micros().max(1);
        let per_second = (self.requests as u128) * 1_000_000 / micros;
        [
            self.name.to_owned(),
            grouped(requests),
            grouped(self.hits),
            percent(self.hits, requests),
            grouped(self.loads),
            grouped(self.shared),
            millis(self.p50),
            millis(self.p99),
            grouped(self.queries),
            percent(requests.saturating_sub(self.queries), requests),
            grouped(u64::try_from(per_second).unwrap_or(u64::MAX)),
        ]
    }
}

const HEAD: [&str; 11] = [
    "cache",
    "requests",
    "hits",
    "hit %",
    "loads",
    "shared",
    "p50 ms",
    "p99 ms",
    "db queries",
    "db spared",
    "requests/s",
];

const MEANING: &str = "
  hits        answers from the cache; shared: those among them that another caller's read or load gave, at the same time
  loads       how often the function's body ran; of many callers that miss the same product together, one runs it
  p50, p99    how long half of all requests, and 99 of 100, took at most, waiting for the processor included
  db queries  what the database ran; db spared: the share of requests for which it ran nothing

What it does not say: SQLite reads a local file that the system holds in memory, so a query costs microseconds. There, a
cache can cost more time than it saves, Redis above all, which is a round trip to another process. A database across a
network takes milliseconds, and serves others too: for it, read the columns `db queries` and `db spared`, which do not
depend on this machine. Callers, server and database share its processors, so compare rows, not machines.
";

/// The table with its explanation.
pub(crate) fn text(plan: &Plan, runs: &[Run]) -> String {
    let mut distinct: Vec<u32> = plan.ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut out = format!(
        "{} requests for {} products of a real web shop (web07), {}, {} callers at a time. Every cache starts empty,\n\
         so a product's first request is a miss: of {} requests, {} at most can be hits.\n\n",
        grouped(plan.ids.len() as u64),
        grouped(distinct.len() as u64),
        if plan.http { "through HTTP on this machine" } else { "as direct calls of the annotated function" },
        plan.callers,
        grouped(plan.ids.len() as u64),
        grouped((plan.ids.len() - distinct.len()) as u64),
    );
    out.push_str(&table(runs));
    for run in runs.iter().filter(|run| run.failures > 0) {
        let failures = grouped(run.failures);
        let _ = writeln!(out, "\n{}: the store failed on {failures} requests, which the database answered.", run.name);
    }
    if runs.iter().all(|run| run.wrong == 0) {
        out.push_str("\nEvery answer was the product that was asked for.\n");
    }
    out.push_str(MEANING);
    out
}

fn table(runs: &[Run]) -> String {
    let rows: Vec<[String; 11]> = std::iter::once(HEAD.map(str::to_owned)).chain(runs.iter().map(Run::cells)).collect();
    let mut out = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
            let _ = if column == 0 { write!(out, "  {cell:<width$}") } else { write!(out, "  {cell:>width$}") };
        }
        out.push('\n');
    }
    out
}

/// `76118` as `76,118`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let threes: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    threes.join(",")
}

fn percent(part: u64, whole: u64) -> String {
    let tenths = (part * 1000 + whole / 2).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn millis(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([grouped(7), grouped(999), grouped(1000), grouped(76_118)], ["7", "999", "1,000", "76,118"]);
        assert_eq!([percent(55_634, 76_118), percent(1, 1), percent(0, 0)], ["73.1 %", "100.0 %", "0.0 %"]);
        assert_eq!(millis(Duration::from_micros(1_234)), "1.234");
    }
}
