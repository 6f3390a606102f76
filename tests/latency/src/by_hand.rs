//! Cache-aside as it is written without this library.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands as _, Client, RedisResult};

use crate::item::{Item, body};

const TTL_SECONDS: u64 = 3600;

/// One multiplexed connection, which reconnects.
#[derive(Clone)]
pub(crate) struct ByHand(ConnectionManager);

impl ByHand {
    /// With that response timeout, or the one that redis-rs has.
    pub(crate) async fn connect(url: &str, timeout: Option<Duration>) -> RedisResult<Self> {
        let mut config = ConnectionManagerConfig::new();
        if timeout.is_some() {
            config = config.set_response_timeout(timeout);
        }
        ConnectionManager::new_with_config(Client::open(url)?, config).await.map(Self)
    }

    /// The item, and whether the server had it. After an error nothing is stored, so that one call waits once.
    pub(crate) async fn get(&self, id: u64) -> (Item, bool) {
        let key = format!("by-hand:item:{id}");
        let mut connection = self.0.clone();
        let found: RedisResult<Option<Vec<u8>>> = connection.get(&key).await;
        match found {
            Ok(Some(bytes)) => match serde_json::from_slice(&bytes) {
                Ok(item) => (item, true),
                Err(_) => (body(id), false),
            },
            Ok(None) => {
                let item = body(id);
                if let Ok(bytes) = serde_json::to_vec(&item) {
                    let _: RedisResult<()> = connection.pset_ex(&key, bytes, TTL_SECONDS * 1000).await;
                }
                (item, false)
            }
            Err(_) => (body(id), false),
        }
    }
}
