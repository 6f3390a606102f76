//! Which cache a call uses: the one it names, else its task's, else the installed one, else an embedded one.

use std::future::Future;
use std::ops::Deref;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Cache;
use crate::error::CacheError;

tokio::task_local! {
    static SCOPED: Cache;
}

/// Whether a program ever made a scope.
static SCOPES: AtomicBool = AtomicBool::new(false);

static INSTALLED: OnceLock<Cache> = OnceLock::new();
static EMBEDDED: OnceLock<Cache> = OnceLock::new();

/// A cache that a call uses.
pub(crate) enum Handle<'a> {
    Borrowed(&'a Cache),
    /// The one of the process. It stays, so that nobody has to count who uses it.
    Lasting(&'static Cache),
    Owned(Cache),
}

impl Clone for Handle<'_> {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(cache) => Self::Borrowed(cache),
            Self::Lasting(cache) => Self::Lasting(cache),
            Self::Owned(cache) => Self::Owned(cache.clone()),
        }
    }
}

impl Handle<'_> {
    pub(crate) fn owned(self) -> Cache {
        match self {
            Self::Borrowed(cache) | Self::Lasting(cache) => cache.clone(),
            Self::Owned(cache) => cache,
        }
    }

    /// For what may outlive the call.
    pub(crate) fn kept(self) -> Handle<'static> {
        match self {
            Self::Borrowed(cache) => Handle::Owned(cache.clone()),
            Self::Lasting(cache) => Handle::Lasting(cache),
            Self::Owned(cache) => Handle::Owned(cache),
        }
    }
}

impl Deref for Handle<'_> {
    type Target = Cache;

    fn deref(&self) -> &Cache {
        match self {
            Self::Borrowed(cache) | Self::Lasting(cache) => cache,
            Self::Owned(cache) => cache,
        }
    }
}

impl Cache {
    /// Runs `future` with this cache for every annotated function it calls. A task that the future spawns does not inherit
    /// it. Tests that run side by side each take a scope of their own.
    ///
    /// ```
    /// # use cache_runtime::Cache;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let cache = Cache::builder().name("test").build().unwrap();
    /// cache.scope(async { assert_eq!(Cache::current().name(), "test") }).await;
    /// # });
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        SCOPES.store(true, Ordering::Relaxed);
        SCOPED.scope(self.clone(), future)
    }

    /// Makes this the cache of the whole process. The first one stays.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when one was installed before.
    pub fn install(self) -> Result<(), CacheError> {
        INSTALLED.set(self).map_err(|_| {
            CacheError::config("`Cache::install` was called before; a process installs one cache, at its start")
        })
    }

    /// The cache that an annotated function without `cache = ..` uses here: the task's, else the installed one, else an
    /// embedded in-memory one that is made on first use.
    pub fn current() -> Self {
        Self::ambient().owned()
    }

    /// The installed one, where it is the one in any case.
    #[inline]
    pub(crate) fn usual() -> Option<&'static Self> {
        if SCOPES.load(Ordering::Relaxed) { None } else { INSTALLED.get() }
    }

    /// Likewise, without a clone of a cache that stays.
    pub(crate) fn ambient() -> Handle<'static> {
        // Set before any scope begins, which a call inside comes after.
        if SCOPES.load(Ordering::Relaxed)
            && let Ok(scoped) = SCOPED.try_with(Self::clone)
        {
            return Handle::Owned(scoped);
        }
        Handle::Lasting(INSTALLED.get().unwrap_or_else(|| EMBEDDED.get_or_init(Self::embedded)))
    }
}
