//! A rolling window of call counts, in ten buckets.

use std::time::Duration;

use tokio::time::Instant;

const BUCKETS: usize = 10;

#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub calls: u32,
    pub failed: u32,
    pub slow: u32,
}

pub(super) struct Window {
    start: Instant,
    bucket: Duration,
    // Which turn of the ring each bucket holds; counts of an older turn are void.
    ring: [(u64, Counts); BUCKETS],
    /// From which turn on there are only good calls in the window.
    good_from: u64,
}

impl Window {
    pub(super) fn new(length: Duration, now: Instant) -> Self {
        let bucket = (length / 10).max(Duration::from_millis(1));
        Self { start: now, bucket, ring: [(0, Counts::default()); BUCKETS], good_from: 0 }
    }

    /// Says what there was in the window, if that is not good calls alone.
    pub(super) fn record(&mut self, now: Instant, failed: bool, slow: bool, calls: u32) -> Option<Counts> {
        let turn = self.turn(now);
        if failed || slow {
            self.good_from = turn.saturating_add(BUCKETS as u64);
        }
        let slot = &mut self.ring[slot_of(turn)];
        if slot.0 != turn {
            *slot = (turn, Counts::default());
        }
        slot.1.calls = slot.1.calls.saturating_add(calls);
        slot.1.failed = slot.1.failed.saturating_add(u32::from(failed) * calls);
        slot.1.slow = slot.1.slow.saturating_add(u32::from(slow) * calls);
        (turn < self.good_from).then(|| self.sums(turn))
    }

    fn sums(&self, turn: u64) -> Counts {
        let oldest = (turn + 1).saturating_sub(BUCKETS as u64);
        self.ring.iter().filter(|(at, _)| (oldest..=turn).contains(at)).fold(Counts::default(), |sum, (_, counts)| {
            Counts {
                calls: sum.calls.saturating_add(counts.calls),
                failed: sum.failed.saturating_add(counts.failed),
                slow: sum.slow.saturating_add(counts.slow),
            }
        })
    }

    pub(super) fn clear(&mut self, now: Instant) {
        self.start = now;
        self.ring = [(0, Counts::default()); BUCKETS];
        self.good_from = 0;
    }

    fn turn(&self, now: Instant) -> u64 {
        micros(now.saturating_duration_since(self.start)) / micros(self.bucket)
    }
}

/// In half the digits that `Duration` counts them in.
fn micros(time: Duration) -> u64 {
    time.as_secs().saturating_mul(1_000_000).saturating_add(u64::from(time.subsec_micros()))
}

fn slot_of(turn: u64) -> usize {
    usize::try_from(turn % BUCKETS as u64).unwrap_or(0)
}
