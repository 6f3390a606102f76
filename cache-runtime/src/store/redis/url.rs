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

/// Checks a URL. `setting` is the name under which the user gave it; `root` a certificate authority in PEM.
pub(crate) fn parse_url(setting: &str, url: &str, root: Option<&[u8]>) -> Result<Endpoint, CacheError> {
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
    let client = open(setting, info, root)?;
    Ok(Endpoint { client, shown })
}

fn open(setting: &str, info: ConnectionInfo, root: Option<&[u8]>) -> Result<Client, CacheError> {
    let opened = match root {
        #[cfg(feature = "tls")]
        Some(root) => {
            let certificates = ::redis::TlsCertificates { client_tls: None, root_cert: Some(root.to_vec()) };
            return Client::build_with_tls(info, certificates).map_err(|_| {
                CacheError::config(
                    "`tls_root_pem` cannot be used; it takes a certificate authority in PEM, and a `rediss://` URL",
                )
            });
        }
        _ => Client::open(info),
    };
    opened.map_err(|_| {
        CacheError::config(format!("`{setting}` names an address that this platform or build cannot open"))
    })
}
