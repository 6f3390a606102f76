//! `moka` itself, and moka in front of hand-written Redis: what teams glue together.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use moka::{future, sync};

use super::by_hand::ByHand;
use crate::value::{User, load};

/// With room for so many, and a time to live, as without one it cannot stand for a cache of database rows.
pub(crate) fn moka<K: Hash + Eq + Send + Sync + 'static>(entries: u64) -> sync::Cache<K, Arc<User>> {
    sync::Cache::builder().max_capacity(entries).time_to_live(Duration::from_secs(3600)).build()
}

/// Two tiers by hand. `get_with` lets one caller load.
#[derive(Clone)]
pub(crate) struct Glue {
    front: future::Cache<u64, Arc<User>>,
    back: ByHand,
}

impl Glue {
    pub(crate) fn new(entries: u64, back: ByHand) -> Self {
        let front = future::Cache::builder().max_capacity(entries).time_to_live(Duration::from_secs(600)).build();
        Self { front, back }
    }

    pub(crate) async fn user(&self, id: u64) -> Arc<User> {
        let load = async { Arc::new(self.back.through(format!("glue:user:{id}"), load(id)).await) };
        self.front.get_with(id, load).await
    }

    /// With a body that takes a while.
    pub(crate) async fn slow(&self, id: u64, body: Duration) -> Arc<User> {
        let body = async {
            tokio::time::sleep(body).await;
            load(id).await
        };
        let load = async { Arc::new(self.back.through(format!("glue:slow:{id}"), body).await) };
        self.front.get_with(id, load).await
    }
}
