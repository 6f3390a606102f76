//! Annotated functions.

use std::sync::Arc;
use std::time::Duration;

use cache_runtime::{Cache, CacheKey, cached};
use uuid::Uuid;

use super::number;
use crate::value::{Blob, User, load};

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

/// In both, as a service would have it that hands its cache around.
#[cached(resource = "tiered", key(id), cache = cache, ttl = "1h", local = "10m")]
pub(crate) async fn tiered(cache: &Cache, id: u64) -> Arc<User> {
    Arc::new(load(id).await)
}

/// With a body that takes a while.
#[cached(resource = "slow", key(id), ttl = "1h")]
pub(crate) async fn slow(id: u64, body: Duration) -> User {
    tokio::time::sleep(body).await;
    load(id).await
}

/// A value of any size, in Redis.
#[cached(resource = "blob", key(size, id), ttl = "1h")]
pub(crate) async fn blob(size: usize, id: u64) -> Blob {
    Blob::new(size, id)
}

/// A value of any size, in the local tier.
#[cached(resource = "held-blob", key(size, id), ttl = "1h", local = "1h")]
pub(crate) async fn held_blob(size: usize, id: u64) -> Arc<Blob> {
    Arc::new(Blob::new(size, id))
}

/// Two functions whose entries have these tags, in Redis and in the local tier.
macro_rules! tagged {
    ($stored:ident $held:ident $resource:tt $held_resource:tt [$($tag:tt)*]) => {
        #[cached(resource = $resource, key(id), ttl = "1h", tags($($tag),*))]
        pub(crate) async fn $stored(id: u64) -> User {
            load(id).await
        }

        #[cached(resource = $held_resource, key(id), ttl = "1h", local = "1h", tags($($tag),*))]
        pub(crate) async fn $held(id: u64) -> Arc<User> {
            Arc::new(load(id).await)
        }
    };
}

tagged!(tags_1 held_tags_1 "tags-1" "held-tags-1" ["a"]);
tagged!(tags_2 held_tags_2 "tags-2" "held-tags-2" ["a" "b"]);
tagged!(tags_4 held_tags_4 "tags-4" "held-tags-4" ["a" "b" "c" "d"]);
tagged!(tags_8 held_tags_8 "tags-8" "held-tags-8" ["a" "b" "c" "d" "e" "f" "g" "h"]);
tagged!(tags_16 held_tags_16 "tags-16" "held-tags-16"
    ["a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p"]);

/// For direct calls.
#[derive(Clone, CacheKey)]
#[cache(resource = "direct", value = User, ttl = "1h")]
pub(crate) struct UserKey {
    pub(crate) id: u64,
}
