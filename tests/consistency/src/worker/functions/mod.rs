//! What a user would write: a read for each [`Way`], and the writes that invalidate what it stores.

mod keyed;
mod tagged;

use cache_runtime::Cache;
use serde::{Deserialize, Serialize};

use crate::clock::{Nanos, now};
use crate::register::{Source, SourceError};
use crate::way::{Way, group, owner};

pub(super) use self::tagged::{write_group, write_owner};

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
    /// For a tag that only the value tells.
    pub owner: u16,
}

impl Entry {
    fn new(source: &Source, key: u16, version: u32) -> Self {
        Self { key, version, loader: source.process(), loaded: now(), owner: owner(key) }
    }
}

/// Reads a version, through the cache.
///
/// # Errors
///
/// The register's.
pub(super) async fn read(way: Way, source: &Source, id: u16) -> Result<Entry, SourceError> {
    match way {
        Way::Plain => keyed::plain::read(source, id).await,
        Way::Local => keyed::near::read(source, id).await,
        Way::Beside => keyed::beside(source, id).await,
        Way::Tagged => tagged::read(source, group(id), id).await,
        Way::TaggedLocal => tagged::read_near(source, group(id), id).await,
        Way::Mixed => tagged::read_mixed(source, group(id), id).await,
        Way::Declined => tagged::read_declined(source, group(id), id).await,
        Way::Revalidated => keyed::revalidated::read(source, id).await,
        Way::IfError => keyed::if_error::read(source, id).await,
        Way::Soft => keyed::soft::read(source, id).await,
        Way::Ahead => keyed::ahead::read(source, id).await,
        Way::Probabilistic => keyed::probabilistic::read(source, id).await,
        Way::Jittered => keyed::jittered::read(source, id).await,
        Way::Sliding => keyed::sliding::read(source, id).await,
    }
}

/// Writes a new version, and removes the old one from the cache.
///
/// # Errors
///
/// The register's.
pub(super) async fn write(way: Way, source: &Source, id: u16) -> Result<u32, SourceError> {
    match way {
        Way::Plain => keyed::plain::write(source, id).await,
        Way::Local | Way::Beside => keyed::near::write(source, id).await,
        Way::Tagged => tagged::write(source, group(id), id).await,
        Way::TaggedLocal => tagged::write_near(source, group(id), id).await,
        Way::Mixed => tagged::write_mixed(source, group(id), id).await,
        Way::Declined => tagged::write_declined(source, group(id), id).await,
        Way::Revalidated => keyed::revalidated::write(source, id).await,
        Way::IfError => keyed::if_error::write(source, id).await,
        Way::Soft => keyed::soft::write(source, id).await,
        Way::Ahead => keyed::ahead::write(source, id).await,
        Way::Probabilistic => keyed::probabilistic::write(source, id).await,
        Way::Jittered => keyed::jittered::write(source, id).await,
        Way::Sliding => keyed::sliding::write(source, id).await,
    }
}

/// Raises versions, one after the other.
async fn raise(source: &Source, ids: &[u16]) -> Result<Vec<(u16, u32)>, SourceError> {
    let mut raised = Vec::new();
    for id in ids {
        raised.push((*id, source.write(*id).await?));
    }
    Ok(raised)
}

/// Writes new versions, and invalidates their whole resource, which is one with tags, or everything.
///
/// # Errors
///
/// The register's. An invalidation that does not reach the store is tried again.
pub(super) async fn write_all(
    way: Option<Way>,
    cache: &Cache,
    source: &Source,
    ids: &[u16],
) -> Result<Vec<(u16, u32)>, SourceError> {
    let raised = raise(source, ids).await?;
    let _ = match way {
        Some(Way::Tagged) => cache.invalidate_resource::<tagged::TaggedKey>().await,
        Some(Way::TaggedLocal) => cache.invalidate_resource::<tagged::NearKey>().await,
        Some(Way::Mixed) => cache.invalidate_resource::<tagged::MixedKey>().await,
        Some(Way::Declined) => cache.invalidate_resource::<tagged::DeclinedKey>().await,
        _ => cache.clear().await,
    };
    Ok(raised)
}
