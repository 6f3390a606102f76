//! Who a cache is, where its entries live, and how long things take.

use std::time::Duration;

use super::CacheBuilder;
use crate::cache::place::Place;
use crate::policy::Policy;

impl CacheBuilder {
    /// The `cache` label of metrics and logs. Default `default`; letters, digits, `-`, `_`, `.`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The first part of every key, by which services that share a server keep apart. Default `cache`; letters, digits,
    /// `-`, `_`, `.`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// A Redis or Valkey server: `redis://[user[:password]@]host[:port][/database]`, `rediss://..` for TLS (feature `tls`),
    /// `unix:///path`. Default: none, the embedded in-memory store. The server need not be reachable.
    pub fn redis(self, url: impl Into<String>) -> Self {
        self.url("redis", url)
    }

    pub(in crate::cache) fn url(self, setting: &str, url: impl Into<String>) -> Self {
        self.place(setting, Place::Server(url.into()))
    }

    /// A Redis or Valkey Cluster (feature `cluster`), by the URLs of some of its nodes: one that answers is enough, the others
    /// are found. User, password and TLS are the same for all. The nodes need not be reachable.
    pub fn cluster<U: Into<String>>(self, urls: impl IntoIterator<Item = U>) -> Self {
        self.place("cluster", Place::Cluster(urls.into_iter().map(Into::into).collect()))
    }

    /// The master that these sentinels know by this name (feature `sentinel`), whichever server that is. Where the master wants
    /// a user, a password, a database or TLS, its name is the host of a URL: `redis://user:password@mymaster/0`. The sentinels
    /// and the master need not be reachable.
    pub fn sentinel<U: Into<String>>(self, urls: impl IntoIterator<Item = U>, master: impl Into<String>) -> Self {
        let urls = urls.into_iter().map(Into::into).collect();
        self.place("sentinel", Place::Sentinel(urls, "sentinel (master)".to_owned(), master.into()))
    }

    /// The certificate authority, in PEM, that a `rediss://` server's certificate must come from. Default: the platform's.
    #[cfg(feature = "tls")]
    pub fn tls_root_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls_root = Some(pem.into());
        self
    }

    /// Refuses to cache a call whose key names no tenant: it runs uncached, and is counted. Default `false`.
    pub fn require_tenant(mut self, require: bool) -> Self {
        self.require_tenant = require;
        self
    }

    /// How long an entry lives where neither the key nor the function says. Default 5 minutes; more than zero.
    pub fn default_ttl(mut self, ttl: Duration) -> Self {
        self.default_ttl = ttl;
        self
    }

    /// How long the store operations of one call may take together. Default 50 ms; from 1 ms to 60 s.
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.operation_timeout = timeout;
        self
    }

    /// How long connecting may take. Callers wait for it no longer than the operation timeout. Default 1 s; from 1 ms to
    /// 60 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a caller waits for another caller's load of the same key before it runs the body itself. Default 5 s; from
    /// 1 ms to 1 h.
    pub fn wait_timeout(mut self, timeout: Duration) -> Self {
        self.wait_timeout = timeout;
        self
    }

    /// How long a lease on a fill lasts without being renewed. While a body runs its lease is renewed; a process that dies
    /// leaves it, and others load when it has run out. Default 3 s; from 100 ms to 5 min.
    pub fn lease_ttl(mut self, ttl: Duration) -> Self {
        self.lease_ttl = ttl;
        self
    }

    /// For how long after each annotated invalidation nothing is filled under its keys: as long as replicas of the source, from
    /// which bodies read, may lag behind. Default: not at all; from 1 ms to 1 h. `#[invalidates(.., fence = "..")]` sets it for
    /// one function.
    pub fn fence(mut self, window: Duration) -> Self {
        self.fence = Some(window);
        self
    }

    /// How long [`Cache::shutdown`](crate::Cache::shutdown) waits for invalidations to reach the store, and for loads in the
    /// background. Default 5 s; from 1 ms to 1 h.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// The freshness policies of resources that have none of their own. Bodies run inline for these, whatever they ask for:
    /// only a function's attribute can let them run in the background. Default: values are served to their ttl and not longer.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// For how long a stale value is served without another try after a body failed under `stale_if_error`. Default 5 s; 1 ms to
    /// 1 h.
    pub fn stale_throttle(mut self, pause: Duration) -> Self {
        self.stale_throttle = pause;
        self
    }
}
