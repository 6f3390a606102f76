//! The server's address, checked before anything connects.

use std::fmt;

use ::redis::{Client, ConnectionInfo, IntoConnectionInfo};

use crate::error::CacheError;

/// A checked address.
pub(crate) struct Endpoint {
    client: Client,
    shown: String,
}

impl Endpoint {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// Host, port and database; never a user name or a password.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Checks a URL. `setting` is the name under which the user gave it.
pub(crate) fn parse_url(setting: &str, url: &str) -> Result<Endpoint, CacheError> {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let known = ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix", "valkey+unix"];
    // The URL itself may hold a password and is not repeated.
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
    let info = url.into_connection_info().map_err(|_| {
        CacheError::config(format!(
            "`{setting}` cannot be read as a URL; write `{scheme}://[user[:password]@]host[:port][/database]`, with special \
             characters of the password percent-encoded"
        ))
    })?;
    let shown = format!("{}/{}", info.addr(), info.redis_settings().db());
    let client = open(setting, info)?;
    Ok(Endpoint { client, shown })
}

fn open(setting: &str, info: ConnectionInfo) -> Result<Client, CacheError> {
    Client::open(info).map_err(|_| {
        CacheError::config(format!("`{setting}` names an address that this platform or build cannot open"))
    })
}
