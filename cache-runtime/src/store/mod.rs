//! Where entries live: bytes by key.

mod asked;
mod glob;
mod memory;
mod pattern;
#[cfg(feature = "redis")]
mod redis;

#[cfg(feature = "redis")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "redis")]
pub(crate) use self::asked::{Ask, Claim, Fill, Looked};
pub(crate) use self::asked::{Invalidation, Registration, Removed};
pub(crate) use self::glob::Glob;
pub(crate) use self::memory::{MemoryLimits, MemoryStore};
pub(crate) use self::pattern::STEP;
#[cfg(feature = "redis")]
#[allow(unused_imports, reason = "named where a feature is off")]
pub(crate) use self::redis::Endpoint;
#[cfg(feature = "cluster")]
pub(crate) use self::redis::parse_cluster;
#[cfg(feature = "sentinel")]
pub(crate) use self::redis::parse_sentinel;
#[cfg(feature = "redis")]
pub(crate) use self::redis::{
    Asker, Filling, Get, GetOrClaim, GetTracked, Question, RedisStore, Together, TogetherAnswer, parse_url,
};
#[cfg(feature = "redis")]
pub(crate) use self::redis::{Begun, Solo, SoloAnswer};
use crate::error::ErrorKind;
use crate::key::KeyText;
use crate::local::Tether;
use crate::outcome::Level;
use crate::tags::{Known, Stamps};
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

/// An entry as it lies in a store.
pub(crate) struct Stored {
    pub bytes: Payload,
    /// What is left of its life there; `None` where that was not asked for, or it has no end.
    pub left: Option<Duration>,
    /// Who tells of changes from the read on. `None` where nobody does, or was not asked to: then nothing is held.
    pub tether: Option<Tether>,
}

/// What a read is to say of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Bytes,
    /// What is left of its life as well.
    Left,
    /// And who tells of changes.
    Tether,
}

/// A store. An enum and not a trait object: the set is closed, and the memory store answers without a future.
pub(crate) enum Store {
    Memory(MemoryStore),
    #[cfg(feature = "redis")]
    Redis(Arc<RedisStore>),
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

    /// An entry, with what is asked of it, and what is known of these names.
    pub(crate) async fn read(
        &self,
        key: &KeyText,
        asks: Asks,
        names: &[String],
    ) -> StoreResult<(Option<Stored>, Stamps)> {
        match self {
            Self::Memory(store) => {
                let _ = asks;
                let stamps = store.cells.read(names);
                Ok((store.read(key), stamps))
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => match asks {
                Asks::Tether => store.read_tracked(key, names).await,
                Asks::Left | Asks::Bytes => store.read(key, asks == Asks::Left, names).await,
            },
        }
    }

    pub(crate) async fn read_many(
        &self,
        keys: &[KeyText],
        names: &[String],
    ) -> StoreResult<(Vec<Option<Payload>>, Known)> {
        match self {
            Self::Memory(store) => {
                let stamps = store.cells.read_each(names);
                Ok((keys.iter().map(|key| store.get(key)).collect(), stamps))
            }
            #[cfg(feature = "redis")]
            Self::Redis(store) => tokio::try_join!(store.get_many(keys), store.stamps_each(names)),
        }
    }

    /// What is known of these names once an entry was read.
    pub(crate) async fn stamps(&self, names: &[String]) -> StoreResult<Stamps> {
        match self {
            Self::Memory(store) => Ok(store.cells.read(names)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.stamps_since_read(names).await,
        }
    }

    /// Invalidates every entry that one of these names concerns, and says at which time of the store's clock.
    pub(crate) async fn stamp(&self, names: &[String]) -> StoreResult<u64> {
        match self {
            Self::Memory(store) => Ok(store.cells.stamp(names)),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.stamp(names).await,
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

    pub(crate) async fn ping(&self) -> StoreResult<()> {
        match self {
            Self::Memory(_) => Ok(()),
            #[cfg(feature = "redis")]
            Self::Redis(store) => store.ping().await,
        }
    }
}
