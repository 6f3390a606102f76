//! Loads that nobody waits for: how many run, and when they end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::Cache;

/// Leave to run in the background.
pub(crate) struct Background {
    room: Arc<Semaphore>,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Nothing begins any more.
    Closed,
    /// What still runs is dropped.
    Ended,
}

impl Background {
    pub(super) fn new(most: u32) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { room: Arc::new(Semaphore::new(most)), state: watch::Sender::new(State::Open) }
    }

    /// Whether another task may begin now.
    pub(crate) fn has_room(&self) -> bool {
        *self.state.borrow() == State::Open && self.room.available_permits() > 0
    }

    /// Leave to run a task. `None` where there is no room, or no runtime.
    pub(crate) fn enter(&self) -> Option<Leave> {
        let runtime = Handle::try_current().ok()?;
        let room = Arc::clone(&self.room).try_acquire_owned().ok()?;
        (*self.state.borrow() == State::Open).then_some(Leave { runtime, room })
    }

    pub(super) fn close(&self) {
        self.state.send_replace(State::Closed);
    }

    pub(super) fn end(&self) {
        self.state.send_replace(State::Ended);
    }
}

/// Boxed by who makes it: what wraps it would move it, and each move costs its size in stack.
pub(crate) type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Leave to run one task.
pub(crate) struct Leave {
    runtime: Handle,
    room: OwnedSemaphorePermit,
}

/// A task that somebody may wait for.
pub(crate) struct Waited<T> {
    pub done: oneshot::Receiver<T>,
    /// For a panic of it.
    pub task: JoinHandle<()>,
}

impl Cache {
    /// Runs `work` in a task of its own, in this task's span and with its current cache. Once nobody waits for it, it ends with
    /// the cache's shutdown.
    pub(crate) fn spawn<T: Send + 'static>(&self, leave: Leave, work: Boxed<T>) -> Waited<T> {
        let Leave { runtime, room } = leave;
        let (running, mut state) = (self.0.tasks.begin(), self.0.background.state.subscribe());
        let (mut told, done) = oneshot::channel();
        let current = Self::current();
        let work = async move {
            let _held = (room, running);
            let left = async {
                told.closed().await;
                // An error would mean that the cache is gone, and its callers with it.
                let _ = state.wait_for(|state| *state == State::Ended).await;
            };
            let worked = tokio::select! {
                worked = current.scope(work) => Some(worked),
                () = left => None,
            };
            if let Some(worked) = worked {
                let _ = told.send(worked);
            }
        };
        Waited { done, task: runtime.spawn(work.in_current_span()) }
    }
}
