//! Annotated functions.

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{CacheKey, cached};
use uuid::Uuid;

use super::number;
use crate::value::{User, load};

/// In the local tier, behind an `Arc`.
#[cached(resource = "held", key(id), ttl = "1h", local = "1h")]
pub(crate) async fn held(id: u64) -> Arc<User> {
    Arc::new(load(id).await)
}

/// The same, by tenant and UUID.
#[cached(resource = "held-member", key(id), tenant = org, ttl = "1h", local = "1h")]
pub(crate) async fn held_member(org: u64, id: Uuid) -> Arc<User> {
    Arc::new(load(number(id)).await)
}

/// In Redis alone.
#[cached(resource = "stored", key(id), ttl = "1h")]
pub(crate) async fn stored(id: u64) -> User {
    load(id).await
}

/// The same, by tenant and UUID.
#[cached(resource = "stored-member", key(id), tenant = org, ttl = "1h")]
pub(crate) async fn stored_member(org: u64, id: Uuid) -> User {
    load(number(id)).await
}

/// In both, as a service would have it.
#[cached(resource = "tiered", key(id), ttl = "1h", local = "10m")]
pub(crate) async fn tiered(id: u64) -> Arc<User> {
    Arc::new(load(id).await)
}

/// With a body that takes a while.
#[cached(resource = "slow", key(id), ttl = "1h")]
pub(crate) async fn slow(id: u64, body: Duration) -> User {
    tokio::time::sleep(body).await;
    load(id).await
}

/// For direct calls.
#[derive(Clone, CacheKey)]
#[cache(resource = "direct", value = User, ttl = "1h")]
pub(crate) struct UserKey {
    pub(crate) id: u64,
}
