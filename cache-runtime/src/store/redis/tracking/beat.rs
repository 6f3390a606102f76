//! Signs of life of a connection on which a server tells of changes.

use std::sync::Arc;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Cmd, Value};

use crate::local::{Channel, Local};

/// How many heartbeats go out that nobody asked for.
const IDLE: u32 = 40;

/// What is sent as a heartbeat.
pub(super) struct Sign {
    pub command: Cmd,
    /// Whether a server that refuses it is not what it was: then nothing that was read on this connection is served any more.
    pub is_claim: bool,
}

/// Sends heartbeats from now on, unless somebody does. They end with the connection, with the tier, and when nobody has asked
/// for anything for a while; the next read begins them anew, and what is held until then has been told of all the while.
pub(super) fn keep(channel: &Arc<Channel>, link: &MultiplexedConnection, local: &Local, sign: Sign) {
    if !channel.begin_beat() {
        return;
    }
    let (beat, mut link, local) = (Beat(Arc::clone(channel)), link.clone(), local.downgrade());
    tokio::spawn(async move {
        let mut idle = 0;
        while beat.0.rest().await {
            let Some(local) = local.upgrade() else { return };
            idle = if local.is_used() { 0 } else { idle + 1 };
            if idle > IDLE {
                return;
            }
            drop(local);
            let sent = beat.0.sends();
            // One that is late is answered late: only when it was sent counts.
            let limit = beat.0.pause() * 8;
            let answer = tokio::time::timeout(limit, sign.command.query_async::<Value>(&mut link)).await;
            match answer {
                Ok(Ok(_)) => beat.0.answered(sent),
                Ok(Err(_)) if sign.is_claim => beat.0.close(),
                Ok(Err(_)) | Err(_) => beat.0.count(),
            }
        }
    });
}

/// However the task ends, another one can begin.
struct Beat(Arc<Channel>);

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.end_beat();
    }
}
