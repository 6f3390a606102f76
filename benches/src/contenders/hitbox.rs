//! `hitbox-fn` 0.2 on moka, on Redis, and on both, with its own formats (JSON in moka, bincode in Redis).

use std::time::Duration;

use hitbox::policy::PolicyConfig;
use hitbox_fn::{Cache, cached};
use hitbox_moka::MokaBackend;
use hitbox_redis::{ConnectionMode, RedisBackend};

use crate::value::{User, load};

/// The same function for all backends.
#[cached(prefix = "user")]
pub(crate) async fn user(id: u64) -> User {
    load(id).await
}

pub(crate) type InMemory =
    Cache<MokaBackend, hitbox::concurrency::NoopConcurrencyManager, hitbox_core::DisabledOffload>;
pub(crate) type InRedis =
    Cache<RedisBackend, hitbox::concurrency::NoopConcurrencyManager, hitbox_core::DisabledOffload>;

fn policy() -> PolicyConfig {
    PolicyConfig::builder().ttl(Duration::from_secs(3600)).build()
}

pub(crate) fn in_memory(entries: u64) -> InMemory {
    Cache::builder().backend(MokaBackend::builder().max_entries(entries).build()).policy(policy()).build()
}

pub(crate) fn in_redis(url: &str) -> Result<InRedis, String> {
    let backend = RedisBackend::builder().connection(ConnectionMode::single(url)).build();
    Ok(Cache::builder().backend(backend.map_err(|error| error.to_string())?).policy(policy()).build())
}
