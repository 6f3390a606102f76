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
}

impl Window {
    pub(super) fn new(length: Duration, now: Instant) -> Self {
        let bucket = (length / 10).max(Duration::from_millis(1));
        Self { start: now, bucket, ring: [(0, Counts::default()); BUCKETS] }
    }

    pub(super) fn record(&mut self, now: Instant, failed: bool, slow: bool, calls: u32) {
        let turn = self.turn(now);
        let slot = &mut self.ring[slot_of(turn)];
        if slot.0 != turn {
            *slot = (turn, Counts::default());
        }
        slot.1.calls = slot.1.calls.saturating_add(calls);
        slot.1.failed = slot.1.failed.saturating_add(u32::from(failed) * calls);
        slot.1.slow = slot.1.slow.saturating_add(u32::from(slow) * calls);
    }

    pub(super) fn sums(&self, now: Instant) -> Counts {
        let turn = self.turn(now);
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
    }

    fn turn(&self, now: Instant) -> u64 {
        let turn = now.saturating_duration_since(self.start).as_nanos() / self.bucket.as_nanos();
        u64::try_from(turn).unwrap_or(u64::MAX)
    }
}

fn slot_of(turn: u64) -> usize {
    usize::try_from(turn % BUCKETS as u64).unwrap_or(0)
}
