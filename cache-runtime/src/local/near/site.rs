//! Keys that differ in their ids and tenants alone.

use super::SITES;
use crate::key::Version;

/// A cache, a resource and a version: keys without a suffix.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    pub cache: u64,
    pub resource: &'static str,
    pub version: Version,
}

impl Site {
    /// Without a look at the texts, which are literals in the program.
    #[inline]
    pub(super) fn is(&self, other: &Self) -> bool {
        self.cache == other.cache
            && std::ptr::eq(self.resource, other.resource)
            && self.version.is_literally(other.version)
    }

    /// For hashes: those of places near to each other, of which there are many in a program, are far apart.
    #[inline]
    pub(super) fn seed(&self) -> u64 {
        let address = |text: &'static str| u64::try_from(text.as_ptr().addr()).unwrap_or(0);
        let version = match self.version {
            Version::Fixed(text) => address(text),
            Version::Auto(fingerprint) => fingerprint,
        };
        (address(self.resource) ^ version.rotate_left(32) ^ self.cache.rotate_left(16))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[inline]
    pub(super) fn place(&self) -> usize {
        let at = self.resource.as_ptr().addr();
        (at ^ at >> 5) % SITES
    }
}

#[cfg(test)]
mod tests {
    use super::Site;
    use crate::key::Version;

    #[test]
    fn a_site_differs_by_cache_resource_and_version() {
        let site = Site { cache: 1, resource: "user", version: Version::Fixed("v1") };
        assert!(site.is(&site));
        assert!(!site.is(&Site { cache: 2, ..site }));
        assert!(!site.is(&Site { resource: "users", ..site }));
        assert!(!site.is(&Site { version: Version::Fixed("v2"), ..site }));
        assert!(!site.is(&Site { version: Version::Auto(1), ..site }));
    }
}
