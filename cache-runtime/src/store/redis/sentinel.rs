//! A master that sentinels know.

use ::redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use ::redis::{Client, ConnectionAddr, ConnectionInfo, RedisError, RedisResult, TlsMode};
use tokio::sync::Mutex;

use super::endpoint::{Endpoint, Target};
use super::url::{read_nodes, read_url};
use crate::error::CacheError;

/// Asks the sentinels. One task at a time connects, so nobody waits for the lock.
pub(crate) struct Master(Mutex<SentinelClient>);

impl Master {
    /// The server that the sentinels name and that says itself that it is a master.
    pub(super) async fn find(&self) -> RedisResult<Client> {
        self.0.lock().await.async_get_client().await
    }
}

/// Whether a server that was the master is a replica now. Before version 7 an error within a script has no code of its own.
pub(super) fn is_demoted(error: &RedisError) -> bool {
    error.code() == Some("READONLY") || error.detail().is_some_and(|detail| detail.contains("READONLY"))
}

/// Checks the URLs of sentinels, and the name of their master: alone, or as the host of a URL with what the master asks for,
/// `redis://user:password@name/0`.
pub(crate) fn parse_sentinel(
    setting: &str,
    urls: &[String],
    master_setting: &str,
    master: &str,
    root: Option<&[u8]>,
) -> Result<Endpoint, CacheError> {
    let sentinels = read_nodes(setting, urls)?;
    let first = &sentinels[0];
    let login = |node: &ConnectionInfo| {
        let settings = node.redis_settings();
        (settings.username().map(str::to_owned), settings.password().map(str::to_owned))
    };
    if sentinels.iter().any(|node| login(node) != login(first) || is_tls(node) != is_tls(first)) {
        return Err(CacheError::config(format!(
            "`{setting}` names sentinels that differ; their URLs have the same user, password and TLS"
        )));
    }
    if sentinels.iter().any(|node| node.redis_settings().db() != 0) {
        return Err(CacheError::config(format!(
            "`{setting}` names a database, and sentinels have none; write it after the master: `redis://name/1` in \
             `{master_setting}`"
        )));
    }
    let url = if master.contains("://") { master.to_owned() } else { format!("redis://{master}") };
    let info = read_url(master_setting, &url)?;
    let name = match info.addr() {
        ConnectionAddr::Tcp(name, _) | ConnectionAddr::TcpTls { host: name, .. } if !master.is_empty() => name.clone(),
        _ => {
            return Err(CacheError::config(format!(
                "`{master_setting}` names no master; write the name that the sentinels know it by, as `mymaster`, or \
                 `redis://user:password@mymaster/0`"
            )));
        }
    };
    let (user, password) = login(first);
    let shown = format!("{name}/{} of {} sentinels", info.redis_settings().db(), sentinels.len());
    let addresses: Vec<ConnectionAddr> = sentinels.iter().map(|node| node.addr().clone()).collect();
    let mut builder =
        SentinelClientBuilder::new(addresses, &name, SentinelServerType::Master).map_err(|_| bad(setting))?;
    if let Some(user) = user {
        builder = builder.set_client_to_sentinel_username(user);
    }
    if let Some(password) = password {
        builder = builder.set_client_to_sentinel_password(password);
    }
    let settings = info.redis_settings();
    builder = builder.set_client_to_redis_db(settings.db());
    if let Some(user) = settings.username() {
        builder = builder.set_client_to_redis_username(user);
    }
    if let Some(password) = settings.password() {
        builder = builder.set_client_to_redis_password(password);
    }
    if is_tls(&info) {
        builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
    }
    #[cfg(feature = "tls")]
    if let Some(root) = root {
        use super::url::{bad_root, certificates};

        if ::redis::Client::build_with_tls("rediss://localhost", certificates(root)).is_err() {
            return Err(bad_root());
        }
        if is_tls(&info) {
            builder = builder.set_client_to_redis_certificates(certificates(root));
        }
        if is_tls(first) {
            builder = builder.set_client_to_sentinel_certificates(certificates(root));
        }
    }
    #[cfg(not(feature = "tls"))]
    let _ = root;
    let client = builder.build().map_err(|_| bad(setting))?;
    Ok(Endpoint::new(Target::Sentinel(Master(Mutex::new(client))), shown))
}

fn is_tls(info: &ConnectionInfo) -> bool {
    matches!(info.addr(), ConnectionAddr::TcpTls { .. })
}

fn bad(setting: &str) -> CacheError {
    CacheError::config(format!("`{setting}` names addresses that this platform or build cannot open"))
}

#[cfg(test)]
mod tests {
    use super::is_demoted;

    #[test]
    fn a_replica_is_known_by_its_refusals() {
        for (answer, demoted) in [
            ("-READONLY You can't write against a read only replica. script: x, on @user_script:1.\r\n", true),
            ("-ERR Error running script (call to f_x): @user_script:1: -READONLY You can't write\r\n", true),
            ("-ERR wrong number of arguments\r\n", false),
            ("-NOSCRIPT No matching script.\r\n", false),
        ] {
            let error = ::redis::parse_redis_value(answer.as_bytes()).and_then(::redis::Value::extract_error);
            assert_eq!(is_demoted(&error.expect_err("an error")), demoted, "{answer}");
        }
    }
}
