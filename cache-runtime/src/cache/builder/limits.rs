//! How much of everything there may be, and when the store is left alone.

use std::time::Duration;

use super::CacheBuilder;

impl CacheBuilder {
    /// How many bodies of one resource run at once in this process while the store is away; the others wait for one to end,
    /// for the `wait_timeout` at most. Default: no limit; at least 1.
    pub fn fallback_limit(mut self, bodies: u32) -> Self {
        self.fallback_limit = Some(bodies);
        self
    }

    /// The largest encoded value that is stored, in bytes; a larger one is returned, counted and not cached. Default 8 MiB;
    /// from 1 to 512 MiB (the server's own limit).
    pub fn max_value_bytes(mut self, bytes: u64) -> Self {
        self.max_value_bytes = bytes;
        self
    }

    /// Compresses values of more than `bytes` encoded bytes with zlib, where that makes them smaller. They are then no longer
    /// readable with `redis-cli`. Default: never. Readers of any setting read both, if they have the feature `compress`.
    #[cfg(feature = "compress")]
    pub fn compress_above(mut self, bytes: usize) -> Self {
        self.compress_above = Some(bytes);
        self
    }

    /// How many entries the embedded store holds at most. Default 100,000; at least 1.
    pub fn memory_entries(mut self, entries: u64) -> Self {
        self.memory.entries = entries;
        self
    }

    /// How many bytes of keys, values and overhead the embedded store holds at most. Default 64 MiB; at least 4 KiB.
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory.bytes = bytes;
        self
    }

    /// How many decoded values the local tier holds at most. Default 10,000; at least 1. What is held there, and for how long,
    /// says `local = ".."` of a function or key, or [`Policy::local`](crate::Policy::local).
    pub fn local_entries(mut self, entries: u64) -> Self {
        self.local.entries = entries;
        self
    }

    /// How many bytes of keys, values (as they are encoded) and overhead the local tier holds at most. Default 64 MiB; at
    /// least 1.
    pub fn local_bytes(mut self, bytes: u64) -> Self {
        self.local.bytes = bytes;
        self
    }

    /// How long the local tier serves what it holds without a sign of life from the server that tells of changes: the longest
    /// time for which another process's write can stay unseen. A heartbeat is sent four times as often. Default 1 s; from 50 ms
    /// to 1 min.
    pub fn local_bound(mut self, bound: Duration) -> Self {
        self.local.bound = bound;
        self
    }

    /// How many invalidations that did not reach the store are kept for another try. When more fail, this process stops
    /// reading the store until it could invalidate every entry under its prefix. Default 10,000; at least 1.
    pub fn max_pending_invalidations(mut self, keys: u64) -> Self {
        self.max_pending = keys;
        self
    }

    /// The share of failed calls, and of slow ones, in the breaker's window from which it opens. Default 0.5 and 0.8; more
    /// than 0, at most 1.
    pub fn breaker_rates(mut self, failed: f64, slow: f64) -> Self {
        self.breaker.failure_rate = failed;
        self.breaker.slow_rate = slow;
        self
    }

    /// From which duration a call counts as slow. Default 40 ms; more than zero.
    pub fn breaker_slow_call(mut self, slow: Duration) -> Self {
        self.breaker.slow_call = slow;
        self
    }

    /// How many calls the window must hold before the breaker decides. Default 5; at least 1.
    pub fn breaker_min_calls(mut self, calls: u32) -> Self {
        self.breaker.min_calls = calls;
        self
    }

    /// The length of the breaker's rolling window. Default 10 s; more than zero.
    pub fn breaker_window(mut self, window: Duration) -> Self {
        self.breaker.window = window;
        self
    }

    /// How long the breaker stays open before it lets probes through. Default 1 s; more than zero.
    pub fn breaker_open_for(mut self, open_for: Duration) -> Self {
        self.breaker.open_for = open_for;
        self
    }

    /// How many probes run at once, and how many must succeed before the breaker closes. Default 3; at least 1.
    pub fn breaker_probes(mut self, probes: u32) -> Self {
        self.breaker.probes = probes;
        self
    }

    /// How many bodies run in the background at once. Where there is no room a value that is due is served without being
    /// renewed, and bodies with timeouts run in their callers. Default 256; at least 1.
    pub fn background_limit(mut self, bodies: u32) -> Self {
        self.background_limit = bodies;
        self
    }
}
