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
    /// Runs what would write the tenant and the id. `None` where either is long, of many parts, or needs escapes.
    #[inline(always)]
    pub(crate) fn see(tenant: impl FnOnce(&mut KeyWriter) -> Tenancy, id: impl FnOnce(&mut KeyWriter)) -> Option<Self> {
        // Made here, so that a compiler knows in which state they are: of a number nothing is left but the number.
        let mut out = KeyWriter::probing();
        let tenant = match tenant(&mut out) {
            Tenancy::Shared => None,
            Tenancy::Written => Some(out.seen()?),
            Tenancy::Missing => return None,
        };
        let mut out = KeyWriter::probing();
        id(&mut out);
        // An id without a part ends differently.
        let id = out.seen().filter(|_| out.has_parts())?;
        Some(Self { tenant, id })
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
