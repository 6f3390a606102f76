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

use crate::cache::{Cache, Inner};
use crate::key::KeyText;
use crate::store::StoreResult;

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How many keys one try removes.
const BATCH: usize = 500;
/// How long one try may take: longer than a caller would wait, and for a sweep long enough for many keys.
const TRY_TIMEOUT: Duration = Duration::from_secs(2);
const SWEEP_TIMEOUT: Duration = Duration::from_secs(60);

/// What is still to be removed.
pub(crate) struct Recovery {
    most: usize,
    // Mirrors what is pending, so that a read with nothing pending costs one load.
    pending: AtomicUsize,
    running: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Key and the turn at which it was last asked for: a try removes it only if no newer one came.
    keys: HashMap<KeyText, u64>,
    /// Sweeps, by what they remove.
    sweeps: HashMap<Sweep, u64>,
    turn: u64,
}

/// A set of entries to remove.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sweep {
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
            state: Mutex::default(),
        }
    }

    /// Whether this key must not be read from the store now.
    pub(crate) fn covers(&self, cache: &Cache, key: &KeyText) -> bool {
        if self.pending.load(Ordering::Acquire) == 0 {
            return false;
        }
        self.start(cache);
        let state = self.lock();
        // Which entries a sweep concerns is not known without reading them.
        !state.sweeps.is_empty() || state.keys.contains_key(key)
    }

    /// How many invalidations wait.
    pub(crate) fn len(&self) -> usize {
        self.pending.load(Ordering::Acquire)
    }

    /// Keeps keys whose removal failed. Past the limit the keys become one sweep of everything.
    pub(crate) fn keep_keys(&self, cache: &Cache, keys: &[KeyText]) {
        let mut state = self.lock();
        let new = keys.iter().filter(|key| !state.keys.contains_key(*key)).count();
        if state.keys.len() + new > self.most {
            counter!("cache_recovery_overflows_total", "cache" => cache.0.name.clone()).increment(1);
            tracing::error!(
                cache = %cache.0.name, limit = self.most,
                "too many invalidations wait for the store: all entries will be removed when it returns"
            );
            state.keys.clear();
            state.add_sweep(Sweep::All);
        } else {
            state.turn += 1;
            let turn = state.turn;
            state.keys.extend(keys.iter().map(|key| (key.clone(), turn)));
        }
        self.changed(cache, &state);
        drop(state);
        self.start(cache);
    }

    /// Keeps a sweep that failed.
    pub(crate) fn keep_sweep(&self, cache: &Cache, sweep: Sweep) {
        let mut state = self.lock();
        state.add_sweep(sweep);
        self.changed(cache, &state);
        drop(state);
        self.start(cache);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, cache: &Cache, state: &State) {
        let pending = state.keys.len() + state.sweeps.len();
        self.pending.store(pending, Ordering::Release);
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
        gauge!("cache_recovery_pending", "cache" => cache.0.name.clone()).set(pending as f64);
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
                tokio::time::sleep(pause).await;
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
        let (keys, sweeps) = {
            let state = self.lock();
            let keys: Vec<(KeyText, u64)> =
                state.keys.iter().take(BATCH).map(|(key, turn)| (key.clone(), *turn)).collect();
            let sweeps: Vec<(Sweep, u64)> = state.sweeps.iter().map(|(sweep, turn)| (sweep.clone(), *turn)).collect();
            (keys, sweeps)
        };
        let mut progress = false;
        let names: Vec<KeyText> = keys.iter().map(|(key, _)| key.clone()).collect();
        if !names.is_empty() && landed(TRY_TIMEOUT, cache.0.store.remove(&names)).await {
            progress = true;
            let mut state = self.lock();
            for (key, turn) in keys {
                if state.keys.get(&key) == Some(&turn) {
                    state.keys.remove(&key);
                }
            }
            self.changed(cache, &state);
        }
        for (sweep, turn) in sweeps {
            if landed(SWEEP_TIMEOUT, cache.sweep_store(&sweep)).await {
                progress = true;
                let mut state = self.lock();
                if state.sweeps.get(&sweep) == Some(&turn) {
                    state.sweeps.remove(&sweep);
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
    fn add_sweep(&mut self, sweep: Sweep) {
        self.turn += 1;
        self.sweeps.insert(sweep, self.turn);
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
