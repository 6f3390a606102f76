//! The one clock of a run.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`.
pub type Nanos = u64;

/// One second.
pub const SECOND: Nanos = 1_000_000_000;

/// Now. Processes of one machine read the same clock, so that their times can be compared; `std::time::Instant` cannot be
/// sent to another process.
pub fn now() -> Nanos {
    let time = clock_gettime(ClockId::Monotonic);
    u64::try_from(time.tv_sec).unwrap_or(0) * SECOND + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Seconds since the start of the run, for people.
pub fn seconds(since: Nanos, at: Nanos) -> String {
    let sign = if at < since { "-" } else { "" };
    let distance = at.abs_diff(since);
    format!("{sign}{}.{:06}s", distance / SECOND, distance % SECOND / 1000)
}

#[cfg(test)]
mod tests {
    use super::{SECOND, now, seconds};

    #[test]
    fn time_goes_on() {
        let first = now();
        assert!(first > 0 && now() >= first);
    }

    #[test]
    fn times_are_shown_from_the_start() {
        assert_eq!(seconds(SECOND, 2 * SECOND + 34_567_000), "1.034567s");
        assert_eq!(seconds(2 * SECOND, SECOND), "-1.000000s");
    }
}
