//! A connection, whichever kind of deployment it leads to.

use std::sync::Arc;

use ::redis::aio::{ConnectionLike, MultiplexedConnection};
#[cfg(feature = "cluster")]
use ::redis::cluster_async::ClusterConnection;
use ::redis::{Cmd, Pipeline, RedisFuture, Value};

use super::lane::Lane;
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
    pub link: MultiplexedConnection,
    /// Where plain reads can be sent on it.
    pub(super) lane: Option<Arc<Lane>>,
    pub channel: Option<Arc<Channel>>,
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

    /// Where plain reads can be sent.
    pub(super) fn lane(&self) -> Option<&Arc<Lane>> {
        self.single()?.lane.as_ref()
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

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(Single { link, .. }) => link.req_packed_command(command),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(Single { link, .. }) => link.req_packed_commands(commands, offset, count),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.req_packed_commands(commands, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(Single { link, .. }) => link.get_db(),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.get_db(),
        }
    }
}
