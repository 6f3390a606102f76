//! One socket for redis-rs and for our own commands, which are written and read here.
//!
//! redis-rs makes the connection and reads what the server tells of changes. It is given a [`Stream`](stream::Stream) for its socket.
//! Ours are put between its commands, by whoever asks and without a task in between; of the answers, which come in the order of the
//! commands, those to ours go to who waits for them, and all else to redis-rs. So what the server tells of changes stays in order
//! with what is read: one connection. Decision 21.

mod ask;
mod commands;
mod connect;
mod extent;
mod inbox;
mod looks;
mod queue;
mod read;
mod read_all;
mod room;
mod socket;
mod spot;
mod stream;
mod value;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ::redis::aio::MultiplexedConnection;
use tokio::task::AbortHandle;

pub(super) use self::connect::connect;
use self::queue::Queue;
pub(super) use self::read::Reading;

/// A connection that we send on as well. It ends when the last of its owners is gone.
pub(crate) struct Lane {
    queue: Arc<Queue>,
    driver: AbortHandle,
    /// redis-rs leaves a connection that nobody has a share in.
    _share: MultiplexedConnection,
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
