//! What to do with an entry that is there: serve it, renew it, or take it for nothing.

use std::time::Duration;

use crate::clock::Millis;
use crate::policy::{Policy, Refresh};
use crate::wire::Facts;

/// What an entry's age asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing.
    Not,
    /// To be renewed, and served meanwhile: it is about to expire, or did and may be served while another one is loaded.
    Renew { stale: bool },
    /// To be loaded anew, and served only should that fail or take long.
    Reload,
    /// To be loaded anew.
    Expired,
}

/// Judges an entry. `left` is what is left of its life in the store, and `chance` gives a number between 0 and 1. Neither that nor a
/// clock is asked where the entry's age does not count: most have no grace, and are gone when they expire.
pub(crate) fn due(
    policy: &Policy,
    facts: &Facts,
    left: Option<Duration>,
    now: impl FnOnce() -> Millis,
    chance: impl FnOnce() -> f64,
) -> Due {
    let Some(left) = logical(facts, left, now) else { return Due::Not };
    if left > 0 {
        let early = match policy.refresh {
            Some(Refresh::Ahead(share)) => past(facts, left) >= share,
            Some(Refresh::Probabilistic) => comes_early(facts, left, chance()),
            Some(Refresh::Never) | None => false,
        };
        return if early { Due::Renew { stale: false } } else { Due::Not };
    }
    let over = Duration::from_millis(left.unsigned_abs());
    let within = |window: Option<Duration>| window.is_some_and(|window| over < window);
    if within(policy.stale_while_revalidate) {
        Due::Renew { stale: true }
    } else if within(policy.stale_if_error) {
        Due::Reload
    } else {
        Due::Expired
    }
}

/// Milliseconds to the expiry, negative after it. By the store's time where that was asked for: clocks of processes differ.
fn logical(facts: &Facts, left: Option<Duration>, now: impl FnOnce() -> Millis) -> Option<i64> {
    match (left, facts.expires) {
        (Some(left), _) => Some(difference(crate::clock::millis(left), facts.grace)),
        // Without a grace it is gone when it expires.
        (None, Some(expires)) if facts.grace > 0 => Some(difference(expires, now())),
        (None, _) => None,
    }
}

fn difference(one: u64, two: u64) -> i64 {
    let most = i64::MAX.unsigned_abs();
    one.min(most).cast_signed() - two.min(most).cast_signed()
}

fn ttl(facts: &Facts) -> Option<u64> {
    Some(facts.expires?.saturating_sub(facts.created?)).filter(|ttl| *ttl > 0)
}

/// The share of the ttl that is over.
#[allow(clippy::cast_precision_loss, reason = "a share")]
fn past(facts: &Facts, left: i64) -> f64 {
    ttl(facts).map_or(0.0, |ttl| 1.0 - left as f64 / ttl as f64)
}

/// XFetch (Vattani et al. 2015): the expiry is moved forward by the load's duration times an exponentially distributed number.
#[allow(clippy::cast_precision_loss, reason = "a chance")]
fn comes_early(facts: &Facts, left: i64, chance: f64) -> bool {
    let cost = facts.cost.max(1) as f64;
    cost * -chance.max(f64::MIN_POSITIVE).ln() >= left as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts { created: Some(1_000), expires: Some(11_000), since: Some(1), grace: 5_000, cost: 100 };

    fn at(policy: Policy, left: u64) -> Due {
        due(&policy, &FACTS, Some(Duration::from_millis(left)), || 0, || 0.5)
    }

    #[test]
    fn windows_begin_at_the_expiry() {
        let second = Duration::from_secs(1);
        let policy = Policy::new().stale_while_revalidate(second).stale_if_error(second * 3);
        assert_eq!(at(policy, 5_001), Due::Not);
        assert_eq!(at(policy, 5_000), Due::Renew { stale: true });
        assert_eq!(at(policy, 4_000), Due::Reload);
        assert_eq!(at(policy, 2_000), Due::Expired);
        assert_eq!(at(Policy::new(), 5_000), Due::Expired, "kept for readers with another policy");
    }

    #[test]
    fn refreshing_begins_after_its_share_of_the_ttl() {
        let policy = Policy::new().refresh(Refresh::Ahead(0.8));
        assert_eq!(at(policy, 7_001), Due::Not);
        assert_eq!(at(policy, 7_000), Due::Renew { stale: false });
    }

    #[test]
    fn the_chance_to_come_early_grows_towards_the_expiry() {
        let policy = Policy::new().refresh(Refresh::Probabilistic);
        let early = |left: u64| {
            let hits = (1..1_000_u32).filter(|n| {
                let chance = f64::from(*n) / 1_000.0;
                due(&policy, &FACTS, Some(Duration::from_millis(5_000 + left)), || 0, || chance) != Due::Not
            });
            hits.count()
        };
        // P(cost * Exp(1) >= left) = exp(-left / cost).
        assert!((360..375).contains(&early(100)), "{}", early(100));
        assert!((130..140).contains(&early(200)), "{}", early(200));
        assert_eq!(early(1_000), 0);
    }

    #[test]
    fn without_the_stores_time_the_own_clock_decides() {
        let policy = Policy::new();
        assert_eq!(due(&policy, &FACTS, None, || 10_999, || 0.5), Due::Not);
        assert_eq!(due(&policy, &FACTS, None, || 11_000, || 0.5), Due::Expired);
        assert_eq!(due(&policy, &Facts { grace: 0, ..FACTS }, None, || panic!("a clock is read"), || 0.5), Due::Not);
    }
}
