//! The server's address, checked before anything connects.

use ::redis::{Client, ConnectionInfo, IntoConnectionInfo};

use super::endpoint::{Endpoint, Target};
use crate::error::CacheError;

/// Checks a URL. `setting` is the name under which the user gave it; `root` a certificate authority in PEM.
pub(crate) fn parse_url(setting: &str, url: &str, root: Option<&[u8]>) -> Result<Endpoint, CacheError> {
    let info = read_url(setting, url)?;
    let shown = shown(&info);
    let client = open(setting, info, root)?;
    Ok(Endpoint::new(Target::Server(client), shown))
}

/// Host, port and database.
pub(super) fn shown(info: &ConnectionInfo) -> String {
    format!("{}/{}", info.addr(), info.redis_settings().db())
}

/// Reads a URL. It may hold a password and is never repeated.
pub(super) fn read_url(setting: &str, url: &str) -> Result<ConnectionInfo, CacheError> {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let known = ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix", "valkey+unix"];
    if !known.contains(&scheme) {
        return Err(CacheError::config(format!(
            "`{setting}` is not a Redis or Valkey URL; write `redis://host:6379/0`, `rediss://host:6379/0` for TLS, or \
             `unix:///path/to/redis.sock`"
        )));
    }
    if matches!(scheme, "rediss" | "valkeys") && !cfg!(feature = "tls") {
        return Err(CacheError::config(format!(
            "`{setting}` asks for TLS (`{scheme}://`), and this build has none; enable the feature `tls` of `cache-runtime`"
        )));
    }
    url.into_connection_info().map_err(|_| {
        CacheError::config(format!(
            "`{setting}` cannot be read as a URL; write `{scheme}://[user[:password]@]host[:port][/database]`, with special \
             characters of the password percent-encoded"
        ))
    })
}

/// Reads the URLs of several nodes, which are reached by host and port.
#[cfg(any(feature = "cluster", feature = "sentinel"))]
pub(super) fn read_nodes(setting: &str, urls: &[String]) -> Result<Vec<ConnectionInfo>, CacheError> {
    if urls.is_empty() {
        return Err(CacheError::config(format!(
            "`{setting}` is empty; name one node at least, as `redis://host:6379`"
        )));
    }
    let nodes = urls.iter().map(|url| read_url(setting, url)).collect::<Result<Vec<_>, _>>()?;
    if nodes.iter().any(|node| matches!(node.addr(), ::redis::ConnectionAddr::Unix(_))) {
        return Err(CacheError::config(format!(
            "`{setting}` names a unix socket; nodes are reached by host and port, as `redis://host:6379`"
        )));
    }
    Ok(nodes)
}

#[cfg(feature = "tls")]
pub(super) fn certificates(root: &[u8]) -> ::redis::TlsCertificates {
    ::redis::TlsCertificates { client_tls: None, root_cert: Some(root.to_vec()) }
}

/// What is wrong with a certificate authority that cannot be used.
#[cfg(feature = "tls")]
pub(super) fn bad_root() -> CacheError {
    CacheError::config("`tls_root_pem` cannot be used; it takes a certificate authority in PEM, and a `rediss://` URL")
}

pub(super) fn open(setting: &str, info: ConnectionInfo, root: Option<&[u8]>) -> Result<Client, CacheError> {
    let opened = match root {
        #[cfg(feature = "tls")]
        Some(root) => return Client::build_with_tls(info, certificates(root)).map_err(|_| bad_root()),
        _ => Client::open(info),
    };
    opened.map_err(|_| {
        CacheError::config(format!("`{setting}` names an address that this platform or build cannot open"))
    })
}
