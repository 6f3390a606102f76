//! How many hits the tier served, by resource.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use foldhash::fast::RandomState;

use super::terms::Terms;
use crate::tally::{Tally, Tells, begin};
use crate::telemetry::{self, Name};

/// The counts of one cache.
pub(super) struct Hits {
    name: Name,
    resources: RwLock<HashMap<&'static str, Arc<Series>, RandomState>>,
    /// Whether a task tells the recorder.
    told: Arc<AtomicBool>,
}

/// The hits of one resource.
pub(crate) struct Series {
    name: Name,
    resource: &'static str,
    tally: Tally,
    told: Arc<AtomicBool>,
    all: Weak<Hits>,
    /// On what the last entry was held.
    pub(super) last: Mutex<Weak<Terms>>,
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
                Arc::new(Series { name, resource, tally: Tally::default(), told, all, last: Mutex::default() })
            };
            Arc::clone(resources.entry(resource).or_insert_with(new))
        })
    }

    /// All of them.
    pub(super) fn total(&self) -> u64 {
        self.resources.read().unwrap_or_else(PoisonError::into_inner).values().map(|series| series.tally.total()).sum()
    }
}

impl Tells for Hits {
    fn tell(&self) -> bool {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        resources.values().fold(false, |told, series| series.tell() | told)
    }

    fn is_told(&self) -> &AtomicBool {
        &self.told
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
        self.add_on(crate::tally::mine());
    }

    /// One more, on the count of this thread.
    #[inline(always)]
    pub(super) fn add_on(&self, mine: usize) {
        self.tally.add_on(mine);
        if !self.told.load(Ordering::SeqCst) {
            self.begin();
        }
        if telemetry::traces_hits() {
            self.trace();
        }
    }

    /// The last one on this thread was none.
    pub(crate) fn take_back(&self) {
        self.tally.take_back();
    }

    #[cold]
    fn trace(&self) {
        telemetry::local_hit_event(&self.name, self.resource);
    }

    #[cold]
    fn begin(&self) {
        if let Some(all) = self.all.upgrade() {
            begin(&all);
        }
    }

    fn tell(&self) -> bool {
        let news = self.tally.news();
        if news > 0 {
            telemetry::local_hits(&self.name, self.resource, news);
        }
        news > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::{LAG, QUIET};

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
        assert_eq!(series.tally.untold(), 1);
        tokio::time::sleep(LAG * 2).await;
        assert_eq!(series.tally.untold(), 0);
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
