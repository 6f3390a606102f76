//! How fresh a value has to be, and what happens around its expiry.

use std::time::Duration;

/// When a value is loaded anew before it expires.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refresh {
    /// Not before it expires.
    Never,
    /// By the first caller after this share of the ttl is over: `refresh_ahead = 0.8`. More than 0, less than 1.
    Ahead(f64),
    /// By each caller with a probability that grows towards the expiry and with the time that the load took: XFetch (Vattani,
    /// Chierichetti, Lowenstein: "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015), here with its beta of 1.
    Probabilistic,
}

/// Where the body of a value that is to be renewed runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revalidate {
    /// In a task of its own; the caller is served what there is. Needs owned arguments.
    Background,
    /// In the call that finds the value due; other callers are served what there is meanwhile.
    Inline,
}

/// The freshness policies of an annotated function, of a typed key, or of a whole cache. What is unset is taken from the next
/// one in this order: attribute, key, builder.
///
/// ```
/// use std::time::Duration;
/// use cache_runtime::{Cache, Policy};
///
/// let policy = Policy::new().stale_if_error(Duration::from_secs(3600)).jitter(0.1);
/// let cache = Cache::builder().policy(policy).build()?;
/// # Ok::<(), cache_runtime::CacheError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// How long a decoded value is held in the local tier at most. Zero turns the tier off. Default: off.
    pub local: Option<Duration>,
    /// For how long after its expiry a value is served when the body fails. Default: not at all.
    pub stale_if_error: Option<Duration>,
    /// For how long after its expiry a value is served at once while a new one is loaded. Default: not at all.
    pub stale_while_revalidate: Option<Duration>,
    /// How long a call waits for the body when there is a stale value to serve in its place. Default: until the body ends.
    pub soft_timeout: Option<Duration>,
    /// How long a call waits for the body at all: then it is served a stale value, or, where the function's attribute has a
    /// `hard_timeout`, returns an error. Default: until the body ends.
    pub hard_timeout: Option<Duration>,
    /// When a value is loaded anew before it expires. Default: never.
    pub refresh: Option<Refresh>,
    /// Up to which share of the ttl lives of loaded values are shortened at random, so that entries that were filled together do not expire
    /// together. From 0 to 1. Default 0.
    pub jitter: Option<f64>,
    /// Whether a hit prolongs the entry's life to the whole ttl again. Default: no.
    pub sliding: Option<bool>,
    /// Where the body of a value that is to be renewed runs. Default: in the background, where the function's attribute asks for
    /// that; inline otherwise.
    pub revalidate: Option<Revalidate>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty),* $(,)?) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub const fn $name(mut self, $name: $type) -> Self {
                self.$name = Some($name);
                self
            }
        )*

        /// Whether it leaves everything to the next level.
        const fn is_unset(&self) -> bool {
            true $(&& self.$name.is_none())*
        }
    };
}

impl Policy {
    /// A policy that leaves everything to the next level.
    #[expect(clippy::new_without_default, reason = "`new` is const")]
    pub const fn new() -> Self {
        Self {
            local: None,
            stale_if_error: None,
            stale_while_revalidate: None,
            soft_timeout: None,
            hard_timeout: None,
            refresh: None,
            jitter: None,
            sliding: None,
            revalidate: None,
        }
    }

    setters! {
        /// Sets [`local`](Self::local).
        local: Duration,
        /// Sets [`stale_if_error`](Self::stale_if_error).
        stale_if_error: Duration,
        /// Sets [`stale_while_revalidate`](Self::stale_while_revalidate).
        stale_while_revalidate: Duration,
        /// Sets [`soft_timeout`](Self::soft_timeout).
        soft_timeout: Duration,
        /// Sets [`hard_timeout`](Self::hard_timeout).
        hard_timeout: Duration,
        /// Sets [`refresh`](Self::refresh).
        refresh: Refresh,
        /// Sets [`jitter`](Self::jitter).
        jitter: f64,
        /// Sets [`sliding`](Self::sliding).
        sliding: bool,
        /// Sets [`revalidate`](Self::revalidate).
        revalidate: Revalidate,
    }

    /// This policy, with what it leaves unset taken from another one.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        // Most leave everything: seen at once, where each field is two branches.
        if self.is_unset() {
            return other;
        }
        macro_rules! first {
            ($field:ident) => {
                match self.$field {
                    Some(value) => Some(value),
                    None => other.$field,
                }
            };
        }
        Self {
            local: first!(local),
            stale_if_error: first!(stale_if_error),
            stale_while_revalidate: first!(stale_while_revalidate),
            soft_timeout: first!(soft_timeout),
            hard_timeout: first!(hard_timeout),
            refresh: first!(refresh),
            jitter: first!(jitter),
            sliding: first!(sliding),
            revalidate: first!(revalidate),
        }
    }

    /// What they say together. `None` where that is what the last one says: most calls and keys have no policy, and it is large.
    #[inline]
    pub(crate) fn own(call: &Self, key: &Self, rest: &Self) -> Option<Box<Self>> {
        let none = call.is_unset() && key.is_unset();
        (!none).then(|| Box::new(call.or(*key).or(*rest)))
    }

    /// How long an entry is kept beyond its ttl.
    pub(crate) fn grace(&self) -> Duration {
        self.stale_if_error.max(self.stale_while_revalidate).unwrap_or_default()
    }

    /// A life that is shorter by a random part.
    pub(crate) fn jittered(&self, ttl: Duration) -> Duration {
        match self.jitter {
            Some(jitter) if jitter > 0.0 && ttl < Duration::from_secs(1 << 40) => {
                ttl.mul_f64(1.0 - jitter.min(1.0) * fastrand::f64()).max(Duration::from_millis(1)).min(ttl)
            }
            _ => ttl,
        }
    }

    /// What is wrong with it, as the name of the field and what is allowed.
    pub(crate) fn mistake(&self) -> Option<String> {
        if let Some(jitter) = self.jitter
            && !(0.0..=1.0).contains(&jitter)
        {
            return Some(format!("`jitter` is {jitter}; allowed is 0 to 1"));
        }
        if let Some(Refresh::Ahead(share)) = self.refresh
            && !(share > 0.0 && share < 1.0)
        {
            return Some(format!("`refresh_ahead` is {share}; allowed is more than 0 and less than 1"));
        }
        for (name, time) in [("soft_timeout", self.soft_timeout), ("hard_timeout", self.hard_timeout)] {
            if time.is_some_and(|time| time.is_zero()) {
                return Some(format!("`{name}` is 0; allowed is 1ms and more"));
            }
        }
        match (self.soft_timeout, self.hard_timeout) {
            (Some(soft), Some(hard)) if soft > hard => {
                Some(format!("`soft_timeout` is {soft:?}; allowed is at most the `hard_timeout`, which is {hard:?}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_is_unset_comes_from_the_next_level() {
        let merged = Policy::new().jitter(0.1).or(Policy::new().jitter(0.5).local(SECOND));
        assert_eq!(merged, Policy::new().jitter(0.1).local(SECOND));
    }

    #[test]
    fn the_longer_window_keeps_the_entry() {
        assert_eq!(Policy::new().stale_if_error(SECOND).stale_while_revalidate(SECOND * 2).grace(), SECOND * 2);
        assert_eq!(Policy::new().grace(), Duration::ZERO);
    }

    #[test]
    fn mistakes_name_the_field_and_what_is_allowed() {
        for (policy, says) in [
            (Policy::new().jitter(1.5), "`jitter` is 1.5; allowed is 0 to 1"),
            (Policy::new().jitter(f64::NAN), "`jitter`"),
            (
                Policy::new().refresh(Refresh::Ahead(1.0)),
                "`refresh_ahead` is 1; allowed is more than 0 and less than 1",
            ),
            (Policy::new().soft_timeout(Duration::ZERO), "`soft_timeout` is 0"),
            (Policy::new().soft_timeout(SECOND * 2).hard_timeout(SECOND), "at most the `hard_timeout`"),
        ] {
            let mistake = policy.mistake().expect("a mistake");
            assert!(mistake.contains(says), "{mistake}");
        }
        assert_eq!(Policy::new().refresh(Refresh::Ahead(0.8)).jitter(0.0).mistake(), None);
    }
}
