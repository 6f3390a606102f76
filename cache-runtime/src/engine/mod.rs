//! The path of one call, apart from types that only the user's crate knows: compiled once, however many functions are annotated.

mod age;
#[cfg(feature = "redis")]
mod alone;
#[cfg(feature = "redis")]
mod aside;
#[cfg(feature = "redis")]
mod brief;
mod detached;
mod driven;
mod entry;
mod fill;
mod lead;
#[cfg(feature = "redis")]
mod lease;
mod load;
mod local;
#[cfg(feature = "redis")]
mod look;
mod lookup;
mod offer;
#[cfg(feature = "redis")]
mod remote;
mod renew;
mod running;
mod slide;
mod unstored;

pub(crate) use self::age::{Due, due};
pub(crate) use self::driven::{Driven, Found, Offered};
pub(crate) use self::load::Load;
pub(crate) use self::local::{Wanted, may_be_held, not_shared, serve_held, share_held};
pub(crate) use self::lookup::Lookup;
pub(crate) use self::offer::Accepted;
pub(crate) use self::running::{Around, Running};
pub(crate) use self::unstored::Unstored;
use crate::cache::Cache;
use crate::call;
use crate::outcome::Outcome;
use crate::telemetry;

/// Counts a call and tells its caller what it did.
pub(crate) fn finish(cache: &Cache, resource: &'static str, outcome: Outcome) {
    cache.0.counts.request(&outcome);
    telemetry::request(&cache.0.name, resource, &outcome);
    call::report(outcome);
}

/// Likewise, of one that the breaker kept from the store, and whose value would have been stored: at once, as there are many.
pub(crate) fn finish_refused(cache: &Cache, resource: &'static str, outcome: Outcome) {
    cache.0.counts.request(&outcome);
    cache.0.counts.errors.add();
    telemetry::refused(&cache.0.name, resource, &outcome);
    call::report(outcome);
}
