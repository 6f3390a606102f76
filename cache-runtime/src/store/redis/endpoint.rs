//! Where a store is, and how it is reached.

use std::fmt;
use std::time::Duration;

#[cfg(feature = "cluster")]
use ::redis::cluster::ClusterClient;
use ::redis::{Client, RedisResult};
#[cfg(feature = "cluster")]
use ::redis::{ConnectionAddr, ConnectionInfo, ErrorKind, RedisError};

use super::link::Link;
#[cfg(feature = "cluster")]
use super::link::Single;
#[cfg(feature = "sentinel")]
use super::sentinel::Master;
use super::tracking;
use crate::local::Local;

/// A checked address.
pub(crate) struct Endpoint {
    target: Target,
    shown: String,
}

/// What is at the address.
pub(crate) enum Target {
    Server(Client),
    #[cfg(feature = "cluster")]
    Cluster(Box<Cluster>),
    #[cfg(feature = "sentinel")]
    Sentinel(Master),
}

/// A Cluster, and how its nodes are reached: as the first one that was named, at addresses of their own.
#[cfg(feature = "cluster")]
pub(crate) struct Cluster {
    pub(super) client: ClusterClient,
    pub(super) node: ConnectionInfo,
}

impl Endpoint {
    /// `shown` is for logs: no user name, no password.
    pub(super) fn new(target: Target, shown: String) -> Self {
        Self { target, shown }
    }

    /// Whether keys lie on several nodes, by slot.
    #[cfg(feature = "cluster")]
    pub(super) fn is_cluster(&self) -> bool {
        matches!(self.target, Target::Cluster(_))
    }

    /// Whether the server is the one that takes writes now, and another one may be later.
    #[cfg(feature = "sentinel")]
    pub(super) fn is_elected(&self) -> bool {
        matches!(self.target, Target::Sentinel(_))
    }

    /// How long connecting takes at most, where one connection takes `timeout`.
    pub(super) fn longest(&self, timeout: Duration) -> Duration {
        match self.target {
            Target::Server(_) => timeout,
            // Nodes that do not answer are waited for before those that do are asked for the rest.
            #[cfg(feature = "cluster")]
            Target::Cluster(_) => timeout * 4,
            #[cfg(feature = "sentinel")]
            Target::Sentinel(_) => timeout * 4,
        }
    }

    pub(super) async fn connect(&self, timeout: Duration, local: &Local) -> RedisResult<Link> {
        match &self.target {
            Target::Server(client) => tracking::connect(client, timeout, local).await.map(Link::Single),
            #[cfg(feature = "cluster")]
            Target::Cluster(cluster) => cluster.client.get_async_connection().await.map(Link::Cluster),
            #[cfg(feature = "sentinel")]
            Target::Sentinel(master) => {
                tracking::connect(&master.find().await?, timeout, local).await.map(Link::Single)
            }
        }
    }
}

#[cfg(feature = "cluster")]
impl Endpoint {
    /// Connects to the node of the Cluster at this address.
    pub(super) async fn connect_node(&self, address: &str, timeout: Duration, local: &Local) -> RedisResult<Single> {
        let nowhere = || RedisError::from((ErrorKind::InvalidClientConfig, "no node of a Cluster"));
        let Target::Cluster(cluster) = &self.target else { return Err(nowhere()) };
        let (host, port) = address.rsplit_once(':').ok_or_else(nowhere)?;
        let (host, port) = (host.to_owned(), port.parse().map_err(|_| nowhere())?);
        let addr = match cluster.node.addr() {
            ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
                ConnectionAddr::TcpTls { host, port, insecure: *insecure, tls_params: tls_params.clone() }
            }
            _ => ConnectionAddr::Tcp(host, port),
        };
        tracking::connect(&Client::open(cluster.node.clone().set_addr(addr))?, timeout, local).await
    }
}

/// Hosts, ports and databases; never a user name or a password.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
