//! One connection, made when first needed and made again when it broke.
//!
//! redis-rs's `ConnectionManager` lets callers wait for a reconnect with its retries; here a caller waits no longer than
//! its own timeout, and while the server refuses connections it does not wait at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::AsyncConnectionConfig;
use ::redis::aio::MultiplexedConnection;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Connection;
use super::error::store_error;
use super::url::Endpoint;
use crate::error::ErrorKind;
use crate::store::{StoreError, StoreResult};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A connection that answered nothing for this long while operations timed out is replaced.
const SILENCE: Duration = Duration::from_millis(500);

/// Holds the connection.
pub(crate) struct Slot(Arc<Shared>);

struct Shared {
    endpoint: Endpoint,
    timeout: Duration,
    state: Mutex<State>,
}

struct State {
    link: Link,
    generation: u64,
    pause: Duration,
    last_answer: Instant,
}

enum Link {
    Ready(MultiplexedConnection),
    /// Somebody connects; the channel closes or changes when it is done.
    Connecting(watch::Receiver<()>),
    /// Nothing, and not to be tried before then; with the reason of the last failure.
    Down {
        until: Option<Instant>,
        error: StoreError,
    },
}

impl Slot {
    pub(crate) fn new(endpoint: Endpoint, timeout: Duration) -> Self {
        Self(Arc::new(Shared {
            endpoint,
            timeout,
            state: Mutex::new(State {
                link: Link::Down { until: None, error: StoreError::new(ErrorKind::Unavailable) },
                generation: 0,
                pause: FIRST_PAUSE,
                last_answer: Instant::now(),
            }),
        }))
    }

    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.0.lock().link, Link::Ready(_))
    }

    /// The connection. Waits while one is being made; the caller bounds the wait.
    pub(crate) async fn connection(&self) -> StoreResult<Connection> {
        // A wait that ends without a connection is tried once more: its task may have died with its runtime.
        for _ in 0..2 {
            let mut wait = {
                let mut state = self.0.lock();
                match &state.link {
                    Link::Ready(link) => {
                        return Ok(Connection { link: link.clone(), generation: state.generation });
                    }
                    Link::Connecting(wait) if wait.has_changed().is_ok() => wait.clone(),
                    Link::Down { until: Some(until), error } if *until > Instant::now() => return Err(*error),
                    Link::Connecting(_) | Link::Down { .. } => self.start(&mut state),
                }
            };
            let _ = wait.changed().await;
        }
        let state = self.0.lock();
        match &state.link {
            Link::Ready(link) => Ok(Connection { link: link.clone(), generation: state.generation }),
            Link::Down { error, .. } => Err(*error),
            Link::Connecting(_) => Err(StoreError::new(ErrorKind::Unavailable)),
        }
    }

    /// Connects in a task of its own, so that a caller who gives up does not take the attempt with it.
    fn start(&self, state: &mut State) -> watch::Receiver<()> {
        let (done, wait) = watch::channel(());
        state.link = Link::Connecting(wait.clone());
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
        let mut state = self.0.lock();
        if state.generation == generation && matches!(state.link, Link::Ready(_)) {
            state.link = Link::Down { until: None, error: StoreError::new(ErrorKind::Unavailable) };
        }
    }

    pub(crate) fn answered(&self) {
        self.0.lock().last_answer = Instant::now();
    }

    /// After a longer silence the connection may lead nowhere (a host that is gone sends no reset): try another.
    pub(crate) fn timed_out(&self) {
        let mut state = self.0.lock();
        if matches!(state.link, Link::Ready(_)) && state.last_answer.elapsed() > SILENCE {
            state.link = Link::Down { until: None, error: StoreError::new(ErrorKind::Timeout) };
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> StoreResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout))
            // Every operation has a timeout of its own.
            .set_response_timeout(None);
        let connecting = self.endpoint.client().get_multiplexed_async_connection_with_config(&config);
        match tokio::time::timeout(self.timeout, connecting).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(error)) => Err(store_error(&error)),
            Err(_) => Err(StoreError::new(ErrorKind::Timeout)),
        }
    }

    fn connected(&self, generation: u64, connected: StoreResult<MultiplexedConnection>) {
        let mut state = self.lock();
        if state.generation != generation {
            return;
        }
        match connected {
            Ok(link) => {
                tracing::debug!(server = ?self.endpoint, "connected to the cache's store");
                state.link = Link::Ready(link);
                state.pause = FIRST_PAUSE;
                state.last_answer = Instant::now();
            }
            Err(error) => {
                tracing::debug!(server = ?self.endpoint, kind = error.kind.as_str(), code = error.code, "cannot connect");
                state.link = Link::Down { until: Some(Instant::now() + state.pause), error };
                state.pause = (state.pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
