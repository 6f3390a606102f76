//! The one error type of the direct calls. Annotated functions never return it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// What a cache was asked to do when it failed; also the `operation` label of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Building a cache, or reading its settings.
    Configure,
    /// Reading one entry.
    Get,
    /// Reading several entries.
    GetMany,
    /// Writing one entry.
    Put,
    /// Writing several entries.
    PutMany,
    /// Asking for leave to fill, prolonging it, or giving it back.
    Claim,
    /// Removing named entries.
    Invalidate,
    /// Guarding entries while a write is under way.
    Guard,
    /// Removing an entry that did not decode, if it is still the same.
    Discard,
    /// Removing keys by a pattern.
    Sweep,
    /// Asking whether the store answers.
    Ping,
    /// Running the function that loads a missing value.
    Load,
    /// Waiting for what is owed to the store.
    Shutdown,
}

impl Operation {
    /// The label: `get`, `put`, `invalidate` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configure => "configure",
            Self::Get => "get",
            Self::GetMany => "get_many",
            Self::Put => "put",
            Self::PutMany => "put_many",
            Self::Claim => "claim",
            Self::Invalidate => "invalidate",
            Self::Guard => "guard",
            Self::Discard => "discard",
            Self::Sweep => "sweep",
            Self::Ping => "ping",
            Self::Load => "load",
            Self::Shutdown => "shutdown",
        }
    }
}

/// Why an operation failed; also the `kind` label of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is wrong. The message names it, says what was wrong and what is allowed.
    Config,
    /// The store could not be reached, or the connection broke.
    Unavailable,
    /// The store did not answer within the operation timeout.
    Timeout,
    /// The breaker is open: the store was not asked.
    BreakerOpen,
    /// The store is loading its data set.
    Loading,
    /// The store wants other credentials, or forbids the command (`NOAUTH`, `WRONGPASS`, `NOPERM`).
    Denied,
    /// The store takes no writes: a replica, or a full disk.
    ReadOnly,
    /// The store is full and may not evict.
    OutOfMemory,
    /// The key holds something that is no string.
    WrongType,
    /// The store answered something else that is an error.
    Refused,
    /// The stored bytes are not an entry of the asked type.
    Decode,
    /// The value cannot be written as JSON.
    Encode,
    /// The encoded value is larger than the limit.
    TooLarge,
    /// The key has no tenant, and one is needed.
    TenantMissing,
    /// The loading function failed; its error is the source.
    Load,
    /// The pattern names no keys in particular, and nothing says that this is meant.
    Pattern,
}

impl ErrorKind {
    /// The label: `timeout`, `unavailable` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::BreakerOpen => "breaker_open",
            Self::Loading => "loading",
            Self::Denied => "denied",
            Self::ReadOnly => "read_only",
            Self::OutOfMemory => "out_of_memory",
            Self::WrongType => "wrong_type",
            Self::Refused => "refused",
            Self::Decode => "decode",
            Self::Encode => "encode",
            Self::TooLarge => "too_large",
            Self::TenantMissing => "tenant_missing",
            Self::Load => "load",
            Self::Pattern => "pattern",
        }
    }

    /// Whether it says that the store as a whole is unwell, which is what the breaker counts.
    pub(crate) const fn is_outage(self) -> bool {
        matches!(self, Self::Unavailable | Self::Timeout | Self::Loading)
    }
}

/// Why a direct call failed: which operation, which kind, and the cause where there is one.
///
/// Neither its `Display` nor its `Debug` holds a value, a credential or a raw key.
#[non_exhaustive]
pub struct CacheError {
    operation: Operation,
    kind: ErrorKind,
    detail: Cow<'static, str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CacheError {
    pub(crate) fn new(operation: Operation, kind: ErrorKind) -> Self {
        Self { operation, kind, detail: Cow::Borrowed(""), source: None }
    }

    pub(crate) fn config(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Operation::Configure, ErrorKind::Config).with_detail(detail)
    }

    #[must_use]
    pub(crate) fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = detail.into();
        self
    }

    #[must_use]
    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the cache was asked to do.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Why it failed.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The cause, for [`ErrorKind::Load`] the loading function's own error.
    pub fn into_source(self) -> Option<Box<dyn Error + Send + Sync>> {
        self.source
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::Config => "configuration refused",
            ErrorKind::Unavailable => "store unavailable",
            ErrorKind::Timeout => "no answer within the operation timeout",
            ErrorKind::BreakerOpen => "breaker open, store not asked",
            ErrorKind::Loading => "store is loading its data",
            ErrorKind::Denied => "store denied access",
            ErrorKind::ReadOnly => "store takes no writes",
            ErrorKind::OutOfMemory => "store is full",
            ErrorKind::WrongType => "the key holds another type",
            ErrorKind::Refused => "store refused the command",
            ErrorKind::Decode => "stored bytes do not decode",
            ErrorKind::Encode => "value cannot be encoded",
            ErrorKind::TooLarge => "value is larger than the limit",
            ErrorKind::TenantMissing => "the key has no tenant",
            ErrorKind::Load => "loading failed",
            ErrorKind::Pattern => "pattern refused",
        };
        write!(f, "{} failed: {what}", self.operation.as_str())?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

impl fmt::Debug for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheError")
            .field("operation", &self.operation)
            .field("kind", &self.kind)
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

impl Error for CacheError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
