//! Keys that are not to be filled now.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Millis;
use crate::key::KeyText;

/// Guards, by key: tokens and when they end.
#[derive(Default)]
pub(crate) struct Guards {
    // Mirrors the number of keys, so that a fill with no guard anywhere costs one load.
    count: AtomicUsize,
    keys: Mutex<HashMap<KeyText, Vec<(String, Millis)>>>,
}

impl Guards {
    pub(crate) fn set(&self, key: &KeyText, token: &str, ends: Millis, now: Millis) {
        let mut keys = self.lock();
        // Guards whose writers died are met here; a writer's own is lifted by it.
        keys.retain(|_, tokens| {
            tokens.retain(|(_, ends)| *ends > now);
            !tokens.is_empty()
        });
        keys.entry(key.clone()).or_default().push((token.to_owned(), ends));
        self.count.store(keys.len(), Ordering::SeqCst);
    }

    pub(crate) fn lift(&self, key: &KeyText, token: &str) {
        let mut keys = self.lock();
        if let Some(tokens) = keys.get_mut(key) {
            tokens.retain(|(set, _)| set != token);
            if tokens.is_empty() {
                keys.remove(key);
            }
        }
        self.count.store(keys.len(), Ordering::SeqCst);
    }

    pub(crate) fn stands(&self, key: &KeyText, now: Millis) -> bool {
        if self.count.load(Ordering::SeqCst) == 0 {
            return false;
        }
        self.lock().get(key).is_some_and(|tokens| tokens.iter().any(|(_, ends)| *ends > now))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyText, Vec<(String, Millis)>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
