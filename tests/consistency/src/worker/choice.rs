//! What is called next. The same seed makes the same choices.

use fastrand::Rng;

use crate::way::{LANES, Lane, Way, group, owner, registers};

/// Of a thousand calls, so many write.
const WRITES: u32 = 50;
/// Of a thousand writes, so many invalidate everything.
const CLEARS: u32 = 4;
/// How many registers a write raises that invalidates a set.
const AT_ONCE: usize = 3;

/// A call.
pub(super) enum Call {
    Read(Way, u16),
    /// Invalidates one entry.
    Write(Way, u16),
    /// Invalidates a set that these are in.
    Set(Set, Vec<u16>),
}

/// What is invalidated.
pub(super) enum Set {
    Group(u16),
    Owner(u16),
    Resource(Way),
    All,
}

impl Call {
    /// Of one of so many registers in each lane.
    pub(super) fn choose(rng: &mut Rng, keys: u16, writes: bool) -> Self {
        let (lane, first) = lane(rng, keys);
        let key = first + hot(rng, keys);
        if rng.u32(..1000) >= WRITES || !writes {
            let beside = lane.way == Way::Local && rng.u32(..4) == 0;
            return Self::Read(if beside { Way::Beside } else { lane.way }, key);
        }
        if rng.u32(..1000) < CLEARS {
            return Self::Set(Set::All, some(rng, key, 0..registers(keys), |_| true));
        }
        if !lane.tags {
            return Self::Write(lane.way, key);
        }
        let tagged = |register: u16| crate::way::lane(register, keys).tags;
        let all = 0..registers(keys);
        match rng.u32(..100) {
            0..40 => Self::Write(lane.way, key),
            40..66 => {
                let group = group(key);
                let ids = some(rng, key, all, |other| tagged(other) && crate::way::group(other) == group);
                Self::Set(Set::Group(group), ids)
            }
            66..92 => {
                let owner = owner(key);
                let ids = some(rng, key, all, |other| tagged(other) && crate::way::owner(other) == owner);
                Self::Set(Set::Owner(owner), ids)
            }
            _ => Self::Set(Set::Resource(lane.way), some(rng, key, first..first + keys, |_| true)),
        }
    }

    /// What is read while this call is under way, if it is a write: a key is most at risk then.
    pub(super) fn reads_beside(&self, keys: u16) -> Option<(Way, u16)> {
        match self {
            Self::Read(..) => None,
            Self::Write(way, key) => Some((*way, *key)),
            Self::Set(..) => Some((crate::way::lane(self.key(), keys).way, self.key())),
        }
    }

    /// The register, or one of them.
    pub(super) fn key(&self) -> u16 {
        match self {
            Self::Read(_, key) | Self::Write(_, key) => *key,
            Self::Set(_, keys) => keys.first().copied().unwrap_or(0),
        }
    }
}

/// By the lanes' shares; with its first register.
fn lane(rng: &mut Rng, keys: u16) -> (Lane, u16) {
    let shares: u32 = LANES.iter().map(|lane| lane.share).sum();
    let mut left = rng.u32(..shares);
    let mut first = 0;
    for lane in LANES {
        if left < lane.share {
            return (lane, first);
        }
        left -= lane.share;
        first += keys;
    }
    (LANES[0], 0)
}

/// A register and some others.
fn some(rng: &mut Rng, key: u16, of: std::ops::Range<u16>, fits: impl Fn(u16) -> bool) -> Vec<u16> {
    let others: Vec<u16> = of.filter(|other| *other != key && fits(*other)).collect();
    let mut ids = vec![key];
    ids.extend(rng.choose_multiple(others, AT_ONCE - 1));
    ids
}

/// Low keys are asked for more often than high ones.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to below the number of keys")]
fn hot(rng: &mut Rng, keys: u16) -> u16 {
    let share = rng.f64();
    (share * share * f64::from(keys)) as u16
}
