//! A Cluster's masters, each on a connection of its own on which it tells of changes.
//!
//! redis-rs's connection to a Cluster hides which node a read went to and when that connection was replaced, and both must be
//! known here. So reads that are to be held go to the master of their slot directly. Where there is no such connection, or it
//! is of no use, they take the ordinary way, nothing is held, and a connection is made in the background.

mod owners;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::RedisError;
use tokio::time::Instant;

use self::owners::{Owners, slot_of};
use crate::key::KeyText;
use crate::local::Local;
use crate::store::redis::connect::Slot;
use crate::store::redis::link::{Link, Single};

/// How soon a node that could not be connected to is tried again, and the owners of slots are asked for again.
const PAUSE: Duration = Duration::from_secs(1);

/// One that does not tell of changes is asked again after this.
const REFUSED_PAUSE: Duration = Duration::from_secs(60);

/// The masters of one Cluster.
pub(crate) struct Nodes(Arc<Shared>);

struct Shared {
    slot: Slot,
    timeout: Duration,
    local: Local,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    owners: Option<Owners>,
    /// Whether somebody asks for the owners, or did a moment ago.
    asked: Option<Instant>,
    nodes: HashMap<Arc<str>, Node>,
}

enum Node {
    Ready(Single),
    Connecting,
    Down { until: Instant },
}

/// A connection to a master.
pub(super) struct Master {
    pub address: Arc<str>,
    pub single: Single,
}

impl Nodes {
    pub(crate) fn new(slot: Slot, timeout: Duration, local: Local) -> Self {
        Self(Arc::new(Shared { slot, timeout, local, state: Mutex::default() }))
    }

    /// The connection to the master of this key's slot, if there is one now; there may be one later.
    pub(super) fn master(&self, key: &KeyText, link: &Link) -> Option<Master> {
        let mut state = self.0.lock();
        let Some(address) = state.owners.as_ref().and_then(|owners| owners.of(slot_of(key.as_str()))) else {
            self.ask(&mut state, link);
            return None;
        };
        match state.nodes.entry(Arc::clone(&address)) {
            Entry::Occupied(node) => match node.get() {
                Node::Ready(single) if single.channel.as_ref().is_some_and(|channel| !channel.is_closed()) => {
                    return Some(Master { address, single: single.clone() });
                }
                Node::Connecting => return None,
                Node::Down { until } if *until > Instant::now() => return None,
                // It broke: perhaps because another node has its slots now.
                Node::Ready(_) | Node::Down { .. } => {
                    *node.into_mut() = Node::Connecting;
                    self.ask(&mut state, link);
                }
            },
            Entry::Vacant(node) => {
                node.insert(Node::Connecting);
            }
        }
        drop(state);
        self.connect(address);
        None
    }

    /// A read on this connection failed. What was read on it before is not served any more.
    pub(super) fn failed(&self, master: &Master, error: &RedisError, link: &Link) {
        master.single.close();
        let mut state = self.0.lock();
        // Who has the slots now has others than before, and is connected to at once.
        state.nodes.insert(Arc::clone(&master.address), Node::Down { until: Instant::now() + PAUSE });
        if error.is_io_error() || error.is_unrecoverable_error() || error.is_cluster_error() {
            self.ask(&mut state, link);
        }
    }

    /// Told when an operation ran out of time: connections on which nothing was answered for this long are left.
    pub(crate) fn timed_out(&self, silence: Duration) {
        for node in self.0.lock().nodes.values() {
            if let Node::Ready(single) = node
                && single.channel.as_ref().is_some_and(|channel| channel.silence() > silence)
            {
                single.close();
            }
        }
    }

    /// Whether any master tells of changes.
    pub(crate) fn is_tracking(&self) -> bool {
        let tells = |node: &Node| matches!(node, Node::Ready(single) if single.channel.as_ref().is_some_and(|channel| !channel.is_closed()));
        self.0.lock().nodes.values().any(tells)
    }

    /// Connects in a task of its own: no call waits for it.
    fn connect(&self, address: Arc<str>) {
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            let connecting = shared.slot.endpoint().connect_node(&address, shared.timeout, &shared.local);
            let node = match tokio::time::timeout(shared.timeout, connecting).await {
                Ok(Ok(single)) if single.channel.is_some() => Node::Ready(single),
                Ok(Ok(_)) => {
                    shared.local.say_untracked();
                    Node::Down { until: Instant::now() + REFUSED_PAUSE }
                }
                Ok(Err(_)) | Err(_) => Node::Down { until: Instant::now() + PAUSE },
            };
            let mut state = shared.lock();
            match (state.nodes.get_mut(&address), node) {
                (Some(waits @ Node::Connecting), node) => *waits = node,
                (_, Node::Ready(single)) => single.close(),
                _ => {}
            }
        });
    }

    /// Asks for the owners of slots in a task of its own, once in a while.
    fn ask(&self, state: &mut State, link: &Link) {
        let now = Instant::now();
        if state.asked.is_some_and(|asked| now < asked + PAUSE) {
            return;
        }
        state.asked = Some(now);
        let (shared, link) = (Arc::clone(&self.0), link.clone());
        tokio::spawn(async move {
            if let Ok(Ok(owners)) = tokio::time::timeout(shared.timeout, owners::ask(link)).await {
                shared.lock().take_over(owners);
            }
        });
    }
}

impl State {
    /// What was read from a node that has other slots now is not served any more.
    fn take_over(&mut self, owners: Owners) {
        let before = self.owners.take();
        self.nodes.retain(|address, node| {
            let ranges = owners.ranges(address);
            let same = before.as_ref().is_some_and(|before| before.ranges(address) == ranges) && !ranges.is_empty();
            if !same && let Node::Ready(single) = node {
                single.close();
            }
            same
        });
        self.owners = Some(owners);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tasks may still hold the rest.
impl Drop for Nodes {
    fn drop(&mut self) {
        for (_, node) in self.0.lock().nodes.drain() {
            if let Node::Ready(single) = node {
                single.close();
            }
        }
    }
}
