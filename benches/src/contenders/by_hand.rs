//! Cache-aside as it is written without a library: redis-rs on one multiplexed connection, `GET`, serde_json, `SET`.

use redis::AsyncCommands as _;
use redis::aio::MultiplexedConnection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::member;
use crate::value::{User, load};

const TTL_SECONDS: u64 = 3600;

#[derive(Clone)]
pub(crate) struct ByHand(MultiplexedConnection);

impl ByHand {
    /// With redis-rs's own settings.
    pub(crate) async fn connect(url: &str) -> Result<Self, String> {
        let client = redis::Client::open(url).map_err(|error| error.to_string())?;
        client.get_multiplexed_async_connection().await.map(Self).map_err(|error| error.to_string())
    }

    pub(crate) async fn user(&self, id: u64) -> User {
        self.through(format!("by-hand:user:{id}"), load(id)).await
    }

    pub(crate) async fn member(&self, id: u64) -> User {
        let (org, uuid) = member(id);
        self.through(format!("by-hand:tenant-{org}:member:{uuid}"), load(id)).await
    }

    /// The value under the key, else what the body makes, which is then stored. After an error of the server the body runs.
    pub(crate) async fn through<T: Serialize + DeserializeOwned>(
        &self,
        key: String,
        body: impl Future<Output = T>,
    ) -> T {
        let mut connection = self.0.clone();
        let found: Option<Vec<u8>> = connection.get(&key).await.unwrap_or_default();
        if let Some(value) = found.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return value;
        }
        let value = body.await;
        if let Ok(bytes) = serde_json::to_vec(&value) {
            let _: Result<(), _> = connection.set_ex(&key, bytes, TTL_SECONDS).await;
        }
        value
    }

    /// Several at once.
    pub(crate) async fn many(&self, ids: &[u64]) -> Vec<Option<User>> {
        let keys: Vec<String> = ids.iter().map(|id| format!("by-hand:user:{id}")).collect();
        let found: Vec<Option<Vec<u8>>> = self.0.clone().mget(&keys).await.unwrap_or_default();
        found.into_iter().map(|bytes| serde_json::from_slice(&bytes?).ok()).collect()
    }
}
