//! The handle.

mod background;
mod builder;
mod direct;
mod env;
mod fallback;
mod faulty;
mod guard;
mod health;
mod pattern;
mod place;
mod read;
mod remove;
mod replace;
mod sets;
mod shutdown;
#[cfg(feature = "redis")]
mod solo;
mod throttle;
#[cfg(feature = "redis")]
mod together;
mod versions;
mod which;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::background::Waited;
pub use self::builder::CacheBuilder;
pub(crate) use self::guard::Budget;
pub use self::health::{Health, Stats};
pub use self::pattern::{InvalidatePattern, PatternReport};
pub(crate) use self::read::Boxed;
pub(crate) use self::remove::{Removal, Then};
pub(crate) use self::replace::Replacement;
pub(crate) use self::which::Handle;
use crate::breaker::Breaker;
use crate::clock::Clock;
use crate::flight::Flights;
use crate::key::{Asked as _, KeyLayout, KeySpec, KeyText, Lent, Tenancy, Unversioned, lend};
use crate::local::Local;
use crate::policy::Policy;
use crate::private::EntryKey;
use crate::recovery::Recovery;
use crate::store::Store;
use crate::telemetry::Name;
use crate::transaction;

/// A cache: settings, a store, and what goes on in it. Cloning is cheap and gives the same cache.
///
/// Without settings it is an embedded, bounded in-memory store. With a URL it is a Redis or Valkey server, which need not
/// be reachable: annotated functions run their body, and use the server when it comes.
///
/// ```
/// use std::time::Duration;
/// use cache_runtime::Cache;
///
/// let cache = Cache::builder().prefix("shop").default_ttl(Duration::from_secs(60)).build()?;
/// # Ok::<(), cache_runtime::CacheError>(())
/// ```
///
/// In tests, [`scope`](Self::scope) gives each test a cache of its own; the feature `test-util` adds a clock that the test
/// moves and a store that fails on demand.
#[derive(Clone)]
pub struct Cache(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    /// No two caches of a process have the same.
    pub id: u64,
    pub name: Name,
    pub settings: Settings,
    pub store: Store,
    pub local: Local,
    pub flights: Flights,
    /// Loads in place of entries that are still there.
    pub renewals: Flights,
    pub background: background::Background,
    pub throttles: throttle::Throttles,
    pub breaker: Breaker,
    pub clock: Clock,
    pub recovery: Recovery,
    pub versions: versions::Versions,
    pub fallback: fallback::Fallback,
    pub tasks: shutdown::Tasks,
    pub counts: health::Counts,
    #[cfg(any(test, feature = "test-util"))]
    pub faults: Option<crate::test_util::Faults>,
}

/// The checked settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub prefix: String,
    pub require_tenant: bool,
    pub default_ttl: Duration,
    pub operation_timeout: Duration,
    pub wait_timeout: Duration,
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "only a server has leases"))]
    pub lease_ttl: Duration,
    pub fence: Option<Duration>,
    pub shutdown_timeout: Duration,
    pub max_value_bytes: usize,
    pub compress_above: Option<usize>,
    pub policy: Policy,
    pub stale_throttle: Duration,
}

/// The key of one call in one cache.
pub(crate) struct Located {
    pub key: KeyText,
    suffixed: bool,
}

impl Located {
    /// What names the entry in every version.
    pub(crate) fn unversioned(&self) -> Unversioned {
        Unversioned::of(&self.key, self.suffixed)
    }

    /// Whether an invalidation of the entry has not reached the store yet.
    pub(crate) fn awaits_store(&self, cache: &Cache) -> bool {
        cache.0.recovery.len() > 0 && cache.0.recovery.covers(cache, &self.unversioned())
    }

    /// Whether a write of the open transaction has named the entry.
    pub(crate) fn awaits_commit(&self, cache: &Cache) -> bool {
        transaction::is_open() && transaction::covers(cache, &self.unversioned())
    }
}

impl Cache {
    /// A cache with settings of its own.
    pub fn builder() -> CacheBuilder {
        CacheBuilder::new()
    }

    /// The `cache` label of its metrics: `default` unless set.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn name_label(&self) -> &Name {
        &self.0.name
    }

    /// The text of a key in this cache. `None` when it may not touch the cache, for want of a tenant.
    pub(crate) fn locate(&self, key: &dyn EntryKey) -> Option<Located> {
        self.locate_as(key, key.spec(), key.suffix().as_deref())
    }

    /// Likewise, with the key's facts at hand.
    pub(crate) fn locate_as(&self, key: &dyn EntryKey, spec: &KeySpec, suffix: Option<&str>) -> Option<Located> {
        let suffixed = suffix.or(spec.suffix).is_some();
        self.lend_key(key, spec, suffix, |lent| Located { key: KeyText::from_text(lent.text()), suffixed })
    }

    /// Whether there may be an entry for which [`Located::awaits_store`] or [`Located::awaits_commit`].
    pub(crate) fn awaits_any(&self) -> bool {
        transaction::is_open() || self.0.recovery.len() > 0
    }

    /// Lends that text. Allocates nothing.
    pub(crate) fn lend_key<T>(
        &self,
        key: &dyn EntryKey,
        spec: &KeySpec,
        suffix: Option<&str>,
        read: impl FnOnce(&mut Lent<'_>) -> T,
    ) -> Option<T> {
        let layout = self.layout(spec, suffix);
        let read = |tenancy, lent: &mut Lent<'_>| self.admits(tenancy).then(|| read(lent));
        lend(self.0.id, &layout, spec.version, |out| key.write_tenant(out), |out| key.write_id(out), read)
    }

    fn layout<'a>(&'a self, spec: &KeySpec, suffix: Option<&'a str>) -> KeyLayout<'a> {
        KeyLayout { prefix: &self.0.settings.prefix, resource: spec.resource, suffix: suffix.or(spec.suffix) }
    }

    fn admits(&self, tenancy: Tenancy) -> bool {
        match tenancy {
            Tenancy::Missing => false,
            Tenancy::Shared => !self.0.settings.require_tenant,
            Tenancy::Written => true,
        }
    }

    pub(crate) fn locate_unversioned(&self, key: &dyn EntryKey) -> Option<Unversioned> {
        let (spec, suffix) = (key.spec(), key.suffix());
        let layout = self.layout(spec, suffix.as_deref());
        let (unversioned, tenancy) = Unversioned::new(&layout, |out| key.write_tenant(out), |out| key.write_id(out));
        unversioned.filter(|_| self.admits(tenancy))
    }
}

/// Name and kind of store; never an address with credentials, a key or a value.
impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("name", &self.0.name)
            .field("store", &self.0.store.level().as_str())
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
