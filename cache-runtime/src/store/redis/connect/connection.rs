//! One connection that is in use.

use ::redis::{RedisError, RedisResult};
use tokio::time::Instant;

use super::Slot;
use crate::store::StoreResult;
use crate::store::redis::error::store_error;
use crate::store::redis::gather::Gathers;
use crate::store::redis::link::Link;
use crate::store::redis::plain::Plain;
#[cfg(feature = "sentinel")]
use crate::store::redis::sentinel::is_demoted;

/// A connection and which one it is, so that only the broken one is dropped.
pub(crate) struct Connection {
    pub link: Link,
    pub generation: u64,
    pub gathers: Gathers,
    pub plain: Plain,
}

impl Connection {
    pub(super) fn new(link: Link, generation: u64) -> Self {
        Self { link, generation, gathers: Gathers::default(), plain: Plain::default() }
    }
}

impl Slot {
    /// Notes what became of a command on the connection of this generation.
    pub(crate) fn settle<T>(&self, generation: u64, done: RedisResult<T>) -> StoreResult<T> {
        self.settle_at(generation, done, Instant::now())
    }

    /// The same of one that ended just now.
    pub(crate) fn settle_at<T>(&self, generation: u64, done: RedisResult<T>, now: Instant) -> StoreResult<T> {
        match done {
            Ok(value) => {
                self.0.answered(now);
                Ok(value)
            }
            Err(error) => {
                if self.is_lost(&error) {
                    self.broken(generation);
                }
                Err(store_error(&error))
            }
        }
    }

    /// Whether the connection is of no use after this error.
    fn is_lost(&self, error: &RedisError) -> bool {
        // A server that was the master and is a replica now: the sentinels know which one is.
        #[cfg(feature = "sentinel")]
        if self.is_elected() && is_demoted(error) {
            return true;
        }
        error.is_unrecoverable_error() || error.is_io_error()
    }
}
