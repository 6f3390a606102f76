//! `cached` 4.1: `#[concurrent_cached]` in memory, and with Redis.

use std::sync::Arc;
use std::time::Duration;

use cached::AsyncRedisCache;
use cached::macros::concurrent_cached;
use uuid::Uuid;

use super::number;
use crate::bench::URL;
use crate::value::{User, load};

/// In memory, bounded and with a time to live.
#[concurrent_cached(max_size = 10_000, ttl_secs = 3600)]
pub(crate) async fn held(id: u64) -> Arc<User> {
    Arc::new(load(id).await)
}

/// By tenant and UUID.
#[concurrent_cached(max_size = 10_000, ttl_secs = 3600)]
pub(crate) async fn held_member(org: u64, id: Uuid) -> Arc<User> {
    let _ = org;
    Arc::new(load(number(id)).await)
}

async fn store<K: std::fmt::Display + Send + Sync>(prefix: &str) -> AsyncRedisCache<K, User> {
    AsyncRedisCache::builder(prefix)
        .connection_string(URL.get().expect("the bench has begun"))
        .ttl(Duration::from_secs(3600))
        .build()
        .await
        .expect("the server is there")
}

/// In Redis.
#[concurrent_cached(
    ty = "AsyncRedisCache<u64, User>",
    create = r#"{ store("stored").await }"#,
    map_error = r#"|error| format!("{error}")"#
)]
pub(crate) async fn stored(id: u64) -> Result<User, String> {
    Ok(load(id).await)
}

/// In Redis, by tenant and UUID.
#[concurrent_cached(
    ty = "AsyncRedisCache<String, User>",
    create = r#"{ store("stored-member").await }"#,
    key = "String",
    convert = r#"{ format!("{org}:{id}") }"#,
    map_error = r#"|error| format!("{error}")"#
)]
pub(crate) async fn stored_member(org: u64, id: Uuid) -> Result<User, String> {
    let _ = org;
    Ok(load(number(id)).await)
}

/// In Redis, with a body that takes a while.
#[concurrent_cached(
    ty = "AsyncRedisCache<u64, User>",
    create = r#"{ store("slow").await }"#,
    key = "u64",
    convert = "{ id }",
    map_error = r#"|error| format!("{error}")"#
)]
pub(crate) async fn slow(id: u64, body: Duration) -> Result<User, String> {
    tokio::time::sleep(body).await;
    Ok(load(id).await)
}
