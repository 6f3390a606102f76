//! Settings, checked before a cache exists.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::background::Background;
use super::fallback::Fallback;
use super::health::Counts;
use super::place::Place;
use super::shutdown::Tasks;
use super::throttle::Throttles;
use super::versions::Versions;
use super::{Cache, Inner, Settings};
use crate::breaker::{Breaker, BreakerConfig};
use crate::error::CacheError;
use crate::flight::Flights;
use crate::local::{Local, LocalLimits};
use crate::policy::Policy;
use crate::recovery::Recovery;
use crate::store::MemoryLimits;

/// Builds a [`Cache`]. Every setting has a default; a bad one is refused by [`build`](Self::build) with its name.
#[derive(Clone)]
#[must_use]
pub struct CacheBuilder {
    name: String,
    pub(super) prefix: String,
    pub(super) places: Vec<(String, Place)>,
    pub(super) tls_root: Option<Vec<u8>>,
    require_tenant: bool,
    default_ttl: Duration,
    pub(super) operation_timeout: Duration,
    pub(super) connect_timeout: Duration,
    wait_timeout: Duration,
    lease_ttl: Duration,
    fence: Option<Duration>,
    shutdown_timeout: Duration,
    fallback_limit: Option<u32>,
    max_value_bytes: u64,
    compress_above: Option<usize>,
    pub(super) memory: MemoryLimits,
    local: LocalLimits,
    max_pending: u64,
    breaker: BreakerConfig,
    policy: Policy,
    stale_throttle: Duration,
    background_limit: u32,
    #[cfg(any(test, feature = "test-util"))]
    pub(super) clock: Option<crate::test_util::ManualClock>,
    #[cfg(any(test, feature = "test-util"))]
    pub(super) faults: Option<crate::test_util::Faults>,
}

impl CacheBuilder {
    pub(crate) fn new() -> Self {
        Self {
            name: "default".into(),
            prefix: "cache".into(),
            places: Vec::new(),
            tls_root: None,
            require_tenant: false,
            default_ttl: Duration::from_secs(300),
            operation_timeout: Duration::from_millis(50),
            connect_timeout: Duration::from_secs(1),
            wait_timeout: Duration::from_secs(5),
            lease_ttl: Duration::from_secs(3),
            fence: None,
            shutdown_timeout: Duration::from_secs(5),
            fallback_limit: None,
            max_value_bytes: 8 << 20,
            compress_above: None,
            memory: MemoryLimits { entries: 100_000, bytes: 64 << 20 },
            local: LocalLimits { entries: 10_000, bytes: 64 << 20, bound: Duration::from_secs(1) },
            max_pending: 10_000,
            breaker: BreakerConfig {
                failure_rate: 0.5,
                slow_rate: 0.8,
                slow_call: Duration::from_millis(40),
                min_calls: 5,
                window: Duration::from_secs(10),
                open_for: Duration::from_secs(1),
                probes: 3,
            },
            policy: Policy::new(),
            stale_throttle: Duration::from_secs(5),
            background_limit: 256,
            #[cfg(any(test, feature = "test-util"))]
            clock: None,
            #[cfg(any(test, feature = "test-util"))]
            faults: None,
        }
    }

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

    pub(super) fn url(self, setting: &str, url: impl Into<String>) -> Self {
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

    /// How long [`Cache::shutdown`] waits for invalidations to reach the store, and for loads in the background. Default 5 s; from 1 ms to 1 h.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// How many bodies of one resource run at once in this process while the store is away; the others wait for one to end,
    /// for the `wait_timeout` at most. Default: no limit; at least 1.
    pub fn fallback_limit(mut self, bodies: u32) -> Self {
        self.fallback_limit = Some(bodies);
        self
    }

    /// The largest encoded value that is stored, in bytes; a larger one is returned, counted and not cached. Default 8 MiB;
    /// from 1 to 512 MiB (the server's own limit).
    pub fn max_value_bytes(mut self, bytes: u64) -> Self {
        self.max_value_bytes = bytes;
        self
    }

    /// Compresses values of more than `bytes` encoded bytes with zlib, where that makes them smaller. They are then no longer
    /// readable with `redis-cli`. Default: never. Readers of any setting read both, if they have the feature `compress`.
    #[cfg(feature = "compress")]
    pub fn compress_above(mut self, bytes: usize) -> Self {
        self.compress_above = Some(bytes);
        self
    }

    /// How many entries the embedded store holds at most. Default 100,000; at least 1.
    pub fn memory_entries(mut self, entries: u64) -> Self {
        self.memory.entries = entries;
        self
    }

    /// How many bytes of keys, values and overhead the embedded store holds at most. Default 64 MiB; at least 4 KiB.
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory.bytes = bytes;
        self
    }

    /// How many decoded values the local tier holds at most. Default 10,000; at least 1. What is held there, and for how long,
    /// says `local = ".."` of a function or key, or [`Policy::local`].
    pub fn local_entries(mut self, entries: u64) -> Self {
        self.local.entries = entries;
        self
    }

    /// How many bytes of keys, values (as they are encoded) and overhead the local tier holds at most. Default 64 MiB; at
    /// least 1.
    pub fn local_bytes(mut self, bytes: u64) -> Self {
        self.local.bytes = bytes;
        self
    }

    /// How long the local tier serves what it holds without a sign of life from the server that tells of changes: the longest
    /// time for which another process's write can stay unseen. A heartbeat is sent four times as often. Default 1 s; from 50 ms
    /// to 1 min.
    pub fn local_bound(mut self, bound: Duration) -> Self {
        self.local.bound = bound;
        self
    }

    /// How many invalidations that did not reach the store are kept for another try. When more fail, this process stops
    /// reading the store until it could invalidate every entry under its prefix. Default 10,000; at least 1.
    pub fn max_pending_invalidations(mut self, keys: u64) -> Self {
        self.max_pending = keys;
        self
    }

    /// The share of failed calls, and of slow ones, in the breaker's window from which it opens. Default 0.5 and 0.8; more
    /// than 0, at most 1.
    pub fn breaker_rates(mut self, failed: f64, slow: f64) -> Self {
        self.breaker.failure_rate = failed;
        self.breaker.slow_rate = slow;
        self
    }

    /// From which duration a call counts as slow. Default 40 ms; more than zero.
    pub fn breaker_slow_call(mut self, slow: Duration) -> Self {
        self.breaker.slow_call = slow;
        self
    }

    /// How many calls the window must hold before the breaker decides. Default 5; at least 1.
    pub fn breaker_min_calls(mut self, calls: u32) -> Self {
        self.breaker.min_calls = calls;
        self
    }

    /// The length of the breaker's rolling window. Default 10 s; more than zero.
    pub fn breaker_window(mut self, window: Duration) -> Self {
        self.breaker.window = window;
        self
    }

    /// How long the breaker stays open before it lets probes through. Default 1 s; more than zero.
    pub fn breaker_open_for(mut self, open_for: Duration) -> Self {
        self.breaker.open_for = open_for;
        self
    }

    /// How many probes run at once, and how many must succeed before the breaker closes. Default 3; at least 1.
    pub fn breaker_probes(mut self, probes: u32) -> Self {
        self.breaker.probes = probes;
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

    /// How many bodies run in the background at once. Where there is no room a value that is due is served without being
    /// renewed, and bodies with timeouts run in their callers. Default 256; at least 1.
    pub fn background_limit(mut self, bodies: u32) -> Self {
        self.background_limit = bodies;
        self
    }

    /// Checks the settings and makes the cache. Does not connect.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), whose message names the setting, what was wrong and what is
    /// allowed.
    pub fn build(self) -> Result<Cache, CacheError> {
        self.check()?;
        let clock = self.time();
        let recovery = Recovery::new(self.max_pending);
        let name = self.name.as_str().into();
        let local = Local::new(&name, &self.prefix, self.local);
        Ok(Cache(Arc::new(Inner {
            name,
            store: self.store(&clock, &recovery, &local)?,
            local,
            settings: Settings {
                prefix: self.prefix,
                require_tenant: self.require_tenant,
                default_ttl: self.default_ttl,
                operation_timeout: self.operation_timeout,
                wait_timeout: self.wait_timeout,
                lease_ttl: self.lease_ttl,
                fence: self.fence,
                shutdown_timeout: self.shutdown_timeout,
                compress_above: self.compress_above,
                policy: self.policy,
                stale_throttle: self.stale_throttle,
                max_value_bytes: usize::try_from(self.max_value_bytes).unwrap_or(usize::MAX),
            },
            flights: Flights::new(),
            renewals: Flights::new(),
            background: Background::new(self.background_limit),
            throttles: Throttles::default(),
            breaker: Breaker::new(self.breaker),
            recovery,
            versions: Versions::default(),
            fallback: Fallback::new(self.fallback_limit),
            tasks: Tasks::default(),
            clock,
            counts: Counts::default(),
            #[cfg(any(test, feature = "test-util"))]
            faults: self.faults,
        })))
    }

    fn check(&self) -> Result<(), CacheError> {
        name("name", &self.name)?;
        name("prefix", &self.prefix)?;
        let (ms, minute, hour) = (Duration::from_millis(1), Duration::from_secs(60), Duration::from_secs(3600));
        within("operation_timeout", self.operation_timeout, ms, minute)?;
        within("connect_timeout", self.connect_timeout, ms, minute)?;
        within("wait_timeout", self.wait_timeout, ms, hour)?;
        within("lease_ttl", self.lease_ttl, ms * 100, minute * 5)?;
        within("fence", self.fence.unwrap_or(ms), ms, hour)?;
        within("shutdown_timeout", self.shutdown_timeout, ms, hour)?;
        within("fallback_limit", self.fallback_limit.unwrap_or(1), 1, u32::MAX)?;
        within("stale_throttle", self.stale_throttle, ms, hour)?;
        within("background_limit", self.background_limit, 1, u32::MAX)?;
        within("default_ttl", self.default_ttl, ms, Duration::MAX)?;
        within("breaker_window", self.breaker.window, ms, hour)?;
        within("breaker_open_for", self.breaker.open_for, ms, hour)?;
        within("breaker_slow_call", self.breaker.slow_call, ms, hour)?;
        within("max_value_bytes", self.max_value_bytes, 1, 512 << 20)?;
        within("memory_entries", self.memory.entries, 1, u64::MAX)?;
        within("memory_bytes", self.memory.bytes, 4096, u64::MAX)?;
        within("local_entries", self.local.entries, 1, u64::MAX)?;
        within("local_bytes", self.local.bytes, 1, u64::MAX)?;
        within("local_bound", self.local.bound, ms * 50, minute)?;
        within("max_pending_invalidations", self.max_pending, 1, u64::MAX)?;
        within("breaker_min_calls", self.breaker.min_calls, 1, u32::MAX)?;
        within("breaker_probes", self.breaker.probes, 1, u32::MAX)?;
        self.policy.mistake().map_or(Ok(()), |mistake| Err(CacheError::config(mistake)))?;
        rate("breaker_rates (failed)", self.breaker.failure_rate)?;
        rate("breaker_rates (slow)", self.breaker.slow_rate)
    }
}

fn name(setting: &str, text: &str) -> Result<(), CacheError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.len() <= 64 && text.chars().all(plain) {
        return Ok(());
    }
    Err(CacheError::config(format!("`{setting}` is {text:?}; allowed are 1 to 64 letters, digits, `-`, `_` and `.`")))
}

fn within<T: PartialOrd + fmt::Debug>(setting: &str, value: T, least: T, most: T) -> Result<(), CacheError> {
    if value >= least && value <= most {
        return Ok(());
    }
    Err(CacheError::config(format!("`{setting}` is {value:?}; allowed is {least:?} to {most:?}")))
}

fn rate(setting: &str, value: f64) -> Result<(), CacheError> {
    if value > 0.0 && value <= 1.0 {
        return Ok(());
    }
    Err(CacheError::config(format!("`{setting}` is {value}; allowed is more than 0, at most 1")))
}

/// URLs can hold passwords and are not shown.
impl fmt::Debug for CacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBuilder")
            .field("name", &self.name)
            .field("prefix", &self.prefix)
            .field("server", &self.places.first().map(|(setting, _)| setting))
            .finish_non_exhaustive()
    }
}

impl Cache {
    /// The cache of a program that configured none.
    pub(crate) fn embedded() -> Self {
        let embedded = CacheBuilder::new().name("embedded").build();
        embedded.unwrap_or_else(|error| unreachable!("the defaults are allowed: {error}"))
    }
}
