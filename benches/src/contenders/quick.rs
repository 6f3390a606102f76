//! `quick_cache` itself, as the local tier uses it: bounded, with the locks of the standard library. The hasher is the one
//! that its default features bring.

use std::sync::Arc;

use foldhash::fast::RandomState;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::value::User;

pub(crate) type Quick<K> = Cache<K, Arc<User>, UnitWeighter, RandomState>;

/// With room for so many.
pub(crate) fn quick<K: std::hash::Hash + Eq>(entries: usize) -> Quick<K> {
    Cache::with(entries, entries as u64, UnitWeighter, RandomState::default(), DefaultLifecycle::default())
}
