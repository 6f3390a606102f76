//! A connection to a Cluster is replaced while it is in use.
//!
//! redis-rs notices nodes that close connections, and looks for the slots' new owners. A host that is gone without a word it
//! does not notice, as its requests are given up before they fail: then a new connection, which learns the topology from nodes
//! that answer, takes the place of the old one. Meanwhile the old one serves the slots of the other nodes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Connection, Phase, Slot};

/// As often as this at most: while a node is away without being replaced, nothing is gained.
const RENEWAL_PAUSE: Duration = Duration::from_secs(1);

impl Slot {
    /// Replaces the connection of this generation, in a task of its own.
    pub(super) fn renew(&self, generation: u64) {
        let mut state = self.0.lock();
        let renewed = state.renewed.is_some_and(|at| at.elapsed() < RENEWAL_PAUSE);
        if renewed || state.generation != generation || !matches!(state.phase, Phase::Ready(_)) {
            return;
        }
        state.renewed = Some(Instant::now());
        drop(state);
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            let began = Instant::now();
            let connected = shared.connect().await;
            let mut state = shared.lock();
            if state.generation != generation || !matches!(state.phase, Phase::Ready(_)) {
                return;
            }
            match connected {
                Ok(link) => {
                    tracing::debug!(server = ?shared.endpoint, "connected anew to the cache's store");
                    state.generation += 1;
                    let connection = Connection::new(link, state.generation);
                    shared.enter(&mut state, Phase::Ready(Arc::new(connection)));
                    shared.connected.notify_one();
                }
                // The nodes that were named are gone, and so are those that were found.
                Err(error) if shared.last_answer() < began => {
                    let until = Some(Instant::now() + state.pause);
                    shared.enter(&mut state, Phase::Down { until, error });
                }
                Err(_) => {}
            }
            state.renewed = Some(Instant::now());
        });
    }
}
