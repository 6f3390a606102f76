//! One attempt to connect, and what became of it.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Connection, FIRST_PAUSE, LONGEST_PAUSE, Phase, Shared};
use crate::error::ErrorKind;
use crate::store::redis::error::store_error;
use crate::store::redis::link::Link;
use crate::store::{StoreError, StoreResult};

impl Shared {
    pub(super) async fn connect(&self) -> StoreResult<Link> {
        match tokio::time::timeout(
            self.endpoint.longest(self.timeout),
            self.endpoint.connect(self.timeout, &self.local),
        )
        .await
        {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(error)) => Err(store_error(&error)),
            Err(_) => Err(StoreError::new(ErrorKind::Timeout)),
        }
    }

    pub(super) fn connected(&self, generation: u64, connected: StoreResult<Link>) {
        let mut state = self.lock();
        if state.generation != generation {
            return;
        }
        match connected {
            Ok(link) => {
                tracing::debug!(server = ?self.endpoint, "connected to the cache's store");
                self.enter(&mut state, Phase::Ready(Arc::new(Connection::new(link, generation))));
                state.pause = FIRST_PAUSE;
                self.answered(Instant::now());
                self.connected.notify_one();
            }
            Err(error) => {
                tracing::debug!(server = ?self.endpoint, kind = error.kind.as_str(), code = error.code, "cannot connect");
                let until = Some(Instant::now() + state.pause);
                self.enter(&mut state, Phase::Down { until, error });
                state.pause = (state.pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
