//! What stores are asked for, and what they answer.

use std::borrow::Cow;
use std::time::Duration;

use crate::key::KeyText;
#[cfg(feature = "redis")]
use crate::wire::Payload;

/// A version that this process uses, and where it is registered, so that invalidations of other programs reach it.
#[derive(Clone)]
#[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "a server alone is shared with other versions"))]
pub(crate) struct Registration {
    pub register: KeyText,
    pub version: Cow<'static, str>,
    /// How long a registration holds when it is made; entries live no longer than half of it.
    pub horizon: Duration,
}

#[cfg(feature = "redis")]
impl Registration {
    /// For how long it holds at least, from the time at which it was asked for: it is made anew when there is less left. What
    /// is filled in the quarter that is left beyond an entry's life need not ask again.
    pub(crate) fn holds(&self) -> Duration {
        self.horizon / 4 * 3
    }
}

/// A fill that asks for leave.
#[cfg(feature = "redis")]
#[derive(Clone)]
pub(crate) struct Ask {
    pub key: KeyText,
    pub lease: Payload,
    pub ttl: Duration,
    /// The lease of a fill that this one follows.
    pub replaces: Option<Payload>,
    pub registration: Option<Registration>,
}

/// A fill that was given leave.
#[cfg(feature = "redis")]
#[derive(Clone)]
pub(crate) struct Fill {
    pub key: KeyText,
    /// What has to stand there.
    pub expected: Payload,
    pub bytes: Payload,
    pub ttl: Duration,
    pub registration: Option<Registration>,
}

/// What asking for leave to fill gave.
#[cfg(feature = "redis")]
pub(crate) enum Claim {
    Granted,
    /// Somebody stored a value meanwhile.
    Stored,
    /// Somebody else loads.
    Held,
    /// Nothing may be filled now: an invalidation is under way, or was a moment ago.
    Guarded,
}

/// What a read gave that asks for leave where it finds nothing.
#[cfg(feature = "redis")]
pub(crate) enum Looked {
    Found(Payload),
    Granted,
    /// There is nothing, and nothing may be filled now.
    Guarded,
}

/// Entries to remove.
#[derive(Clone, Copy)]
pub(crate) struct Invalidation<'a> {
    pub keys: &'a [KeyText],
    /// Where versions are registered that may be unknown here.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "told to a server"))]
    pub registers: &'a [KeyText],
    /// A guard that ends with this.
    pub lift: Option<&'a str>,
    /// For how long nothing is to be filled from now on, and the token of that.
    pub fence: Option<(&'a str, Duration)>,
}

/// What an invalidation found.
pub(crate) struct Removed {
    /// How many values there were.
    pub count: u64,
    /// The registered versions, for each register.
    pub versions: Vec<Vec<String>>,
}
