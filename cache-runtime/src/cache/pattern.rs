//! Removing keys of others, by a pattern.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

use super::Cache;
use crate::error::{CacheError, ErrorKind, Operation};
use crate::store::{Glob, STEP, StoreError, StoreResult};
use crate::telemetry::{self, VoidReason};

/// How long one command may take: a walk takes its time, a silent store does not get it.
const SILENCE: Duration = Duration::from_secs(5);

type Progress<'a> = Box<dyn FnMut(&PatternReport) + Send + 'a>;

/// What a removal by pattern has done, at its end or so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatternReport {
    /// How many keys were looked at. A server does not tell: it is asked to look at 500 at a time, and that is what counts.
    pub scanned: u64,
    /// How many keys were removed.
    pub removed: u64,
    /// Whether every key that matched from the beginning to the end is gone. `false` where the limit or the time was reached
    /// first, or slots of a Cluster kept moving.
    pub complete: bool,
}

/// A removal by pattern that is begun by `.await`: [`Cache::invalidate_pattern`].
#[must_use = "nothing is removed before it is awaited"]
pub struct InvalidatePattern<'a> {
    cache: Cache,
    pattern: String,
    limit: u64,
    deadline: Duration,
    everything: bool,
    progress: Option<Progress<'a>>,
}

impl Cache {
    /// Removes the keys that match a pattern, of whatever type and whoever wrote them. For keys of this framework there are
    /// [`invalidate`](Self::invalidate), [`invalidate_tag`](Self::invalidate_tag) and
    /// [`invalidate_resource`](Self::invalidate_resource), which cost one round trip; this one walks all keys of the store.
    ///
    /// The pattern is that of `SCAN .. MATCH`, and of whole keys as they stand in the store, byte by byte: this cache's prefix is not
    /// added. `*` stands for any text, `?` for one byte, `[a-z]` and `[^a-z]` for one byte in or out of a set, and `\` makes the
    /// character after it stand for itself.
    ///
    /// On a server it is `SCAN` in steps of 500, and `UNLINK`; never `KEYS`. On a Cluster all masters are walked. It stops after
    /// [`limit`](InvalidatePattern::limit) keys, 100,000 by default, or when the [`deadline`](InvalidatePattern::deadline), one minute by
    /// default, is over; it can be dropped at any time. A key that is written while it walks may stay.
    ///
    /// Entries, leases and guards of this framework may match. That is as safe as invalidating them by name: what is being loaded is
    /// not stored. What this cache knows of versions and tags (`{prefix}:versions:..`, `{prefix}:stamps`) is left alone; do not match
    /// that of a cache with another prefix, which may then not reach entries of its other versions.
    ///
    /// ```
    /// # use cache_runtime::Cache;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cache_runtime::CacheError> {
    /// # let cache = Cache::builder().build()?;
    /// let report = cache
    ///     .invalidate_pattern("legacy:session:*")
    ///     .limit(50_000)
    ///     .on_progress(|so_far| println!("{} removed", so_far.removed))
    ///     .await?;
    /// assert!(report.complete);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pattern`] for a pattern that is empty or made of `*` and `?` alone, unless
    /// [`everything`](InvalidatePattern::everything) says that it is meant; and the store's. What was removed before an error stays
    /// removed. It is not tried again: call it again.
    pub fn invalidate_pattern<'a>(&self, pattern: impl Into<String>) -> InvalidatePattern<'a> {
        InvalidatePattern {
            cache: self.clone(),
            pattern: pattern.into(),
            limit: 100_000,
            deadline: Duration::from_secs(60),
            everything: false,
            progress: None,
        }
    }
}

impl<'a> InvalidatePattern<'a> {
    /// How many keys are removed at most. Default 100,000.
    pub fn limit(mut self, keys: u64) -> Self {
        self.limit = keys;
        self
    }

    /// After which time it stops, between two steps. Default one minute.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = after;
        self
    }

    /// Allows a pattern that names nothing in particular, such as `*`: every key in the store's database, whoever wrote it.
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    /// Is told after each step what was done so far. Default: nobody.
    pub fn on_progress(mut self, told: impl FnMut(&PatternReport) + Send + 'a) -> Self {
        self.progress = Some(Box::new(told));
        self
    }

    async fn run(mut self) -> Result<PatternReport, CacheError> {
        let glob = Glob::new(&self.pattern);
        self.check(&glob)?;
        let cache = self.cache.clone();
        // A store that is away is noticed by its usual timeout.
        cache.ask(Operation::Ping, &mut cache.budget(), cache.0.store.ping()).await?;
        let void = || {
            cache.void_where(|key| glob.matches(key.as_bytes()));
            // All of it: what matches may be gone from the store and still be held here.
            cache.0.local.void_all(VoidReason::Own);
        };
        // As with every invalidation, what loads before it is not stored after it.
        void();
        let mut budget = cache.budget_of(self.deadline.saturating_add(SILENCE * 3));
        let done = cache.ask(Operation::Sweep, &mut budget, self.remove(&glob)).await;
        void();
        cache.count_pattern(done.is_ok());
        done
    }

    fn check(&self, glob: &Glob) -> Result<(), CacheError> {
        let refused = |why: &'static str| Err(CacheError::new(Operation::Sweep, ErrorKind::Pattern).with_detail(why));
        if self.pattern.is_empty() {
            return refused("it is empty; write the keys to remove, such as `user:*`");
        }
        if glob.is_everything() && !self.everything {
            return refused(
                "it names no keys in particular; write more of them, such as `user:*`, or add `.everything()`",
            );
        }
        Ok(())
    }

    async fn remove(&mut self, glob: &Glob) -> StoreResult<PatternReport> {
        let ends = Instant::now() + self.deadline.min(Duration::from_secs(365 * 24 * 3600));
        let cache = self.cache.clone();
        let store = &cache.0.store;
        let mut report = PatternReport::default();
        let mut walk = answered(store.walk(glob)).await?;
        while report.removed < self.limit && Instant::now() < ends {
            let Some(met) = answered(store.step(&mut walk, &self.pattern)).await? else {
                report.complete = walk.met_all();
                break;
            };
            report.scanned += met.scanned;
            let left = self.unlink(met.keys, &mut report).await?;
            if let Some(told) = &mut self.progress {
                told(&report);
            }
            if left {
                break;
            }
            tokio::task::yield_now().await;
        }
        Ok(report)
    }

    /// Removes keys in batches, to the limit. Says whether some are left.
    async fn unlink(&mut self, mut keys: Vec<Vec<u8>>, report: &mut PatternReport) -> StoreResult<bool> {
        keys.retain(|key| !self.cache.is_register(key));
        let mut keys = keys.as_slice();
        while !keys.is_empty() && report.removed < self.limit {
            let room = usize::try_from(self.limit - report.removed).unwrap_or(usize::MAX);
            let (batch, rest) = keys.split_at(keys.len().min(room).min(STEP));
            report.removed += answered(self.cache.0.store.unlink(batch)).await?;
            keys = rest;
        }
        Ok(!keys.is_empty())
    }
}

impl Cache {
    /// What this cache knows of its entries, and is no entry.
    fn is_register(&self, key: &[u8]) -> bool {
        let own = key.strip_prefix(self.0.settings.prefix.as_bytes());
        own.is_some_and(|own| own.starts_with(b":versions:") || own == b":stamps")
    }

    fn count_pattern(&self, done: bool) {
        if done {
            self.0.counts.invalidations.add();
        }
        telemetry::invalidation(&self.0.name, "", if done { "done" } else { "failed" });
    }
}

async fn answered<T>(asked: impl Future<Output = StoreResult<T>>) -> StoreResult<T> {
    let done = tokio::time::timeout(SILENCE, asked).await;
    done.unwrap_or(Err(StoreError { kind: ErrorKind::Timeout, code: "" }))
}

impl<'a> IntoFuture for InvalidatePattern<'a> {
    type Output = Result<PatternReport, CacheError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Not the pattern: it can hold personal data.
impl fmt::Debug for InvalidatePattern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidatePattern")
            .field("limit", &self.limit)
            .field("deadline", &self.deadline)
            .field("everything", &self.everything)
            .finish_non_exhaustive()
    }
}
