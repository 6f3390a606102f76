//! Invalidations that did not reach the store.
//!
//! They are kept, newest per key, and tried again until they land; meanwhile this process does not read those keys from the
//! store. A process that dies before they land leaves the old entries to their ttl.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use metrics::{counter, gauge};
use tokio::sync::Notify;

use crate::cache::{Cache, Inner, Removal, Then};
use crate::error::Operation;
use crate::key::Unversioned;
use crate::store::StoreResult;
use crate::switch::{Mechanism, without};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How many entries one try removes.
const BATCH: usize = 500;
/// How long one try may take: longer than a caller would wait.
const TRY_TIMEOUT: Duration = Duration::from_secs(2);

/// What is still to be removed.
pub(crate) struct Recovery {
    most: usize,
    // Mirrors what is pending, so that a read with nothing pending costs one load.
    pending: AtomicUsize,
    running: AtomicBool,
    /// A connection was made, or somebody waits for the end.
    wake: Arc<Notify>,
    /// Nothing waits any more.
    settled: Notify,
    state: Mutex<State>,
}

#[derive(Clone)]
struct Kept {
    removal: Removal,
    /// For how long nothing is to be filled once it has landed.
    fence: Option<Duration>,
    turn: u64,
}

#[derive(Default)]
struct State {
    /// Entries and the turn at which each was last asked for: a try removes it only if no newer one came.
    entries: HashMap<Unversioned, Kept>,
    /// Sets, by what they remove.
    sets: HashMap<Set, u64>,
    turn: u64,
}

/// A set of entries to remove.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    All,
    Resource(String),
    Tag(String),
}

impl Recovery {
    pub(crate) fn new(most: u64) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            pending: AtomicUsize::new(0),
            running: AtomicBool::new(false),
            wake: Arc::default(),
            settled: Notify::new(),
            state: Mutex::default(),
        }
    }

    /// Whether this entry must not be read from the store now.
    pub(crate) fn covers(&self, cache: &Cache, entry: &Unversioned) -> bool {
        if self.pending.load(Ordering::Acquire) == 0 {
            return false;
        }
        self.start(cache);
        if without(Mechanism::RecoveryReads) {
            return false;
        }
        let state = self.lock();
        // Which entries a set concerns is not known without reading them.
        !state.sets.is_empty() || state.entries.contains_key(entry)
    }

    /// Told when a connection is made: what waits is tried at once.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server is connected to"))]
    pub(crate) fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Returns when nothing waits any more.
    pub(crate) async fn settled(&self, cache: &Cache) {
        loop {
            let settled = self.settled.notified();
            if self.len() == 0 {
                return;
            }
            self.start(cache);
            self.wake.notify_one();
            settled.await;
        }
    }

    /// How many invalidations wait.
    pub(crate) fn len(&self) -> usize {
        self.pending.load(Ordering::Acquire)
    }

    /// Keeps entries whose removal failed. Past the limit they become one set of everything.
    pub(crate) fn keep(&self, cache: &Cache, removals: &[Removal], fence: Option<Duration>) {
        if without(Mechanism::Recovery) {
            return;
        }
        let mut state = self.lock();
        let new = removals.iter().filter(|removal| !state.entries.contains_key(&removal.unversioned)).count();
        if state.entries.len() + new > self.most {
            counter!("cache_recovery_overflows_total", "cache" => cache.0.name.label()).increment(1);
            tracing::error!(
                cache = %cache.0.name, limit = self.most,
                "too many invalidations wait for the store: all entries will be removed when it returns"
            );
            state.entries.clear();
            state.add_set(Set::All);
        } else {
            state.turn += 1;
            let turn = state.turn;
            for removal in removals {
                let before = state.entries.get(&removal.unversioned).and_then(|kept| kept.fence);
                let kept = Kept { removal: removal.clone(), fence: fence.max(before), turn };
                state.entries.insert(removal.unversioned.clone(), kept);
            }
        }
        self.changed(cache, &state);
        drop(state);
        self.start(cache);
    }

    /// Keeps a set that failed.
    pub(crate) fn keep_set(&self, cache: &Cache, set: Set) {
        let mut state = self.lock();
        state.add_set(set);
        self.changed(cache, &state);
        drop(state);
        self.start(cache);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, cache: &Cache, state: &State) {
        let pending = state.entries.len() + state.sets.len();
        self.pending.store(pending, Ordering::Release);
        if pending == 0 {
            self.settled.notify_waiters();
        }
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
        gauge!("cache_recovery_pending", "cache" => cache.0.name.label()).set(pending as f64);
    }

    /// Starts the task that tries again, unless it runs. It ends when nothing is pending or the cache is gone.
    fn start(&self, cache: &Cache) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if self.running.swap(true, Ordering::AcqRel) {
            return;
        }
        let running = Running(Arc::downgrade(&cache.0));
        runtime.spawn(async move {
            let running = running;
            let mut pause = FIRST_PAUSE;
            loop {
                let Some(wake) = running.0.upgrade().map(|inner| inner.recovery.wake.clone()) else { return };
                let _ = tokio::time::timeout(pause, wake.notified()).await;
                let Some(inner) = running.0.upgrade() else { return };
                let cache = Cache(inner);
                pause = if cache.0.recovery.round(&cache).await { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
                if cache.0.recovery.is_finished() {
                    return;
                }
            }
        });
    }

    /// Whether the task may end. What was added between the look and the mark keeps it going.
    fn is_finished(&self) -> bool {
        if self.len() > 0 {
            return false;
        }
        self.running.store(false, Ordering::Release);
        self.len() == 0 || self.running.swap(true, Ordering::AcqRel)
    }

    /// One try. Says whether it got somewhere.
    async fn round(&self, cache: &Cache) -> bool {
        let (entries, sets) = {
            let state = self.lock();
            let entries: Vec<Kept> = state.entries.values().take(BATCH).cloned().collect();
            let sets: Vec<(Set, u64)> = state.sets.iter().map(|(set, turn)| (set.clone(), *turn)).collect();
            (entries, sets)
        };
        let mut progress = false;
        // A fence that is longer than an entry asked for costs loads, and a shorter one a stale value.
        let fence = entries.iter().filter_map(|kept| kept.fence).max();
        let (removals, turns): (Vec<Removal>, Vec<u64>) =
            entries.into_iter().map(|kept| (kept.removal, kept.turn)).unzip();
        let then = Then { lift: None, fence };
        if !removals.is_empty()
            && landed(TRY_TIMEOUT, cache.faulty(Operation::Invalidate, cache.remove_in_store(&removals, then))).await
        {
            progress = true;
            let mut state = self.lock();
            for (removal, turn) in removals.iter().zip(turns) {
                if state.entries.get(&removal.unversioned).is_some_and(|kept| kept.turn == turn) {
                    state.entries.remove(&removal.unversioned);
                }
            }
            self.changed(cache, &state);
        }
        for (set, turn) in sets {
            if landed(TRY_TIMEOUT, cache.faulty(Operation::Invalidate, cache.stamp_in_store(&set))).await {
                progress = true;
                let mut state = self.lock();
                if state.sets.get(&set) == Some(&turn) {
                    state.sets.remove(&set);
                }
                self.changed(cache, &state);
            }
        }
        progress
    }
}

async fn landed<T>(longest: Duration, removed: impl Future<Output = StoreResult<T>>) -> bool {
    matches!(tokio::time::timeout(longest, removed).await, Ok(Ok(_)))
}

impl State {
    fn add_set(&mut self, set: Set) {
        self.turn += 1;
        self.sets.insert(set, self.turn);
    }
}

/// A task that is dropped with its runtime leaves the mark clear, so that the next failure or read starts another.
struct Running(Weak<Inner>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(inner) = self.0.upgrade()
            && inner.recovery.len() > 0
        {
            inner.recovery.running.store(false, Ordering::Release);
        }
    }
}
