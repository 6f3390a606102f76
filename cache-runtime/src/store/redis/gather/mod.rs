//! Reads that share a command: while several callers read at once, their keys go to the server as one `MGET`.
//!
//! Nobody waits for a command that is under way. The first who asks has a task sent to the end of the runtime's queue, and what
//! callers before it in the queue ask for meanwhile goes with it: the busier the process is, the more. On an idle one a read
//! goes at once. And each is sent after its caller asked, so it sees every invalidation that has returned before.

mod batch;
mod size;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use self::batch::Due;
use self::size::Size;
use super::connect::{Connection, Slot};
use crate::key::KeyText;
use crate::store::StoreResult;
use crate::wire::Payload;

/// So many at once read alone: they gain nothing from each other.
const ALONE: usize = 2;

/// The reads of one connection.
#[derive(Default)]
pub(super) struct Gather {
    /// How many callers read, until they have their answer in hands.
    reading: AtomicUsize,
    /// Whether the server refused to serve several at once.
    off: AtomicBool,
    size: Size,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    /// Whether a task is about to take them. While somebody waits there is one.
    due: bool,
}

struct Waiting {
    key: KeyText,
    answer: oneshot::Sender<StoreResult<Option<Payload>>>,
}

/// One caller that reads.
pub(super) struct Reading<'a> {
    gather: &'a Gather,
    at_once: usize,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.gather.reading.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gather {
    pub(super) fn begin(&self) -> Reading<'_> {
        Reading { gather: self, at_once: self.reading.fetch_add(1, Ordering::Relaxed) + 1 }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading<'_> {
    /// Whether this read should share a command with others.
    pub(super) fn shares(&self) -> bool {
        self.at_once > ALONE && !self.gather.off.load(Ordering::Relaxed) && self.gather.size.is_small()
    }

    /// Reads together with others. `None` where that came to nothing, and the caller is to ask alone.
    pub(super) async fn shared(
        &self,
        connection: &Arc<Connection>,
        slot: &Slot,
        key: &KeyText,
    ) -> Option<StoreResult<Option<Payload>>> {
        let (answer, wait) = oneshot::channel();
        let due = {
            let mut state = self.gather.lock();
            state.waiting.push(Waiting { key: key.clone(), answer });
            std::mem::replace(&mut state.due, true)
        };
        if !due {
            // A task of its own: whoever waits can be dropped at any time, or be left without being polled.
            Due::new(connection, slot).spawn();
        }
        wait.await.ok()
    }

    /// What values take is learned from each.
    pub(super) fn learn(&self, bytes: usize) {
        self.gather.size.learn(bytes);
    }
}
