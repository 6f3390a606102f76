//! Metrics and events: every name in one place. `docs/metrics.md` is the table.
//!
//! Labels hold names that the program was compiled with (cache, resource) and words from short lists; never a key, a
//! tenant, a value or a server's own message.

mod known;
mod recorder;
mod series;

use std::time::Duration;

use metrics::{counter, gauge};

pub(crate) use self::series::Name;
use self::series::{Labels, NONE};
use crate::breaker::BreakerState;
use crate::error::{ErrorKind, Operation};
use crate::key::KeyText;
use crate::outcome::{Level, Outcome, Status};
use crate::wire::DecodeError;

/// How a load ended; the `result` label of `cache_load_duration_seconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoadEnd {
    Value,
    None,
    Error,
    /// The caller went away, or the body panicked.
    Dropped,
}

impl LoadEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::None => "none",
            Self::Error => "error",
            Self::Dropped => "dropped",
        }
    }
}

/// What became of a loaded value; the `result` label of `cache_fills_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FillEnd {
    Stored,
    /// `cache_if`, a zero ttl, or a `None` that is not cached.
    Declined,
    /// An invalidation came while the body ran.
    Voided,
    /// The store failed, or had failed when the call looked there.
    Failed,
    TooLarge,
    NotEncoded,
}

impl FillEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Failed => "failed",
            Self::TooLarge => "too_large",
            Self::NotEncoded => "not_encoded",
        }
    }
}

pub(crate) fn request(cache: &Name, resource: &'static str, outcome: &Outcome) {
    // What many do at the same time. Others tell of something else as well, most often, and are looked at when they happen.
    if outcome.is_hit() && outcome.level == Level::Redis || outcome.status == Status::Error {
        cache.tally(REQUESTS, request_labels(resource, outcome));
    } else {
        count_requests(cache, resource, outcome, 1);
    }
    request_event(cache, resource, outcome);
}

/// A request, the fill that it would have come to, and that the store was not asked as the breaker is open.
pub(crate) fn refused(cache: &Name, resource: &'static str, outcome: &Outcome) {
    let error = error_labels(Operation::Get, ErrorKind::BreakerOpen);
    cache.tally_with(REQUESTS, request_labels(resource, outcome), || {
        [(FILLS, fill_labels(resource, FillEnd::Failed)), (ERRORS, error)]
    });
    request_event(cache, resource, outcome);
    fill_event(cache, resource, FillEnd::Failed);
}

const REQUESTS: &str = "cache_requests_total";
const FILLS: &str = "cache_fills_total";
const ERRORS: &str = "cache_errors_total";

fn request_event(cache: &Name, resource: &'static str, outcome: &Outcome) {
    tracing::trace!(
        cache = %cache, resource, result = outcome.status.as_str(), level = outcome.level.as_str(), "cache request"
    );
}

fn count_requests(cache: &Name, resource: &'static str, outcome: &Outcome, count: u64) {
    cache.count(REQUESTS, request_labels(resource, outcome), count);
}

fn request_labels(resource: &'static str, outcome: &Outcome) -> Labels {
    [("resource", resource), ("level", outcome.level.as_str()), ("result", outcome.status.as_str())]
}

pub(crate) fn load(cache: &Name, resource: &'static str, end: LoadEnd, took: Duration) {
    let labels = [("resource", resource), ("result", end.as_str()), NONE];
    cache.observe("cache_load_duration_seconds", labels, took.as_secs_f64());
    tracing::trace!(cache = %cache, resource, result = end.as_str(), "cache load");
}

pub(crate) fn fill(cache: &Name, resource: &'static str, end: FillEnd) {
    let labels = fill_labels(resource, end);
    match end {
        // While the store is away each call comes to this.
        FillEnd::Failed => cache.tally(FILLS, labels),
        _ => cache.count(FILLS, labels, 1),
    }
    fill_event(cache, resource, end);
}

fn fill_labels(resource: &'static str, end: FillEnd) -> Labels {
    [("resource", resource), ("result", end.as_str()), NONE]
}

fn fill_event(cache: &Name, resource: &'static str, end: FillEnd) {
    match end {
        FillEnd::TooLarge | FillEnd::NotEncoded => {
            tracing::warn!(cache = %cache, resource, result = end.as_str(), "value not cached");
        }
        _ => tracing::trace!(cache = %cache, resource, result = end.as_str(), "cache fill"),
    }
}

/// `result` is `done`, or `deferred` where the store could not be reached and it is tried again.
pub(crate) fn invalidation(cache: &Name, resource: &str, result: &'static str) {
    counter!(
        "cache_invalidations_total", "cache" => cache.label(), "resource" => resource.to_owned(), "result" => result
    )
    .increment(1);
    tracing::debug!(cache = %cache, resource, result, "cache invalidation");
}

/// The key is shown as a short hash: enough to follow one entry through a log.
pub(crate) fn decode_failure(cache: &Name, resource: &'static str, key: &KeyText, error: DecodeError) {
    counter!(
        "cache_decode_failures_total", "cache" => cache.label(), "resource" => resource, "reason" => error.as_str()
    )
    .increment(1);
    tracing::warn!(cache = %cache, resource, reason = error.as_str(), ?key, "stored bytes do not decode; entry removed");
}

/// One operation, of however many made it together: what the store did, and not what it did for each.
pub(crate) fn operation(cache: &Name, operation: Operation, took: Duration) {
    let labels = [("operation", operation.as_str()), NONE, NONE];
    cache.observe("cache_operation_duration_seconds", labels, took.as_secs_f64());
}

/// Errors while the breaker is open are counted and not logged: the transition was.
pub(crate) fn error(cache: &Name, operation: Operation, kind: ErrorKind, code: &'static str) {
    let labels = error_labels(operation, kind);
    if kind == ErrorKind::BreakerOpen {
        cache.tally(ERRORS, labels);
    } else {
        cache.count(ERRORS, labels, 1);
        tracing::debug!(cache = %cache, operation = operation.as_str(), kind = kind.as_str(), code, "store operation failed");
    }
}

fn error_labels(operation: Operation, kind: ErrorKind) -> Labels {
    [("operation", operation.as_str()), ("kind", kind.as_str()), NONE]
}

pub(crate) fn breaker(cache: &Name, to: BreakerState) {
    counter!("cache_breaker_transitions_total", "cache" => cache.label(), "to" => to.as_str()).increment(1);
    gauge!("cache_breaker_open", "cache" => cache.label()).set(if to == BreakerState::Closed { 0.0 } else { 1.0 });
    if to == BreakerState::Open {
        tracing::warn!(cache = %cache, "store unwell: breaker open, calls go to the source");
    } else {
        tracing::info!(cache = %cache, state = to.as_str(), "breaker");
    }
}

pub(crate) fn tenant_missing(cache: &Name, resource: &'static str) {
    counter!("cache_tenant_missing_total", "cache" => cache.label(), "resource" => resource).increment(1);
    tracing::warn!(cache = %cache, resource, "call without a tenant runs uncached");
}

/// A caller that waited for another's load gave up and ran the body itself.
pub(crate) fn wait_ended(cache: &Name, resource: &'static str) {
    counter!("cache_wait_timeouts_total", "cache" => cache.label(), "resource" => resource).increment(1);
    tracing::warn!(cache = %cache, resource, "waited too long for another caller's load");
}

/// Whether a write is guarded: not where the store could not be reached.
pub(crate) fn guard(cache: &Name, set: bool) {
    counter!("cache_guards_total", "cache" => cache.label(), "result" => if set { "set" } else { "failed" })
        .increment(1);
}

/// A load in place of an entry that was served; `result` is `stored`, `lost` (to an invalidation or a failure of the store),
/// `failed`, `elsewhere` where another process does it, or `refused` where too many run.
pub(crate) fn renewal(cache: &Name, resource: &'static str, result: &'static str) {
    counter!("cache_renewals_total", "cache" => cache.label(), "resource" => resource, "result" => result).increment(1);
    tracing::debug!(cache = %cache, resource, result, "cache renewal");
}

/// A body waited for another one of its resource, as the store is away; `result` is `waited` or `exceeded`.
pub(crate) fn fallback(cache: &Name, resource: &'static str, result: &'static str) {
    counter!("cache_fallback_waits_total", "cache" => cache.label(), "resource" => resource, "result" => result)
        .increment(1);
}

/// Why entries of the local tier were forgotten; the `reason` label of `cache_local_voids_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VoidReason {
    /// A write of this process.
    Own,
    /// The server told of a change.
    #[cfg(feature = "redis")]
    Told,
    /// The server told that everything is gone.
    #[cfg(feature = "redis")]
    Flushed,
    /// Another connection tells of changes from now on.
    #[cfg(feature = "redis")]
    Left,
}

impl VoidReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            #[cfg(feature = "redis")]
            Self::Told => "told",
            #[cfg(feature = "redis")]
            Self::Flushed => "flushed",
            #[cfg(feature = "redis")]
            Self::Left => "left",
        }
    }
}

pub(crate) const fn local_hit() -> Outcome {
    Outcome::new(Status::Hit, Level::Local)
}

/// As [`request`], of many hits.
pub(crate) fn local_hits(cache: &Name, resource: &'static str, count: u64) {
    count_requests(cache, resource, &local_hit(), count);
}

/// Whether anybody may listen to [`local_hit_event`]: most programs trace nothing, and find that out without a call.
#[inline(always)]
pub(crate) fn traces_hits() -> bool {
    tracing::level_filters::LevelFilter::current() == tracing::level_filters::LevelFilter::TRACE
}

pub(crate) fn local_hit_event(cache: &Name, resource: &'static str) {
    tracing::trace!(cache = %cache, resource, result = "hit", level = "local", "cache request");
}

pub(crate) fn local_void(cache: &Name, reason: VoidReason) {
    counter!("cache_local_voids_total", "cache" => cache.label(), "reason" => reason.as_str()).increment(1);
}

pub(crate) fn local_evictions(cache: &Name, count: usize) {
    if count > 0 {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        cache.count("cache_local_evictions_total", [NONE; 3], count);
    }
}

/// One more connection whose entries are served, or one less.
#[cfg(feature = "redis")]
pub(crate) fn local_coherent(cache: &Name, alive: bool) {
    let gauge = gauge!("cache_local_coherent", "cache" => cache.label());
    if alive {
        gauge.increment(1.0)
    } else {
        gauge.decrement(1.0)
    }
    tracing::debug!(cache = %cache, alive, "local tier");
}

/// The server does not tell of changes to what was read from it.
#[cfg(feature = "redis")]
pub(crate) fn local_untracked(cache: &Name) {
    counter!("cache_local_refused_total", "cache" => cache.label()).increment(1);
    tracing::warn!(
        cache = %cache, "the server refuses RESP3 or `CLIENT TRACKING`: nothing is held in the local tier"
    );
}
