//! One plain read.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ::redis::RedisResult;

use super::Lane;
use super::spot::{Reply, Spot};
use crate::store::redis::words::Words as _;

/// A read that was sent. It is used again: [`send`](Self::send) begins the next one.
#[derive(Default)]
pub(in crate::store::redis) struct Reading {
    spot: Arc<Spot>,
    /// Open as long as the answer is waited for.
    lane: Option<Arc<Lane>>,
}

impl Reading {
    /// Sends a `GET`.
    pub(in crate::store::redis) fn send(&mut self, lane: &Arc<Lane>, key: &str) {
        // Whoever has a share in the old one puts an answer there that nobody waits for.
        match Arc::get_mut(&mut self.spot) {
            Some(spot) => spot.clear(),
            None => self.spot = Arc::default(),
        }
        lane.queue.send(&self.spot, |out| {
            out.extend_from_slice(b"*2\r\n$3\r\nGET\r\n");
            out.text(key);
        });
        self.lane = Some(Arc::clone(lane));
    }

    /// What is under the key. Not to be polled again once it is ready.
    pub(in crate::store::redis) fn poll(&self, context: &Context<'_>) -> Poll<RedisResult<Option<Vec<u8>>>> {
        let reply = ready!(self.spot.poll(context));
        Poll::Ready(reply.and_then(Reply::bytes))
    }

    /// The answer is not waited for any more.
    pub(in crate::store::redis) fn end(&mut self) {
        self.lane = None;
    }
}
