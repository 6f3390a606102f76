//! What an annotated write does once its body has succeeded.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::cache::{Cache, Removal, Replacement, Then};
use crate::key::Unversioned;
use crate::recovery::Set;

/// What is to be done, owned, so that it can go on in a task of its own.
#[derive(Default)]
pub(crate) struct Work {
    pub removals: Vec<Removal>,
    pub replacements: Vec<Replacement>,
    pub sets: Vec<Set>,
    /// The guard that ends with it.
    pub lift: Option<String>,
    /// For how long nothing is filled after it.
    pub fence: Option<Duration>,
}

impl Work {
    pub(crate) fn is_empty(&self) -> bool {
        self.removals.is_empty() && self.replacements.is_empty() && self.sets.is_empty()
    }

    /// Whether it concerns this entry, as far as that can be told without reading it.
    pub(crate) fn covers(&self, entry: &Unversioned) -> bool {
        !self.sets.is_empty()
            || self.removals.iter().any(|removal| removal.unversioned == *entry)
            || self.replacements.iter().any(|replacement| replacement.removal.unversioned == *entry)
    }

    /// What is left of it when its write failed: a guard ends. What was guarded was removed before the body, so that removing it
    /// again changes nothing.
    pub(crate) fn only_lifting(self) -> Option<Self> {
        let Self { removals, lift, .. } = self;
        Some(Self { removals, lift: Some(lift?), ..Self::default() })
    }

    /// Does it, one after the other, in a task of their own. Where no runtime is left to act in, it is kept for the next call
    /// that has one.
    pub(crate) fn spawn(all: Vec<(Cache, Self)>) -> Option<JoinHandle<()>> {
        if all.is_empty() {
            return None;
        }
        let Ok(runtime) = Handle::try_current() else {
            all.into_iter().for_each(|(cache, work)| work.defer(&cache));
            return None;
        };
        let running: Vec<_> = all.iter().map(|(cache, _)| cache.0.tasks.begin()).collect();
        Some(runtime.spawn(async move {
            for (cache, work) in all {
                work.act(&cache).await;
            }
            drop(running);
        }))
    }

    /// Failures are kept for another try and counted where they happen.
    async fn act(self, cache: &Cache) {
        let then = Then { lift: self.lift.as_deref(), fence: self.fence.or(cache.0.settings.fence) };
        let _ = cache.remove_then(&self.removals, then).await;
        let _ = cache.replace(&self.replacements).await;
        for set in self.sets {
            let _ = cache.invalidate_set(set).await;
        }
    }

    fn defer(self, cache: &Cache) {
        let replaced = self.replacements.into_iter().map(|replacement| replacement.removal);
        let removals: Vec<Removal> = self.removals.into_iter().chain(replaced).collect();
        cache.0.recovery.keep(cache, &removals, self.fence);
        for set in self.sets {
            cache.0.recovery.keep_set(cache, set);
        }
    }
}
