//! The numbers that this thread has given to tenants.

use super::Site;
use super::slot::Common;
use crate::key::Short;

/// A power of two. So many tenants of a site, or sites of a tenant, are known at most.
const PLACES: usize = 2_048;

/// So often no place is found for another one before all make room: they may have been there for long.
const REFUSALS: u32 = 65_536;

/// The numbers of names are far below.
const FIRST: u32 = 1 << 31;

/// Which tenants have a number. One that finds no place has none, so that those that have one keep it.
pub(super) struct Tenants {
    places: Vec<Option<Known>>,
    /// Each is given once: what is kept under the number of a tenant that is forgotten is never another's.
    next: Option<u32>,
    refused: u32,
}

/// The keys of a site that have this tenant.
#[derive(Clone, Copy)]
struct Known {
    site: Site,
    tenant: Short,
    number: u32,
}

impl Tenants {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), next: Some(FIRST), refused: 0 }
    }

    #[inline(always)]
    pub(super) fn find(&self, site: &Site, tenant: Short) -> Option<Common> {
        let hash = tenant.hash(site.seed());
        let [one, two] = places(hash);
        let at = |place: usize| self.places.get(place)?.as_ref().filter(|known| known.is(site, tenant));
        Some(Common::with_seed(at(one).or_else(|| at(two))?.number, hash))
    }

    /// Its number, which it is given now if there is a place.
    pub(super) fn learn(&mut self, site: &Site, tenant: Short) -> Option<Common> {
        if let Some(names) = self.find(site, tenant) {
            return Some(names);
        }
        if self.places.is_empty() || self.refused == REFUSALS {
            self.places.clear();
            self.places.resize(PLACES, None);
            self.refused = 0;
        }
        let number = self.next?;
        let free = |place: &usize| self.places.get(*place).is_some_and(Option::is_none);
        let hash = tenant.hash(site.seed());
        let Some(place) = places(hash).into_iter().find(free) else {
            self.refused += 1;
            return None;
        };
        self.next = number.checked_add(1);
        self.places.get_mut(place)?.replace(Known { site: *site, tenant, number });
        Some(Common::with_seed(number, hash))
    }
}

impl Known {
    #[inline]
    fn is(&self, site: &Site, tenant: Short) -> bool {
        self.tenant == tenant && self.site.is(site)
    }
}

#[inline]
fn places(hash: u64) -> [usize; 2] {
    let place = |hash: u64| usize::try_from(hash % PLACES as u64).unwrap_or(0);
    [place(hash), place(hash >> 32)]
}

#[cfg(test)]
mod tests {
    use super::{Known, PLACES, REFUSALS, Short, Site, Tenants};
    use crate::key::Version;

    const SITE: Site = Site { cache: 1, resource: "user", version: Version::Fixed("v1") };

    fn tenant(number: usize) -> Short {
        Short::number(number).expect("a number")
    }

    fn find(tenants: &Tenants, site: &Site, tenant: Short) -> Option<u32> {
        tenants.find(site, tenant).map(|common| common.number)
    }

    fn learn(tenants: &mut Tenants, site: &Site, tenant: Short) -> Option<u32> {
        tenants.learn(site, tenant).map(|common| common.number)
    }

    #[test]
    fn it_takes_little() {
        assert!(size_of::<Option<Known>>() <= 72);
    }

    #[test]
    fn each_tenant_of_each_site_has_a_number_of_its_own() {
        let mut tenants = Tenants::new();
        let sites = [
            SITE,
            Site { cache: 2, ..SITE },
            Site { resource: "users", ..SITE },
            Site { version: Version::Auto(1), ..SITE },
        ];
        let parts = [tenant(7), tenant(8), Short::of("7"), Short::of("global"), Short::uuid(7)];
        let mut seen = Vec::new();
        for site in &sites {
            for part in parts {
                assert_eq!(find(&tenants, site, part), None);
                let number = learn(&mut tenants, site, part).expect("there is room");
                assert!(!seen.contains(&number));
                seen.push(number);
            }
        }
        let again = sites.iter().flat_map(|site| parts.map(|part| find(&tenants, site, part).expect("it is known")));
        assert_eq!(again.collect::<Vec<_>>(), seen);
    }

    /// So many that they meet in the same places.
    #[test]
    fn a_tenant_of_many_sites_has_another_number_at_each() {
        let mut tenants = Tenants::new();
        let sites = (1..8 * PLACES as u64).map(|cache| Site { cache, ..SITE });
        let mut numbers: Vec<u32> = sites.filter_map(|site| learn(&mut tenants, &site, tenant(7))).collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }

    #[test]
    fn most_of_many_tenants_are_known() {
        let mut tenants = Tenants::new();
        let known = (0..PLACES / 2).filter(|number| learn(&mut tenants, &SITE, tenant(*number)).is_some()).count();
        assert!(known > PLACES / 2 * 9 / 10, "{known}");
    }

    #[test]
    fn sites_side_by_side_leave_each_other_room() {
        let mut tenants = Tenants::new();
        let texts = "user,order,item,team,role,plan,page,mail";
        let sites = || texts.split(',').map(|resource| Site { resource, ..SITE });
        let all = sites().flat_map(|site| (0..64).map(move |number| (site, tenant(number))));
        let mut numbers: Vec<u32> = all.filter_map(|(site, part)| learn(&mut tenants, &site, part)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert!(numbers.len() > 8 * 64 * 95 / 100, "{}", numbers.len());
    }

    #[test]
    fn all_make_room_for_those_that_come_later() {
        let mut tenants = Tenants::new();
        let mut numbers: Vec<u32> =
            (0..100 * PLACES).filter_map(|number| learn(&mut tenants, &SITE, tenant(number))).collect();
        assert!(numbers.len() > 2 * PLACES, "{}", numbers.len());
        assert!(find(&tenants, &SITE, tenant(0)).is_none());
        numbers.sort_unstable();
        numbers.dedup();
        assert!(numbers.len() > 2 * PLACES, "no number is given twice");
        assert!(tenants.refused <= REFUSALS);
    }

    #[test]
    fn without_numbers_left_nobody_gets_one() {
        let mut tenants = Tenants { next: Some(u32::MAX), ..Tenants::new() };
        assert_eq!(learn(&mut tenants, &SITE, tenant(1)), Some(u32::MAX));
        assert_eq!(learn(&mut tenants, &SITE, tenant(2)), None);
        assert_eq!(learn(&mut tenants, &SITE, tenant(1)), Some(u32::MAX));
    }
}
