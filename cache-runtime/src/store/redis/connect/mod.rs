//! One connection, made when first needed and made again when it broke.
//!
//! redis-rs's `ConnectionManager` lets callers wait for a reconnect with its retries; here a caller waits no longer than
//! its own timeout, and while the server refuses connections it does not wait at all.

mod attempt;
mod connection;
#[cfg(feature = "cluster")]
mod renew;
mod silence;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwapOption, Guard};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

pub(crate) use self::connection::Connection;
#[cfg(feature = "cluster")]
pub(super) use self::silence::SILENCE;
use super::endpoint::Endpoint;
use crate::error::ErrorKind;
use crate::local::Local;
use crate::store::{StoreError, StoreResult};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Holds the connection.
#[derive(Clone)]
pub(crate) struct Slot(Arc<Shared>);

struct Shared {
    endpoint: Endpoint,
    timeout: Duration,
    local: Local,
    /// Told of each new connection.
    connected: Arc<Notify>,
    origin: Instant,
    /// Microseconds after the origin.
    last_answer: AtomicU64,
    state: Mutex<State>,
    /// What is ready in that state, for those who need no more: each call does.
    ready: ArcSwapOption<Connection>,
}

struct State {
    phase: Phase,
    #[cfg(feature = "cluster")]
    renewed: Option<Instant>,
    generation: u64,
    pause: Duration,
}

enum Phase {
    Ready(Arc<Connection>),
    /// Somebody connects; the channel closes or changes when it is done.
    Connecting(watch::Receiver<()>),
    /// Nothing, and not to be tried before then; with the reason of the last failure.
    Down {
        until: Option<Instant>,
        error: StoreError,
    },
}

impl State {
    /// The connection is not used any more.
    fn close(&self) {
        if let Phase::Ready(connection) = &self.phase {
            connection.link.close();
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.close();
    }
}

impl Slot {
    pub(crate) fn new(endpoint: Endpoint, timeout: Duration, connected: Arc<Notify>, local: Local) -> Self {
        Self(Arc::new(Shared {
            endpoint,
            timeout,
            local,
            connected,
            origin: Instant::now(),
            last_answer: AtomicU64::new(0),
            state: Mutex::new(State {
                phase: Phase::Down { until: None, error: StoreError::new(ErrorKind::Unavailable) },
                #[cfg(feature = "cluster")]
                renewed: None,
                generation: 0,
                pause: FIRST_PAUSE,
            }),
            ready: ArcSwapOption::empty(),
        }))
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.glimpse().is_some()
    }

    /// The connection, if there is one now.
    pub(crate) fn ready(&self) -> Option<Arc<Connection>> {
        self.0.ready.load_full()
    }

    /// As [`ready`](Self::ready), for a moment: it is not to be kept while something is waited for.
    pub(crate) fn glimpse(&self) -> Guard<Option<Arc<Connection>>> {
        self.0.ready.load()
    }

    /// The connection. Waits while one is being made; the caller bounds the wait.
    pub(crate) async fn connection(&self) -> StoreResult<Arc<Connection>> {
        // Futures of reads are moved before they are polled: what is rare in them is boxed.
        match self.ready() {
            Some(connection) => Ok(connection),
            None => Box::pin(self.connected()).await,
        }
    }

    async fn connected(&self) -> StoreResult<Arc<Connection>> {
        // A wait that ends without a connection is tried once more: its task may have died with its runtime.
        for _ in 0..2 {
            let mut wait = {
                let mut state = self.0.lock();
                match &state.phase {
                    Phase::Ready(connection) => return Ok(Arc::clone(connection)),
                    Phase::Connecting(wait) if wait.has_changed().is_ok() => wait.clone(),
                    Phase::Down { until: Some(until), error } if *until > Instant::now() => return Err(*error),
                    Phase::Connecting(_) | Phase::Down { .. } => self.start(&mut state),
                }
            };
            let _ = wait.changed().await;
        }
        let state = self.0.lock();
        match &state.phase {
            Phase::Ready(connection) => Ok(Arc::clone(connection)),
            Phase::Down { error, .. } => Err(*error),
            Phase::Connecting(_) => Err(StoreError::new(ErrorKind::Unavailable)),
        }
    }

    /// Connects in a task of its own, so that a caller who gives up does not take the attempt with it.
    fn start(&self, state: &mut State) -> watch::Receiver<()> {
        let (done, wait) = watch::channel(());
        self.0.enter(state, Phase::Connecting(wait.clone()));
        state.generation += 1;
        let generation = state.generation;
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            let connected = shared.connect().await;
            shared.connected(generation, connected);
            let _ = done.send(());
        });
        wait
    }

    /// Drops the connection of this generation; the next operation makes a new one.
    pub(crate) fn broken(&self, generation: u64) {
        #[cfg(feature = "cluster")]
        if self.is_cluster() {
            // Of one node, perhaps: the others go on.
            return self.renew(generation);
        }
        let mut state = self.0.lock();
        if state.generation == generation && matches!(state.phase, Phase::Ready(_)) {
            self.0.down(&mut state, None, StoreError::new(ErrorKind::Unavailable));
        }
    }

    #[cfg(feature = "cluster")]
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// Whether keys lie on several nodes.
    #[cfg(feature = "cluster")]
    pub(crate) fn is_cluster(&self) -> bool {
        self.0.endpoint.is_cluster()
    }

    /// Whether another server may take writes later than the one that is connected.
    #[cfg(feature = "sentinel")]
    pub(crate) fn is_elected(&self) -> bool {
        self.0.endpoint.is_elected()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Under the lock.
    fn enter(&self, state: &mut State, phase: Phase) {
        self.ready.store(match &phase {
            Phase::Ready(connection) => Some(Arc::clone(connection)),
            Phase::Connecting(_) | Phase::Down { .. } => None,
        });
        state.phase = phase;
    }

    /// Leaves the connection.
    fn down(&self, state: &mut State, until: Option<Instant>, error: StoreError) {
        state.close();
        self.enter(state, Phase::Down { until, error });
    }
}
