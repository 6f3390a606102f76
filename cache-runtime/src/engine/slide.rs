//! Entries whose life begins anew with each hit.

use std::time::Duration;

use super::lookup::Asking;
use crate::cache::Cache;
use crate::clock::millis;
use crate::key::KeyText;
use crate::store::Store;
use crate::wire::{Facts, Payload};

/// A life is prolonged when this share of it is over, so that many hits in a row cost one command.
const SHARE: u32 = 10;

impl Asking<'_> {
    /// To which life a hit is to be prolonged, where its policy says so: the whole ttl.
    pub(super) fn slide(&self, facts: Facts, left: Option<Duration>) -> Option<Duration> {
        if self.lookup.policy().sliding != Some(true) {
            return None;
        }
        let (left, expires, created) = (left?, facts.expires?, facts.created?);
        let ttl = Duration::from_millis(expires.saturating_sub(created));
        let whole = ttl.saturating_add(Duration::from_millis(facts.grace));
        let over = millis(whole.saturating_sub(left)) >= millis(ttl / SHARE).max(1);
        over.then_some(whole)
    }

    pub(super) fn prolong(&self, bytes: &Payload, whole: Duration) {
        prolong(&self.lookup.cache, &self.subject.located.key, bytes, whole);
    }
}

/// In a task of its own where it takes time: the hit does not wait for it, and one that fails is made good by the next.
fn prolong(cache: &Cache, key: &KeyText, bytes: &Payload, whole: Duration) {
    match &cache.0.store {
        Store::Memory(store) => store.prolong(key, bytes, whole),
        #[cfg(feature = "redis")]
        Store::Redis(_) => {
            let (cache, key, bytes) = (cache.clone(), key.clone(), Payload::clone(bytes));
            let of = cache.clone();
            let Some(leave) = of.0.background.enter() else { return };
            drop(of.spawn(
                leave,
                Box::pin(async move {
                    if let Store::Redis(store) = &cache.0.store {
                        let asked = store.renew(&key, &bytes, whole);
                        let _ = cache.ask(crate::error::Operation::Claim, &mut cache.budget(), asked).await;
                    }
                }),
            ));
        }
    }
}
