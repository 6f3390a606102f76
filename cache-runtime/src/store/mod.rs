//! Where entries live: bytes by key.

mod asked;
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::time::Duration;

#[cfg(feature = "redis")]
pub(crate) use self::asked::{Ask, Claim};
pub(crate) use self::asked::{Invalidation, Registration, Removed, Tracked};
pub(crate) use self::memory::{MemoryLimits, MemoryStore};
#[cfg(feature = "redis")]
#[allow(unused_imports, reason = "named where a feature is off")]
pub(crate) use self::redis::Endpoint;
#[cfg(feature = "cluster")]
pub(crate) use self::redis::parse_cluster;
#[cfg(feature = "sentinel")]
pub(crate) use self::redis::parse_sentinel;
#[cfg(feature = "redis")]
pub(crate) use self::redis::{RedisStore, parse_url};
use crate::error::ErrorKind;
use crate::key::KeyText;
use crate::outcome::Level;
use crate::wire::Payload;

/// Why an operation of a store failed, with the server's error code where it sent one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreError {
    pub kind: ErrorKind,
    pub code: &'static str,
}

impl StoreError {
    #[cfg(feature = "redis")]
    pub(crate) const fn new(kind: ErrorKind) -> Self {
        Self { kind, code: "" }
    }
}

pub(crate) type StoreResult<T> = Result<T, StoreError>;

/// Which entries a sweep removes, by key and bytes.
pub(crate) type Matcher<'a> = &'a (dyn Fn(&str, &[u8]) -> bool + Send + Sync);

/// A store. An enum and not a trait object: the set is closed, and the memory store answers without a future.
pub(crate) enum Store {
    Memory(MemoryStore),
    #[cfg(feature = "redis")]
    Redis(RedisStore),
}

impl Store {
    pub(crate) const fn level(&self) -> Level {
        match self {
            Self::Memory(_) => Level::Memory,
            #[cfg(feature = "redis")]
            Self::Redis(_) => Level::Redis,
        }
    }

    /// Whether operations leave the process, so that they need a timeout and the breaker.
    pub(crate) const fn is_remote(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            #[cfg(feature = "redis")]
            Self::Redis(_) => true,
        }
    }

    pub(crate) async fn get(&self, key: &KeyText) -> StoreResult<Option<Payload>> {
        match self {
            Self::Memory(store) => Ok(store.get(key)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.get(key).await,
        }
    }

    /// Reads an entry that may be held in this process from then on.
    pub(crate) async fn get_tracked(&self, key: &KeyText) -> StoreResult<Option<Tracked>> {
        match self {
            Self::Memory(store) => Ok(store.get_tracked(key)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.get_tracked(key).await,
        }
    }

    pub(crate) async fn get_many(&self, keys: &[KeyText]) -> StoreResult<Vec<Option<Payload>>> {
        match self {
            Self::Memory(store) => Ok(keys.iter().map(|key| store.get(key)).collect()),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.get_many(keys).await,
        }
    }

    /// Removes values and leases, and says which versions are registered.
    pub(crate) async fn invalidate(&self, what: &Invalidation<'_>) -> StoreResult<Removed> {
        match self {
            Self::Memory(store) => Ok(store.invalidate(what)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.invalidate(what).await,
        }
    }

    /// Removes entries and refuses fills until the guard is lifted or its ttl is over; says which versions are registered.
    pub(crate) async fn guard(
        &self,
        keys: &[KeyText],
        registers: &[KeyText],
        token: &str,
        ttl: Duration,
    ) -> StoreResult<Removed> {
        match self {
            Self::Memory(store) => {
                let _ = registers;
                Ok(store.guard(keys, token, ttl))
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.guard(keys, registers, token, ttl).await,
        }
    }

    /// Removes the entry if it still holds these bytes.
    pub(crate) async fn remove_same(&self, key: &KeyText, bytes: &Payload) -> StoreResult<bool> {
        match self {
            Self::Memory(store) => Ok(store.remove_same(key, bytes)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.remove_same(key, bytes).await,
        }
    }

    /// Removes the entries that match, of all keys that begin with `prefix`; says how many.
    pub(crate) async fn sweep(&self, prefix: &str, matches: Matcher<'_>) -> StoreResult<u64> {
        match self {
            Self::Memory(store) => Ok(store.sweep(prefix, matches)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.sweep(prefix, matches).await,
        }
    }

    pub(crate) async fn ping(&self) -> StoreResult<()> {
        match self {
            Self::Memory(_) => Ok(()),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.ping().await,
        }
    }
}
