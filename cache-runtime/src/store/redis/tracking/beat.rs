//! Signs of life of a connection on which a server tells of changes.

use std::sync::Arc;

use ::redis::{Cmd, RedisResult, Value};

#[cfg(feature = "cluster")]
use crate::key::KeyText;
use crate::local::{Channel, Local};
use crate::store::redis::link::Line;

/// How many heartbeats go out that nobody asked for.
const IDLE: u32 = 40;

/// What is sent as a heartbeat.
pub(super) enum Sign {
    /// The server is there.
    Ping,
    /// It is a master. One that another server took the place of lives on, and hears of nothing.
    #[cfg(feature = "sentinel")]
    Role,
    /// It is the master of this key's slot, and not cut off from the others.
    #[cfg(feature = "cluster")]
    Owns(KeyText),
}

/// What an answer to it says.
enum Verdict {
    Alive,
    /// Not what it was: nothing that was read there is served any more.
    #[cfg_attr(
        not(any(feature = "cluster", feature = "sentinel")),
        allow(dead_code, reason = "a server alone stays what it is")
    )]
    Lost,
    Silent,
}

impl Sign {
    fn command(&self) -> Cmd {
        let mut command = Cmd::new();
        match self {
            Self::Ping => command.arg("PING"),
            #[cfg(feature = "sentinel")]
            Self::Role => command.arg("ROLE"),
            #[cfg(feature = "cluster")]
            Self::Owns(key) => command.arg("EXISTS").arg(key.as_str()),
        };
        command
    }

    fn verdict(&self, answer: RedisResult<Value>) -> Verdict {
        match (self, answer) {
            #[cfg(feature = "sentinel")]
            (Self::Role, Ok(Value::Array(role))) if role.first() != Some(&Value::BulkString(b"master".to_vec())) => {
                Verdict::Lost
            }
            (_, Ok(_)) => Verdict::Alive,
            #[cfg(feature = "cluster")]
            (Self::Owns(_), Err(_)) => Verdict::Lost,
            (_, Err(_)) => Verdict::Silent,
        }
    }
}

/// Sends heartbeats from now on, unless somebody does; `lost` is called when the server is not what it was. They end with the connection, with the tier, and when nobody has asked
/// for anything for a while; the next read begins them anew, and what is held until then has been told of all the while.
pub(super) fn keep(channel: &Arc<Channel>, link: &Line, local: &Local, sign: Sign, lost: impl Fn() + Send + 'static) {
    if !channel.begin_beat() {
        return;
    }
    let (beat, link, local) = (Beat(Arc::clone(channel)), link.clone(), local.downgrade());
    tokio::spawn(async move {
        let command = sign.command();
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
            let answer = tokio::time::timeout(limit, link.ask(&command)).await;
            match answer.map_or(Verdict::Silent, |answer| sign.verdict(answer.and_then(Value::extract_error))) {
                Verdict::Alive => beat.0.answered(sent),
                Verdict::Silent => beat.0.count(),
                Verdict::Lost => {
                    beat.0.close();
                    lost();
                }
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
