//! Reads that share a command: while several callers read at once, their keys go to the server as one `MGET`.
//!
//! Nobody waits for a command that is under way. Keys are sent as soon as half of those who read wait together, so that one half
//! is at the server while the other is worked on; or, if that does not come about, by a task that was sent to the end of the
//! runtime's queue when the first of them asked: the busier the process, the more go together. On an idle one a read goes at
//! once. And each is sent after its caller asked, so it sees every invalidation that has returned before.

mod batch;
mod due;
mod size;
mod watch;

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use self::batch::Batch;
use self::due::Due;
use self::size::Size;
use super::connect::{Connection, Slot};
use crate::error::Operation;
use crate::key::KeyText;
use crate::store::{StoreError, StoreResult};

/// So many at once read alone: they gain nothing from each other.
const ALONE: usize = 12;

/// So many are worth a command before the runtime's queue has come round.
const WORTH: usize = 2;

/// Who asks the store: knows for how long, and counts.
pub(crate) trait Asker: Clone + Send + Sync + 'static {
    /// The longest that a read takes.
    fn longest(&self) -> Duration;

    /// Runs one operation on behalf of so many callers, for no longer than this, and says how long it took.
    fn ask_for<T: Send>(
        &self,
        callers: usize,
        within: Duration,
        operation: Operation,
        asked: impl Future<Output = StoreResult<T>> + Send,
    ) -> impl Future<Output = (StoreResult<T>, Duration)> + Send;
}

/// What one of the callers gets: the bytes, and how long the command took.
pub(crate) type Answer = (StoreResult<Option<Vec<u8>>>, Duration);

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
    /// Counts the commands: whoever waits while it does not change waits for the same one.
    turn: u64,
    /// Whether a task is about to take those who wait. While somebody waits there is one.
    due: bool,
    /// Whether it is seen to that nobody waits too long.
    watched: bool,
}

struct Waiting {
    key: KeyText,
    answer: oneshot::Sender<Answer>,
}

/// One caller that reads together with others.
pub(crate) struct Joined {
    connection: Arc<Connection>,
    wait: oneshot::Receiver<Answer>,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.connection.gather.reading.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Joined {
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// `None` where it is to be asked for alone.
    pub(super) async fn answer(&mut self) -> Option<Answer> {
        (&mut self.wait).await.ok()
    }
}

impl Connection {
    /// Reads together with others.
    pub(super) fn join<A: Asker>(self: Arc<Self>, slot: &Slot, asker: &A, key: &KeyText) -> Joined {
        let gather = &self.gather;
        let (answer, wait) = oneshot::channel();
        let reading = gather.reading.fetch_add(1, Ordering::Relaxed) + 1;
        let enough = (reading / 2).max(WORTH).min(gather.size.keys());
        let waiting = Waiting { key: key.clone(), answer };
        let mut state = gather.lock();
        state.waiting.push(waiting);
        // A task of its own: whoever waits can be dropped at any time, or be left without being polled.
        if state.waiting.len() >= enough {
            let batch = Batch::take(&self, state);
            tokio::spawn(batch.send(slot.clone(), asker.clone(), asker.longest()));
        } else if !std::mem::replace(&mut state.due, true) {
            let watched = std::mem::replace(&mut state.watched, true);
            drop(state);
            Due::new(&self).spawn(slot, asker);
            if !watched {
                watch::spawn(&self, slot, asker);
            }
        } else {
            drop(state);
        }
        Joined { connection: self, wait }
    }
}

/// One caller that reads alone.
pub(super) struct Reading<'a>(&'a Gather);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.reading.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Reading<'_> {
    /// What values take is learned from each.
    pub(super) fn learn(&self, bytes: usize) {
        self.0.size.learn(bytes);
    }
}

impl Gather {
    /// A read alone.
    pub(super) fn alone(&self) -> Reading<'_> {
        self.reading.fetch_add(1, Ordering::Relaxed);
        Reading(self)
    }

    /// Whether a read should share a command with others.
    pub(super) fn shares(&self) -> bool {
        self.reading.load(Ordering::Relaxed) >= ALONE && !self.off.load(Ordering::Relaxed) && self.size.is_small()
    }

    /// From now on everybody asks alone: what one may not read, or what the server does not know, is not to fail the others.
    fn give_up(&self, error: StoreError) {
        if !self.off.swap(true, Ordering::Relaxed) {
            tracing::debug!(kind = error.kind.as_str(), code = error.code, "the cache's reads share no commands");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
