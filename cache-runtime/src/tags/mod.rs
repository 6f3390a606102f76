//! Sets of entries that are invalidated in one step, however many they are: by tag, by resource, all.
//!
//! A store has a logical clock. An invalidation moves it on and stamps a name with its time; an entry remembers the time at
//! which its load began, and is valid as long as none of its names has a later stamp. So an invalidation writes one stamp, and
//! a process that starts later sees it.

mod cells;
mod names;

use std::collections::HashMap;

pub(crate) use self::cells::{Cell, Cells};
pub(crate) use self::names::{Names, names};
use crate::switch::{Mechanism, without};

/// How many stamps are kept. When there are more, the oldest half is dropped, and whatever was loaded before the newest of
/// those counts as invalid: that costs loads, and serves nothing stale.
pub(crate) const MOST: usize = 10_000;

/// What the stamp of everything stands under.
pub(crate) const CLEAR: &str = "clear";

/// The name of a resource's stamp.
pub(crate) fn resource(resource: &str) -> String {
    ["r:", resource].concat()
}

/// Whether it is one of those.
#[cfg(feature = "redis")]
pub(crate) fn is_resource(name: &str) -> bool {
    name.starts_with("r:")
}

/// The name of a tag's stamp.
pub(crate) fn tag(tag: &str) -> String {
    ["t:", tag].concat()
}

/// What a store says of some names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamps {
    /// The time of the last invalidation; `None` where the store has no clock, or lost it.
    pub clock: Option<u64>,
    /// When the clock was made: nothing is known of what was invalidated before.
    pub birth: u64,
    /// The latest of everything's stamp and those of the names.
    pub latest: u64,
}

impl Stamps {
    /// Whether an entry may be served whose load began at `since`. An entry that does not say, as others write them, may until
    /// one of its names is stamped.
    pub(crate) fn allow(&self, since: Option<u64>) -> bool {
        if without(Mechanism::Stamps) {
            return true;
        }
        match (since, self.clock) {
            // A clock that is behind was put back, as after a failover: what it stamps next may be earlier than `since`.
            (Some(since), Some(clock)) => since <= clock && self.birth <= since && self.latest <= since,
            (Some(_), None) => false,
            (None, _) => self.latest == 0,
        }
    }

    /// With what is said of further names.
    #[must_use]
    pub(crate) fn and(self, more: Self) -> Self {
        Self { clock: more.clock, birth: more.birth, latest: self.latest.max(more.latest) }
    }
}

/// What a store says of many names, each by itself.
pub(crate) struct Known {
    pub clock: Option<u64>,
    pub birth: u64,
    pub clear: u64,
    pub each: HashMap<String, u64>,
}

impl Known {
    /// What it says of some of them; `None` where one was not asked for.
    pub(crate) fn of(&self, names: &[String]) -> Option<Stamps> {
        let mut latest = self.clear;
        for name in names {
            latest = latest.max(*self.each.get(name)?);
        }
        Some(Stamps { clock: self.clock, birth: self.birth, latest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_valid_until_a_name_is_stamped_after_its_load_began() {
        let stamps = Stamps { clock: Some(20), birth: 5, latest: 10 };
        assert!(stamps.allow(Some(10)) && stamps.allow(Some(20)));
        assert!(!stamps.allow(Some(9)), "loaded before");
        assert!(!stamps.allow(Some(21)), "the clock was put back");
        assert!(!Stamps { latest: 0, ..stamps }.allow(Some(4)), "older than the clock");
        assert!(!Stamps::default().allow(Some(4)), "the clock was lost");
    }

    #[test]
    fn an_entry_that_others_wrote_is_valid_until_a_name_is_stamped() {
        assert!(Stamps::default().allow(None));
        assert!(Stamps { clock: Some(20), birth: 20, latest: 0 }.allow(None));
        assert!(!Stamps { clock: Some(20), birth: 5, latest: 6 }.allow(None));
    }

    #[test]
    fn names_do_not_meet() {
        assert_eq!(&*names("user", &["user", "clear"]), ["r:user", "t:user", "t:clear"]);
    }
}
