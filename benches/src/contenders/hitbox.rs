//! `hitbox-fn` 0.2 on moka, on Redis, and on both, with its own formats (JSON in moka, bincode in Redis).

use std::pin::Pin;
use std::time::Duration;

use hitbox::offload::{OffloadConfig, OffloadManager};
use hitbox::policy::PolicyConfig;
use hitbox_backend::composition::policy::RefillPolicy;
use hitbox_backend::composition::{Compose as _, CompositionPolicy};
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

/// The call through moka in front of Redis; what is found in Redis is put into moka.
pub(crate) fn tiered(
    url: &str,
    entries: u64,
) -> Result<impl Fn(u64) -> Pin<Box<dyn Future<Output = User> + Send>> + Clone + Send + Sync + 'static, String> {
    let redis = RedisBackend::builder().connection(ConnectionMode::single(url)).build();
    let redis = redis.map_err(|error| error.to_string())?;
    let refill = CompositionPolicy::new().refill(RefillPolicy::Always);
    let offload = OffloadManager::new(OffloadConfig::default());
    let both = MokaBackend::builder().max_entries(entries).build().compose_with(redis, offload, refill);
    let cache = Cache::builder().backend(both).policy(policy()).build();
    Ok(move |id| {
        let cache = cache.clone();
        let call: Pin<Box<dyn Future<Output = User> + Send>> = Box::pin(async move { user(id).cache(&cache).await });
        call
    })
}
