//! What is allowed.

use std::fmt;
use std::time::Duration;

use super::CacheBuilder;
use crate::error::CacheError;

impl CacheBuilder {
    pub(super) fn check(&self) -> Result<(), CacheError> {
        name("name", &self.name)?;
        name("prefix", &self.prefix)?;
        let (ms, minute, hour) = (Duration::from_millis(1), Duration::from_secs(60), Duration::from_secs(3600));
        within("operation_timeout", self.operation_timeout, ms, minute)?;
        within("connect_timeout", self.connect_timeout, ms, minute)?;
        within("wait_timeout", self.wait_timeout, ms, hour)?;
        within("lease_ttl", self.lease_ttl, ms * 100, minute * 5)?;
        within("fence", self.fence.unwrap_or(ms), ms, hour)?;
        within("shutdown_timeout", self.shutdown_timeout, ms, hour)?;
        within("fallback_limit", self.fallback_limit.unwrap_or(1), 1, u32::MAX)?;
        within("stale_throttle", self.stale_throttle, ms, hour)?;
        within("background_limit", self.background_limit, 1, u32::MAX)?;
        within("default_ttl", self.default_ttl, ms, Duration::MAX)?;
        within("breaker_window", self.breaker.window, ms, hour)?;
        within("breaker_open_for", self.breaker.open_for, ms, hour)?;
        within("breaker_slow_call", self.breaker.slow_call, ms, hour)?;
        within("max_value_bytes", self.max_value_bytes, 1, 512 << 20)?;
        within("memory_entries", self.memory.entries, 1, u64::MAX)?;
        within("memory_bytes", self.memory.bytes, 4096, u64::MAX)?;
        within("local_entries", self.local.entries, 1, u64::MAX)?;
        within("local_bytes", self.local.bytes, 1, u64::MAX)?;
        within("local_bound", self.local.bound, ms * 50, minute)?;
        within("max_pending_invalidations", self.max_pending, 1, u64::MAX)?;
        within("breaker_min_calls", self.breaker.min_calls, 1, u32::MAX)?;
        within("breaker_probes", self.breaker.probes, 1, u32::MAX)?;
        self.policy.mistake().map_or(Ok(()), |mistake| Err(CacheError::config(mistake)))?;
        rate("breaker_rates (failed)", self.breaker.failure_rate)?;
        rate("breaker_rates (slow)", self.breaker.slow_rate)
    }
}

fn name(setting: &str, text: &str) -> Result<(), CacheError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.len() <= 64 && text.chars().all(plain) {
        return Ok(());
    }
    Err(CacheError::config(format!("`{setting}` is {text:?}; allowed are 1 to 64 letters, digits, `-`, `_` and `.`")))
}

fn within<T: PartialOrd + fmt::Debug>(setting: &str, value: T, least: T, most: T) -> Result<(), CacheError> {
    if value >= least && value <= most {
        return Ok(());
    }
    Err(CacheError::config(format!("`{setting}` is {value:?}; allowed is {least:?} to {most:?}")))
}

fn rate(setting: &str, value: f64) -> Result<(), CacheError> {
    if value > 0.0 && value <= 1.0 {
        return Ok(());
    }
    Err(CacheError::config(format!("`{setting}` is {value}; allowed is more than 0, at most 1")))
}
