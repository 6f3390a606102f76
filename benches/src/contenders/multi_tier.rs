//! `multi-tier-cache`: Redis alone, and moka in front of it. Values lie as JSON in both.

use std::sync::Arc;
use std::time::Duration;

use multi_tier_cache::{
    CacheManager, CacheStrategy, CacheSystemBuilder, MokaCache, MokaCacheConfig, RedisCache, TierConfig,
};

use crate::value::{User, load};

#[derive(Clone)]
pub(crate) struct MultiTier(Arc<CacheManager>);

impl MultiTier {
    /// One tier, Redis.
    pub(crate) async fn in_redis(url: &str) -> Result<Self, String> {
        let redis = RedisCache::with_url(url).await.map_err(|error| error.to_string())?;
        let builder = CacheSystemBuilder::new().with_tier(Arc::new(redis), TierConfig::as_l1());
        let system = builder.build().await.map_err(|error| error.to_string())?;
        Ok(Self(Arc::clone(system.cache_manager())))
    }

    /// Two tiers, with room for so many in the first.
    pub(crate) async fn tiered(url: &str, entries: u64) -> Result<Self, String> {
        let config = MokaCacheConfig { max_capacity: entries, ..MokaCacheConfig::default() };
        let front = MokaCache::new(config).map_err(|error| error.to_string())?;
        let back = RedisCache::with_url(url).await.map_err(|error| error.to_string())?;
        let builder = CacheSystemBuilder::new().with_l1(Arc::new(front)).with_l2(Arc::new(back));
        let system = builder.build().await.map_err(|error| error.to_string())?;
        Ok(Self(Arc::clone(system.cache_manager())))
    }

    pub(crate) async fn user(&self, id: u64) -> User {
        let key = format!("multi-tier:user:{id}");
        let strategy = CacheStrategy::Custom(Duration::from_secs(3600));
        let found = self.0.get_or_compute_typed(&key, strategy, || async { Ok(load(id).await) }).await;
        found.unwrap_or_else(|_| crate::value::user(id))
    }

    /// With a body that takes a while.
    pub(crate) async fn slow(&self, id: u64, body: Duration) -> User {
        let key = format!("multi-tier:slow:{id}");
        let strategy = CacheStrategy::Custom(Duration::from_secs(3600));
        let load = || async {
            tokio::time::sleep(body).await;
            Ok(load(id).await)
        };
        self.0.get_or_compute_typed(&key, strategy, load).await.unwrap_or_else(|_| crate::value::user(id))
    }
}
