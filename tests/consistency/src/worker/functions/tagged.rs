//! Entries with tags: one that the key tells, and one that only the value tells.

use cache_runtime::{CacheKey, cached, invalidates};

use super::{Entry, raise};
use crate::register::{Source, SourceError};

/// In one tier.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "tagged", value = Entry, ttl = "60s", tags("group:{group}", "owner:{value.owner}"))]
pub(super) struct TaggedKey {
    group: u16,
    id: u16,
}

/// In both tiers.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "tagged-near", value = Entry, ttl = "60s", tags("group:{group}", "owner:{value.owner}"))]
pub(super) struct NearKey {
    group: u16,
    id: u16,
}

/// In both tiers, and served after its expiry.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "mixed", value = Entry, ttl = "200ms", tags("group:{group}", "owner:{value.owner}"))]
pub(super) struct MixedKey {
    group: u16,
    id: u16,
}

/// Mostly not kept, so that those who wait are all that a load serves.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "declined", value = Entry, ttl = "60s", tags("group:{group}", "owner:{value.owner}"))]
pub(super) struct DeclinedKey {
    group: u16,
    id: u16,
}

#[cached(TaggedKey { group, id })]
pub(super) async fn read(source: &Source, group: u16, id: u16) -> Result<Entry, SourceError> {
    let version = source.read(id).await?;
    Ok(Entry::new(source, id, version))
}

#[cached(NearKey { group, id }, local = "2s")]
pub(super) async fn read_near(source: &Source, group: u16, id: u16) -> Result<Entry, SourceError> {
    let version = source.read(id).await?;
    Ok(Entry::new(source, id, version))
}

#[cached(MixedKey { group, id }, local = "2s", stale_while_revalidate = "2s", stale_if_error = "20s")]
pub(super) async fn read_mixed(source: &Source, group: u16, id: u16) -> Result<Entry, SourceError> {
    let version = source.flaky(id).await?;
    Ok(Entry::new(source, id, version))
}

#[cached(DeclinedKey { group, id }, cache_if = ret.version % 8 == 0)]
pub(super) async fn read_declined(source: &Source, group: u16, id: u16) -> Result<Entry, SourceError> {
    let version = source.slow(id).await?;
    Ok(Entry::new(source, id, version))
}

#[invalidates(TaggedKey { group, id })]
pub(super) async fn write(source: &Source, group: u16, id: u16) -> Result<u32, SourceError> {
    source.write(id).await
}

#[invalidates(NearKey { group, id })]
pub(super) async fn write_near(source: &Source, group: u16, id: u16) -> Result<u32, SourceError> {
    source.write(id).await
}

#[invalidates(MixedKey { group, id })]
pub(super) async fn write_mixed(source: &Source, group: u16, id: u16) -> Result<u32, SourceError> {
    source.write(id).await
}

#[invalidates(DeclinedKey { group, id })]
pub(super) async fn write_declined(source: &Source, group: u16, id: u16) -> Result<u32, SourceError> {
    source.write(id).await
}

/// Writes entries of a group, and invalidates all of it.
///
/// # Errors
///
/// The register's; then nothing is invalidated.
#[invalidates(tag("group:{group}"))]
pub(in crate::worker) async fn write_group(
    source: &Source,
    group: u16,
    ids: &[u16],
) -> Result<Vec<(u16, u32)>, SourceError> {
    let _ = group;
    raise(source, ids).await
}

/// Writes entries of an owner, and invalidates all of them.
///
/// # Errors
///
/// The register's; then nothing is invalidated.
#[invalidates(tag("owner:{owner}"))]
pub(in crate::worker) async fn write_owner(
    source: &Source,
    owner: u16,
    ids: &[u16],
) -> Result<Vec<(u16, u32)>, SourceError> {
    let _ = owner;
    raise(source, ids).await
}
