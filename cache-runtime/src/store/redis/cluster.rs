//! A Redis Cluster, as redis-rs is to use it.

use std::time::Duration;

use ::redis::cluster::ClusterClientBuilder;

use super::endpoint::{Cluster, Endpoint, Target};
use super::url::{open, read_nodes, shown};
use crate::error::CacheError;

/// How often one command is sent again, to where a redirect points or after a node was lost. A caller that has run out of
/// time ends them.
const RETRIES: u32 = 8;

/// The shortest and longest pause before one of them, in milliseconds. A failover takes seconds; calls do not wait for it.
const PAUSES: (u64, u64) = (5, 100);

/// Checks the URLs of a Cluster's nodes, of which one that answers is enough. A node that is silent for `silence` counts as
/// gone.
pub(crate) fn parse_cluster(
    setting: &str,
    urls: &[String],
    root: Option<&[u8]>,
    connect_timeout: Duration,
    silence: Duration,
) -> Result<Endpoint, CacheError> {
    let nodes = read_nodes(setting, urls)?;
    let shown = nodes.iter().map(shown).collect::<Vec<_>>().join(",");
    let node = open(setting, nodes[0].clone(), root)?.get_connection_info().clone();
    let builder = ClusterClientBuilder::new(nodes)
        .connection_timeout(connect_timeout)
        .response_timeout(silence)
        // Every operation has a timeout of its own.
        .overall_response_timeout(None)
        .retries(RETRIES)
        .min_retry_wait(PAUSES.0)
        .max_retry_wait(PAUSES.1);
    #[cfg(feature = "tls")]
    let builder = match root {
        Some(root) => builder.certs(super::url::certificates(root)),
        None => builder,
    };
    let client = builder.build().map_err(|_| {
        CacheError::config(format!(
            "`{setting}` names nodes that differ; their URLs have the same user, password, database and TLS"
        ))
    })?;
    Ok(Endpoint::new(Target::Cluster(Box::new(Cluster { client, node })), shown))
}
