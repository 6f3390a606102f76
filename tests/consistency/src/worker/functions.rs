//! What a user would write.

use cache_runtime::{CacheKey, cached, invalidates};
use serde::{Deserialize, Serialize};

use crate::clock::{Nanos, now};
use crate::register::{Source, SourceError};

/// The value, and where it comes from, to find out how an old one got into the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Whose version.
    pub key: u16,
    /// What the register held.
    pub version: u32,
    /// The process that asked it.
    pub loader: u16,
    /// When it had answered.
    pub loaded: Nanos,
}

/// Of an entry. The ttl is long: nothing old goes away by itself.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "entry", value = Entry, ttl = "60s", version = 1)]
pub(super) struct EntryKey {
    /// Of the register.
    pub id: u16,
}

/// Reads a version, through the cache.
///
/// # Errors
///
/// The register's.
#[cached(EntryKey { id })]
pub(super) async fn read(source: &Source, id: u16) -> Result<Entry, SourceError> {
    let version = source.read(id).await?;
    Ok(Entry { key: id, version, loader: source.process(), loaded: now() })
}

/// Writes a new version, and removes the old one from the cache.
///
/// # Errors
///
/// The register's.
#[invalidates(EntryKey { id })]
pub(super) async fn write(source: &Source, id: u16) -> Result<u32, SourceError> {
    source.write(id).await
}
