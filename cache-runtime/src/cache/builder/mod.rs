//! Settings, checked before a cache exists.

mod check;
mod limits;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Ok(Cache(Arc::new(Inner {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
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
