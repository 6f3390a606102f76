//! What a key is made of, seen without writing it.

use super::{KeyWriter, Short, Tenancy};

/// What tells a key from others of its resource and version, without a suffix: no other of them has the same.
///
/// It is read where the writers left it: a copy in other strides than those in which it was written just now would wait for it.
pub struct ShortKey {
    tenancy: Tenancy,
    tenant: KeyWriter,
    id: KeyWriter,
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
    /// Of nothing yet.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { tenancy: Tenancy::Missing, tenant: KeyWriter::probing(), id: KeyWriter::probing() }
    }

    /// Runs what would write the tenant and the id. Not where either is long, of many parts, or needs escapes.
    #[inline]
    pub(crate) fn see(
        &mut self,
        tenant: impl FnOnce(&mut KeyWriter) -> Tenancy,
        id: impl FnOnce(&mut KeyWriter),
    ) -> bool {
        self.tenancy = tenant(&mut self.tenant);
        let is_short = match self.tenancy {
            Tenancy::Shared => true,
            Tenancy::Written => self.tenant.has_seen_one(),
            Tenancy::Missing => false,
        };
        if !is_short {
            return false;
        }
        id(&mut self.id);
        // An id without a part ends differently.
        self.id.has_seen_one() && self.id.has_parts()
    }

    /// `None` in the shared namespace.
    #[inline]
    pub(crate) fn tenant(&self) -> Option<Short> {
        (self.tenancy == Tenancy::Written).then(|| self.tenant.seen())
    }

    #[inline]
    pub(crate) fn id(&self) -> Short {
        self.id.seen()
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
