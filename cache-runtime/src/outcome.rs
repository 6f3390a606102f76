//! What one call did.

use std::fmt;

use crate::error::ErrorKind;

/// How a call got its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The value was cached and within its ttl.
    Hit,
    /// The value was cached and past its ttl: it was served in place of a new one, as its policy allows.
    Stale,
    /// The value was not cached: the body ran.
    Miss,
    /// The caller asked for a new value ([`refresh`](crate::refresh)): the body ran.
    Refresh,
    /// The cache was not asked ([`bypass`](crate::bypass), `bypass = ..`, or a missing tenant): the body ran.
    Bypass,
    /// The store failed or what it held did not decode: the body ran.
    Error,
    /// No annotated function was called.
    Uncached,
}

impl Status {
    /// The `result` label of `cache_requests_total`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Miss => "miss",
            Self::Refresh => "refresh",
            Self::Bypass => "bypass",
            Self::Error => "error",
            Self::Uncached => "uncached",
        }
    }
}

/// Where the value of a call came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// The local tier in front of the store.
    Local,
    /// The embedded in-memory store.
    Memory,
    /// Redis or Valkey.
    Redis,
    /// Another caller that was asking for the same key at the same time.
    Flight,
    /// The function's own body.
    Body,
}

impl Level {
    /// The `level` label of `cache_requests_total`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Memory => "memory",
            Self::Redis => "redis",
            Self::Flight => "flight",
            Self::Body => "body",
        }
    }
}

/// What one call of an annotated function did: [`outcome`](crate::outcome()) returns it beside the value.
///
/// ```
/// # use cache_runtime::{cached, outcome, Cache};
/// #[cached(resource = "square", key(n), ttl = "1m")]
/// async fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let cache = Cache::builder().build().unwrap();
/// cache.scope(async {
///     let (value, first) = outcome(square(7)).await;
///     assert_eq!((value, first.is_miss()), (49, true));
///     let (value, second) = outcome(square(7)).await;
///     assert_eq!((value, second.is_hit()), (49, true));
/// }).await;
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How the call got its value.
    pub status: Status,
    /// Where the value came from.
    pub level: Level,
    /// Whether the call stored a value.
    pub stored: bool,
    /// Whether a new value is being loaded in the background.
    pub revalidating: bool,
    /// The failure that was hidden from the caller, if there was one.
    pub error: Option<ErrorKind>,
}

impl Outcome {
    pub(crate) const UNCACHED: Self = Self::new(Status::Uncached, Level::Body);

    pub(crate) const fn new(status: Status, level: Level) -> Self {
        Self { status, level, stored: false, revalidating: false, error: None }
    }

    /// Whether the value was cached.
    pub fn is_hit(&self) -> bool {
        self.status == Status::Hit
    }

    /// Whether the value was past its ttl.
    pub fn is_stale(&self) -> bool {
        self.status == Status::Stale
    }

    /// Whether the value was not cached, with nothing wrong.
    pub fn is_miss(&self) -> bool {
        self.status == Status::Miss
    }

    /// Whether the cache was left out.
    pub fn is_bypass(&self) -> bool {
        self.status == Status::Bypass
    }

    /// Whether the store failed, at the read or at the fill.
    pub fn is_error(&self) -> bool {
        self.error.is_some()
    }

    /// Whether the function's body ran for this call.
    pub fn ran_body(&self) -> bool {
        self.level == Level::Body
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.status.as_str(), self.level.as_str())?;
        if self.stored {
            f.write_str(", stored")?;
        }
        if self.revalidating {
            f.write_str(", revalidating")?;
        }
        if let Some(error) = self.error {
            write!(f, ", {}", error.as_str())?;
        }
        f.write_str(")")
    }
}
