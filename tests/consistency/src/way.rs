//! In which ways the registers are read: each is an annotated function, or two on one resource.

use crate::clock::{Nanos, SECOND};

/// How long a value of the local tier may be served after its invalidation in another process: the default of
/// `CacheBuilder::local_bound`.
pub const LOCAL_BOUND: Nanos = SECOND;

/// A read's function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Way {
    /// No policy, one tier.
    #[default]
    Plain,
    /// `local`.
    Local,
    /// The same entries as `Local`, without the tier.
    Beside,
    /// Tags of the key and of the value.
    Tagged,
    /// The same, with `local`.
    TaggedLocal,
    /// `stale_while_revalidate`.
    Revalidated,
    /// `stale_if_error`, of a source that fails often.
    IfError,
    /// `soft_timeout`, of a source that is slow often.
    Soft,
    /// `refresh_ahead`.
    Ahead,
    /// `refresh = "probabilistic"`.
    Probabilistic,
    /// `jitter`.
    Jittered,
    /// `sliding`.
    Sliding,
    /// Tags, `local`, `stale_while_revalidate` and `stale_if_error` at once.
    Mixed,
    /// Tags, and values that are not kept.
    Declined,
}

/// All of them, in their order.
pub const WAYS: [Way; 14] = [
    Way::Plain,
    Way::Local,
    Way::Beside,
    Way::Tagged,
    Way::TaggedLocal,
    Way::Revalidated,
    Way::IfError,
    Way::Soft,
    Way::Ahead,
    Way::Probabilistic,
    Way::Jittered,
    Way::Sliding,
    Way::Mixed,
    Way::Declined,
];

impl Way {
    /// By how much a read may be older than an invalidation of another process.
    pub const fn bound(self) -> Nanos {
        match self {
            Self::Local | Self::TaggedLocal | Self::Mixed => LOCAL_BOUND,
            _ => 0,
        }
    }

    /// For reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Local => "local",
            Self::Beside => "beside local",
            Self::Tagged => "tagged",
            Self::TaggedLocal => "tagged, local",
            Self::Revalidated => "stale_while_revalidate",
            Self::IfError => "stale_if_error",
            Self::Soft => "soft_timeout",
            Self::Ahead => "refresh_ahead",
            Self::Probabilistic => "probabilistic",
            Self::Jittered => "jitter",
            Self::Sliding => "sliding",
            Self::Mixed => "mixed",
            Self::Declined => "not kept",
        }
    }
}

/// Registers whose entries lie in one resource. Each lane has as many as the run has keys.
pub const LANES: [Lane; 13] = [
    Lane { way: Way::Plain, share: 4, tags: false },
    Lane { way: Way::Local, share: 3, tags: false },
    Lane { way: Way::Tagged, share: 2, tags: true },
    Lane { way: Way::TaggedLocal, share: 2, tags: true },
    Lane { way: Way::Mixed, share: 2, tags: true },
    Lane { way: Way::Declined, share: 1, tags: true },
    Lane { way: Way::Revalidated, share: 1, tags: false },
    Lane { way: Way::IfError, share: 1, tags: false },
    Lane { way: Way::Soft, share: 1, tags: false },
    Lane { way: Way::Ahead, share: 1, tags: false },
    Lane { way: Way::Probabilistic, share: 1, tags: false },
    Lane { way: Way::Jittered, share: 1, tags: false },
    Lane { way: Way::Sliding, share: 1, tags: false },
];

/// A resource.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    /// How it is read.
    pub way: Way,
    /// How often, beside the others.
    pub share: u32,
    /// Whether its entries have tags.
    pub tags: bool,
}

/// How many registers there are.
pub fn registers(keys: u16) -> u16 {
    keys.saturating_mul(LANES.len().try_into().unwrap_or(u16::MAX))
}

/// The lane of a register.
pub fn lane(register: u16, keys: u16) -> Lane {
    LANES[usize::from(register / keys.max(1)).min(LANES.len() - 1)]
}

/// How many groups tagged entries are in, by the key.
pub const GROUPS: u16 = 8;
/// How many owners they have, by the value.
pub const OWNERS: u16 = 5;

/// By the key.
pub const fn group(register: u16) -> u16 {
    register % GROUPS
}

/// By the value.
pub const fn owner(register: u16) -> u16 {
    register % OWNERS
}
