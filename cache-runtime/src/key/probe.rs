//! What a key is made of, seen without writing it.

use super::{KeyWriter, Short, Tenancy};

/// What tells a key from others of its resource and version, without a suffix: no other of them has the same.
pub struct ShortKey {
    /// `None` in the shared namespace.
    pub(crate) tenant: Option<Short>,
    pub(crate) id: Short,
}

/// What a writer has seen that writes nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Probe {
    /// It writes.
    #[default]
    Off,
    Nothing,
    One,
    /// One, and a comma.
    After,
    Other,
}

impl ShortKey {
    /// What those saw that would have written the tenant and the id. `None` where either is long, of many parts, or needs escapes.
    #[inline]
    pub(crate) fn of(tenancy: Tenancy, tenant: &KeyWriter, id: &KeyWriter) -> Option<Self> {
        // An id without a part ends differently.
        let id = if id.has_parts() { id.seen()? } else { return None };
        match tenancy {
            Tenancy::Shared => Some(Self { tenant: None, id }),
            Tenancy::Written => Some(Self { tenant: Some(tenant.seen()?), id }),
            Tenancy::Missing => None,
        }
    }
}

impl Probe {
    /// `later` writes a comma.
    #[inline]
    pub(super) fn before_part(self, later: bool) -> Self {
        match self {
            Self::Nothing if !later => self,
            Self::One if later => Self::After,
            _ => Self::Other,
        }
    }

    /// A part that would write nothing is something all the same.
    #[inline]
    pub(super) fn after_part(self) -> Self {
        if self == Self::One { self } else { Self::Other }
    }
}
