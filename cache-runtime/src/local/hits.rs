//! How many hits the tier served: counted by each thread for itself, and told to the recorder of metrics in the background.
//!
//! A recorder's counter is one number that all threads write to; asked for and raised at each hit it would cost more than the
//! hit.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::runtime::Handle;

use super::terms::Terms;
use crate::telemetry::{self, Name};

/// How late the recorder is told at most.
const LAG: Duration = Duration::from_millis(50);

/// After so many looks without a hit nobody looks any more, until the next one.
const QUIET: u32 = 10;

/// Threads beyond these share counts.
const SHARDS: usize = 16;

/// The counts of one cache.
pub(super) struct Hits {
    name: Name,
    resources: RwLock<HashMap<&'static str, Arc<Series>>>,
    /// Whether a task tells the recorder.
    told: Arc<AtomicBool>,
}

/// The hits of one resource.
pub(crate) struct Series {
    name: Name,
    resource: &'static str,
    shards: [Shard; SHARDS],
    reported: AtomicU64,
    told: Arc<AtomicBool>,
    all: Weak<Hits>,
    /// On what the last entry was held.
    pub(super) last: Mutex<Weak<Terms>>,
}

/// Alone on its cache lines, so that threads do not wait for each other.
#[derive(Default)]
#[repr(align(128))]
struct Shard(AtomicU64);

/// Raised by more than one thread.
const COMMON: usize = SHARDS - 1;

thread_local! {
    static MINE: Mine = const { Mine(Cell::new(NONE)) };
}

impl Hits {
    pub(super) fn new(name: &Name) -> Arc<Self> {
        Arc::new(Self { name: name.clone(), resources: RwLock::default(), told: Arc::default() })
    }

    /// Those of a resource.
    pub(super) fn of(self: &Arc<Self>, resource: &'static str) -> Arc<Series> {
        let known = self.resources.read().unwrap_or_else(PoisonError::into_inner).get(resource).cloned();
        known.unwrap_or_else(|| {
            let mut resources = self.resources.write().unwrap_or_else(PoisonError::into_inner);
            let new = || {
                let (name, told, all) = (self.name.clone(), Arc::clone(&self.told), Arc::downgrade(self));
                Arc::new(Series {
                    name,
                    resource,
                    shards: Default::default(),
                    reported: AtomicU64::new(0),
                    told,
                    all,
                    last: Mutex::default(),
                })
            };
            Arc::clone(resources.entry(resource).or_insert_with(new))
        })
    }

    /// All of them.
    pub(super) fn total(&self) -> u64 {
        self.resources.read().unwrap_or_else(PoisonError::into_inner).values().map(|series| series.total()).sum()
    }

    /// Tells the recorder what came since the last time. Says whether anything did.
    pub(super) fn tell(&self) -> bool {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        resources.values().fold(false, |told, series| series.tell() | told)
    }

    /// From now on the recorder is told, for as long as there are hits.
    #[cold]
    fn begin(self: &Arc<Self>) {
        if self.told.swap(true, Ordering::SeqCst) {
            return;
        }
        let telling = Telling(Arc::downgrade(self));
        // Without a runtime each hit is told at once.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            let mut quiet = 0;
            while quiet < QUIET {
                tokio::time::sleep(LAG).await;
                let Some(hits) = telling.0.upgrade() else { return };
                quiet = if hits.tell() { 0 } else { quiet + 1 };
            }
            let hits = telling.0.clone();
            drop(telling);
            // A thread may have counted one just then, and have seen no end yet.
            tokio::time::sleep(LAG).await;
            if let Some(hits) = hits.upgrade() {
                hits.tell();
            }
        });
    }
}

/// Dropped when nobody tells any more, also when a runtime ended under it.
struct Telling(Weak<Hits>);

impl Drop for Telling {
    fn drop(&mut self) {
        if let Some(hits) = self.0.upgrade() {
            // A hit is counted before it looks here: either it is told now, or soon, or it begins anew.
            hits.told.store(false, Ordering::SeqCst);
            hits.tell();
        }
    }
}

impl Drop for Hits {
    fn drop(&mut self) {
        self.tell();
    }
}

impl Series {
    /// One more.
    pub(crate) fn add(&self) {
        self.add_on(mine());
    }

    /// One more, on the count of this thread.
    #[inline(always)]
    pub(super) fn add_on(&self, mine: usize) {
        match &self.shards[mine % SHARDS].0 {
            common if mine == COMMON => drop(common.fetch_add(1, Ordering::SeqCst)),
            // Nobody else writes to it, and a locked instruction is a good part of a hit.
            own => own.store(own.load(Ordering::Relaxed) + 1, Ordering::Release),
        }
        if !self.told.load(Ordering::SeqCst) {
            self.begin();
        }
        telemetry::local_hit_event(&self.name, self.resource);
    }

    #[cold]
    fn begin(&self) {
        if let Some(all) = self.all.upgrade() {
            all.begin();
        }
    }

    fn total(&self) -> u64 {
        self.shards.iter().map(|shard| shard.0.load(Ordering::SeqCst)).sum()
    }

    fn tell(&self) -> bool {
        let total = self.total();
        // Two may tell at the same time.
        let before = self.reported.fetch_max(total, Ordering::SeqCst);
        if total > before {
            telemetry::local_hits(&self.name, self.resource, total - before);
        }
        total > before
    }
}

/// Which count this thread raises: one that no other living thread does, or the last one, which all others share.
struct Mine(Cell<usize>);

/// Not known yet.
const NONE: usize = usize::MAX;

/// Counts that threads which ended gave back.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// Which count this thread raises.
pub(super) fn mine() -> usize {
    MINE.try_with(Mine::get).unwrap_or(COMMON)
}

impl Mine {
    fn get(&self) -> usize {
        let mine = self.0.get();
        if mine == NONE { self.choose() } else { mine }
    }

    #[cold]
    fn choose(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mine = free.unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed).min(COMMON));
        self.0.set(mine);
        mine
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        if self.0.get() < COMMON {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self.0.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_of_all_threads_are_counted_once() {
        let hits = Hits::new(&"test".into());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| hits.of("user").add()));
            }
        });
        assert_eq!(hits.total(), 4_000);
        assert!(!hits.tell(), "without a runtime they are told at once");
    }

    #[tokio::test(start_paused = true)]
    async fn the_recorder_is_told_a_little_later() {
        let hits = Hits::new(&"test".into());
        let series = hits.of("user");
        series.add();
        assert_eq!(series.reported.load(Ordering::SeqCst), 0);
        tokio::time::sleep(LAG * 2).await;
        assert_eq!(series.reported.load(Ordering::SeqCst), 1);
        tokio::time::sleep(LAG * (QUIET + 2)).await;
        assert!(!hits.told.load(Ordering::SeqCst), "the task ends when there are no hits");
        series.add();
        assert!(hits.told.load(Ordering::SeqCst), "and begins with the next one");
    }

    #[test]
    fn a_runtime_that_ends_takes_no_hits_with_it() {
        let hits = Hits::new(&"test".into());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async { hits.of("user").add() });
        drop(runtime);
        assert!(!hits.told.load(Ordering::SeqCst));
        assert!(!hits.tell(), "told when the task was dropped");
    }
}
