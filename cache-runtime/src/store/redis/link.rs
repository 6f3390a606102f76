//! A connection, whichever kind of deployment it leads to.

use std::sync::Arc;

#[cfg(feature = "cluster")]
use ::redis::aio::ConnectionLike as _;
use ::redis::aio::MultiplexedConnection;
#[cfg(feature = "cluster")]
use ::redis::cluster_async::ClusterConnection;
use ::redis::{Cmd, Pipeline, RedisResult, Value};

use super::lane::Lane;
use super::words::Words;
use crate::local::Channel;

#[derive(Clone)]
pub(crate) enum Link {
    /// To one server.
    Single(Single),
    /// To every node of a Cluster.
    #[cfg(feature = "cluster")]
    Cluster(ClusterConnection),
}

/// A connection to one server, and who tells of changes to what is read on it.
#[derive(Clone)]
pub(crate) struct Single {
    pub link: Line,
    pub channel: Option<Arc<Channel>>,
}

/// How commands go to one server.
#[derive(Clone)]
pub(crate) enum Line {
    Ours(Arc<Lane>),
    /// By redis-rs.
    Theirs(MultiplexedConnection),
}

impl Line {
    /// One command. What the server refuses is an answer, too.
    pub(super) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Ours(lane) => lane.ask(command).await,
            // Without the box of the trait's method: reads have one of their own.
            Self::Theirs(link) => link.clone().send_packed_command(command).await,
        }
    }

    /// So many commands in one round trip, nothing in between, and the answer to each.
    pub(super) async fn ask_written(&self, count: usize, write: impl Fn(&mut dyn Words)) -> RedisResult<Vec<Value>> {
        match self {
            Self::Ours(lane) => lane.ask_written(count, |out| write(out)).await,
            Self::Theirs(_) => {
                let mut commands = Pipeline::with_capacity(count);
                write(&mut commands);
                self.ask_all(&commands).await
            }
        }
    }

    /// Several that are built already.
    pub(super) async fn ask_all(&self, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        match self {
            Self::Ours(lane) => lane.ask_all(commands).await,
            Self::Theirs(link) => link.clone().send_packed_commands(commands, 0, commands.len()).await,
        }
    }
}

impl Single {
    /// It is not used any more: what was read on it may change without a word.
    pub(super) fn close(&self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

impl Link {
    /// The connection to the only server, if there is but one.
    pub(super) fn single(&self) -> Option<&Single> {
        match self {
            Self::Single(single) => Some(single),
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => None,
        }
    }

    /// Where commands go without redis-rs.
    pub(super) fn lane(&self) -> Option<&Arc<Lane>> {
        match &self.single()?.link {
            Line::Ours(lane) => Some(lane),
            Line::Theirs(_) => None,
        }
    }

    pub(super) fn channel(&self) -> Option<&Arc<Channel>> {
        self.single()?.channel.as_ref()
    }

    pub(super) fn close(&self) {
        match self {
            Self::Single(single) => single.close(),
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => {}
        }
    }
}

impl Link {
    /// One command. What the server refuses is an answer, too.
    pub(super) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::Single(single) => single.link.ask(command).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.clone().req_packed_command(command).await,
        }
    }

    /// Several commands in one round trip, and the answer to each.
    pub(super) async fn ask_all(&self, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        match self {
            Self::Single(single) => single.link.ask_all(commands).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.clone().req_packed_commands(commands, 0, commands.len()).await,
        }
    }
}
