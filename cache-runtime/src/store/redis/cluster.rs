//! A Redis Cluster, as redis-rs is to use it.

use std::time::Duration;

use ::redis::cluster::ClusterClientBuilder;

use super::endpoint::{Endpoint, Target};
use super::url::{read_nodes, shown};
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
        Some(root) => {
            if ::redis::Client::build_with_tls("rediss://localhost", super::url::certificates(root)).is_err() {
                return Err(super::url::bad_root());
            }
            builder.certs(super::url::certificates(root))
        }
        None => builder,
    };
    #[cfg(not(feature = "tls"))]
    let _ = root;
    let client = builder.build().map_err(|_| {
        CacheError::config(format!(
            "`{setting}` names nodes that differ; their URLs have the same user, password, database and TLS"
        ))
    })?;
    Ok(Endpoint::new(Target::Cluster(Box::new(client)), shown))
}
