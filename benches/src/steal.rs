//! Whether this machine had its processors: a virtual one shares them with others, for seconds at a time.

use std::time::Instant;

/// A round is disturbed when other machines had more than this share of a processor.
const MOST: f64 = 0.02;

/// The kernel counts in these.
const TICKS_PER_SECOND: f64 = 100.0;

/// From here on.
pub(crate) struct Watch {
    began: Instant,
    /// Nothing where the kernel does not tell.
    stolen: Option<u64>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), stolen: stolen() }
    }

    /// Whether others had much of it until now.
    pub(crate) fn is_disturbed(&self) -> bool {
        let Some((before, after)) = self.stolen.zip(stolen()) else { return false };
        is_much(after.saturating_sub(before), self.began.elapsed().as_secs_f64())
    }
}

fn is_much(ticks: u64, seconds: f64) -> bool {
    // One tick may be the end of something that began earlier.
    ticks > 1 && ticks as f64 / TICKS_PER_SECOND > MOST * seconds
}

/// Ticks in which a processor was wanted and another machine had it, of all processors together.
fn stolen() -> Option<u64> {
    of(&std::fs::read_to_string("/proc/stat").ok()?)
}

fn of(stat: &str) -> Option<u64> {
    stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().nth(7)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{is_much, of};

    #[test]
    fn what_the_kernel_counts_is_read() {
        let stat = "cpu  230522 0 32899 120309 500 0 9684 15189 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
        assert_eq!(of(stat), Some(15_189));
        assert_eq!(of("cpu  1 2 3\n"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_fiftieth_is_much() {
        assert!(!is_much(2, 1.0));
        assert!(is_much(3, 1.0));
        assert!(!is_much(1, 0.1));
    }
}
