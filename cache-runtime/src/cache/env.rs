//! Settings from environment variables.

use std::str::FromStr;
use std::time::Duration;

use super::place::Place;
use super::{Cache, CacheBuilder};
use crate::error::CacheError;

impl Cache {
    /// A cache from environment variables. One that is unset keeps its default; one that is set wrongly is an error.
    ///
    /// | variable | setting | example |
    /// |---|---|---|
    /// | `CACHE_REDIS_URL`, else `REDIS_URL` | [`redis`](CacheBuilder::redis); embedded in-memory store when no server is named | `redis://localhost:6379/0` |
    /// | `CACHE_REDIS_CLUSTER` | [`cluster`](CacheBuilder::cluster), instead of a URL | `redis://a:6379,redis://b:6379` |
    /// | `CACHE_REDIS_SENTINELS` and `CACHE_REDIS_MASTER` | [`sentinel`](CacheBuilder::sentinel), instead of a URL | `redis://a:26379,redis://b:26379` and `mymaster` |
    /// | `CACHE_NAME` | [`name`](CacheBuilder::name) | `orders` |
    /// | `CACHE_PREFIX` | [`prefix`](CacheBuilder::prefix) | `shop` |
    /// | `CACHE_REQUIRE_TENANT` | [`require_tenant`](CacheBuilder::require_tenant) | `true` or `false` |
    /// | `CACHE_DEFAULT_TTL` | [`default_ttl`](CacheBuilder::default_ttl) | `5m`, `1h30m`, `300` (seconds) |
    /// | `CACHE_OPERATION_TIMEOUT` | [`operation_timeout`](CacheBuilder::operation_timeout) | `50ms` |
    /// | `CACHE_CONNECT_TIMEOUT` | [`connect_timeout`](CacheBuilder::connect_timeout) | `1s` |
    /// | `CACHE_WAIT_TIMEOUT` | [`wait_timeout`](CacheBuilder::wait_timeout) | `5s` |
    /// | `CACHE_LEASE_TTL` | [`lease_ttl`](CacheBuilder::lease_ttl) | `3s` |
    /// | `CACHE_FENCE` | [`fence`](CacheBuilder::fence) | `500ms` |
    /// | `CACHE_SHUTDOWN_TIMEOUT` | [`shutdown_timeout`](CacheBuilder::shutdown_timeout) | `5s` |
    /// | `CACHE_FALLBACK_LIMIT` | [`fallback_limit`](CacheBuilder::fallback_limit) | `32` |
    /// | `CACHE_STALE_THROTTLE` | [`stale_throttle`](CacheBuilder::stale_throttle) | `5s` |
    /// | `CACHE_BACKGROUND_LIMIT` | [`background_limit`](CacheBuilder::background_limit) | `256` |
    /// | `CACHE_MAX_VALUE_BYTES` | [`max_value_bytes`](CacheBuilder::max_value_bytes) | `8388608` |
    /// | `CACHE_MEMORY_ENTRIES` | [`memory_entries`](CacheBuilder::memory_entries) | `100000` |
    /// | `CACHE_MEMORY_BYTES` | [`memory_bytes`](CacheBuilder::memory_bytes) | `67108864` |
    /// | `CACHE_LOCAL_ENTRIES` | [`local_entries`](CacheBuilder::local_entries) | `10000` |
    /// | `CACHE_LOCAL_BYTES` | [`local_bytes`](CacheBuilder::local_bytes) | `67108864` |
    /// | `CACHE_LOCAL_BOUND` | [`local_bound`](CacheBuilder::local_bound) | `1s` |
    /// | `CACHE_MAX_PENDING_INVALIDATIONS` | [`max_pending_invalidations`](CacheBuilder::max_pending_invalidations) | `10000` |
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), whose message names the variable or setting.
    pub fn from_env() -> Result<Self, CacheError> {
        from_vars(|name| std::env::var_os(name).map(|value| value.into_string().unwrap_or_else(|_| "\u{fffd}".into())))?
            .build()
    }
}

fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<CacheBuilder, CacheError> {
    let mut builder = CacheBuilder::new();
    let set = |name: &'static str| var(name).filter(|value| !value.is_empty()).map(|value| (name, value));
    let list = |urls: &str| urls.split(',').map(str::trim).filter(|url| !url.is_empty()).map(str::to_owned).collect();
    if let Some((name, url)) = set("CACHE_REDIS_URL") {
        builder = builder.url(name, url);
    }
    if let Some((name, urls)) = set("CACHE_REDIS_CLUSTER") {
        builder = builder.place(name, Place::Cluster(list(&urls)));
    }
    match (set("CACHE_REDIS_SENTINELS"), set("CACHE_REDIS_MASTER")) {
        (None, None) => {}
        (Some((name, urls)), Some((master, text))) => {
            builder = builder.place(name, Place::Sentinel(list(&urls), master.to_owned(), text));
        }
        (Some((there, _)), None) => return Err(alone(there, "CACHE_REDIS_MASTER")),
        (None, Some((there, _))) => return Err(alone(there, "CACHE_REDIS_SENTINELS")),
    }
    // Platforms set it for whoever wants it; what is meant for this cache comes first.
    if let Some((name, url)) = set("REDIS_URL").filter(|_| builder.places.is_empty()) {
        builder = builder.url(name, url);
    }
    if let Some((_, name)) = set("CACHE_NAME") {
        builder = builder.name(name);
    }
    if let Some((_, prefix)) = set("CACHE_PREFIX") {
        builder = builder.prefix(prefix);
    }
    if let Some((name, value)) = set("CACHE_REQUIRE_TENANT") {
        builder = builder.require_tenant(parsed(name, &value, "`true` or `false`")?);
    }
    type SetDuration = fn(CacheBuilder, Duration) -> CacheBuilder;
    let durations: [(&'static str, SetDuration); 9] = [
        ("CACHE_DEFAULT_TTL", CacheBuilder::default_ttl),
        ("CACHE_OPERATION_TIMEOUT", CacheBuilder::operation_timeout),
        ("CACHE_CONNECT_TIMEOUT", CacheBuilder::connect_timeout),
        ("CACHE_WAIT_TIMEOUT", CacheBuilder::wait_timeout),
        ("CACHE_LEASE_TTL", CacheBuilder::lease_ttl),
        ("CACHE_FENCE", CacheBuilder::fence),
        ("CACHE_SHUTDOWN_TIMEOUT", CacheBuilder::shutdown_timeout),
        ("CACHE_STALE_THROTTLE", CacheBuilder::stale_throttle),
        ("CACHE_LOCAL_BOUND", CacheBuilder::local_bound),
    ];
    for (name, apply) in durations {
        if let Some((name, value)) = set(name) {
            builder = apply(builder, duration(name, &value)?);
        }
    }
    if let Some((name, value)) = set("CACHE_FALLBACK_LIMIT") {
        builder = builder.fallback_limit(parsed(name, &value, "a whole number")?);
    }
    if let Some((name, value)) = set("CACHE_BACKGROUND_LIMIT") {
        builder = builder.background_limit(parsed(name, &value, "a whole number")?);
    }
    type SetNumber = fn(CacheBuilder, u64) -> CacheBuilder;
    let numbers: [(&'static str, SetNumber); 6] = [
        ("CACHE_MAX_VALUE_BYTES", CacheBuilder::max_value_bytes),
        ("CACHE_MEMORY_ENTRIES", CacheBuilder::memory_entries),
        ("CACHE_MEMORY_BYTES", CacheBuilder::memory_bytes),
        ("CACHE_LOCAL_ENTRIES", CacheBuilder::local_entries),
        ("CACHE_LOCAL_BYTES", CacheBuilder::local_bytes),
        ("CACHE_MAX_PENDING_INVALIDATIONS", CacheBuilder::max_pending_invalidations),
    ];
    for (name, apply) in numbers {
        if let Some((name, value)) = set(name) {
            builder = apply(builder, parsed(name, &value, "a whole number")?);
        }
    }
    Ok(builder)
}

fn alone(there: &str, missing: &str) -> CacheError {
    CacheError::config(format!("`{there}` is set and `{missing}` is not; sentinels need both"))
}

fn parsed<T: FromStr>(name: &str, value: &str, allowed: &str) -> Result<T, CacheError> {
    value.trim().parse().map_err(|_| CacheError::config(format!("`{name}` is {value:?}; allowed is {allowed}")))
}

/// Seconds, or numbers with units: `1h30m`, `250ms`.
fn duration(name: &str, text: &str) -> Result<Duration, CacheError> {
    let refuse = || {
        CacheError::config(format!(
            "`{name}` is {text:?}; allowed are seconds (`300`) or numbers with the units `ms`, `s`, `m`, `h`, `d` (`1h30m`)"
        ))
    };
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(refuse)?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        let number: u64 = number.parse().map_err(|_| refuse())?;
        let millis: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(refuse()),
        };
        let part = number.checked_mul(millis).map(Duration::from_millis).ok_or_else(refuse)?;
        total = total.checked_add(part).ok_or_else(refuse)?;
        rest = tail.trim_start();
    }
    if text.is_empty() { Err(refuse()) } else { Ok(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(vars: &[(&str, &str)]) -> Result<Cache, CacheError> {
        let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        from_vars(var).and_then(CacheBuilder::build)
    }

    #[test]
    fn unset_is_the_embedded_default() {
        let cache = build(&[]).expect("defaults");
        assert_eq!(cache.health().store, crate::Level::Memory);
    }

    #[test]
    fn variables_reach_the_settings() {
        let cache = build(&[
            ("CACHE_PREFIX", "shop"),
            ("CACHE_REQUIRE_TENANT", "true"),
            ("CACHE_DEFAULT_TTL", "1h30m"),
            ("CACHE_OPERATION_TIMEOUT", "25ms"),
            ("CACHE_MAX_VALUE_BYTES", "1000"),
        ])
        .expect("good settings");
        let settings = &cache.0.settings;
        assert_eq!(settings.prefix, "shop");
        assert!(settings.require_tenant);
        assert_eq!(settings.default_ttl, Duration::from_secs(5400));
        assert_eq!(settings.operation_timeout, Duration::from_millis(25));
        assert_eq!(settings.max_value_bytes, 1000);
    }

    #[test]
    fn a_bad_value_names_the_variable_and_what_is_allowed() {
        for (name, value, allowed) in [
            ("CACHE_REDIS_URL", "localhost:6379", "redis://host:6379/0"),
            ("REDIS_URL", "http://localhost", "redis://host:6379/0"),
            ("CACHE_REQUIRE_TENANT", "yes", "`true` or `false`"),
            ("CACHE_DEFAULT_TTL", "5 minutes", "1h30m"),
            ("CACHE_DEFAULT_TTL", "99999999999999999d", "1h30m"),
            ("CACHE_MEMORY_ENTRIES", "many", "a whole number"),
            ("CACHE_MEMORY_ENTRIES", "-1", "a whole number"),
            ("CACHE_LOCAL_ENTRIES", "many", "a whole number"),
            ("CACHE_LOCAL_BYTES", "64MiB", "a whole number"),
            ("CACHE_LOCAL_BOUND", "soon", "1h30m"),
        ] {
            let error = build(&[(name, value)]).expect_err(value).to_string();
            assert!(error.contains(&format!("`{name}`")) && error.contains(allowed), "{error}");
        }
        for (name, value, setting) in [
            ("CACHE_LOCAL_ENTRIES", "0", "`local_entries`"),
            ("CACHE_LOCAL_BYTES", "0", "`local_bytes`"),
            ("CACHE_LOCAL_BOUND", "49ms", "`local_bound`"),
            ("CACHE_LOCAL_BOUND", "61s", "`local_bound`"),
        ] {
            let error = build(&[(name, value)]).expect_err(value).to_string();
            assert!(error.contains(setting) && error.contains("allowed is"), "{error}");
        }
        let error = build(&[("CACHE_PREFIX", "a:b")]).expect_err("colon").to_string();
        assert!(error.contains("`prefix`") && error.contains("letters, digits"), "{error}");
    }

    #[test]
    fn clusters_and_sentinels_are_named_by_their_variables() {
        let nodes = ("CACHE_REDIS_CLUSTER", "redis://a:1, redis://b:2,");
        let sentinels = ("CACHE_REDIS_SENTINELS", "redis://a:1");
        for (vars, named) in [
            (vec![("CACHE_REDIS_URL", "redis://a"), nodes], vec!["`CACHE_REDIS_URL`", "`CACHE_REDIS_CLUSTER`"]),
            (
                vec![nodes, sentinels, ("CACHE_REDIS_MASTER", "m")],
                vec!["`CACHE_REDIS_CLUSTER`", "`CACHE_REDIS_SENTINELS`"],
            ),
            (vec![sentinels], vec!["`CACHE_REDIS_SENTINELS`", "`CACHE_REDIS_MASTER`"]),
            (vec![("CACHE_REDIS_MASTER", "m")], vec!["`CACHE_REDIS_SENTINELS`", "`CACHE_REDIS_MASTER`"]),
            (vec![("CACHE_REDIS_CLUSTER", "a:1")], vec!["`CACHE_REDIS_CLUSTER`"]),
        ] {
            let error = build(&vars).expect_err("refused").to_string();
            assert!(named.iter().all(|name| error.contains(name)), "{error}");
        }
        #[cfg(feature = "cluster")]
        assert_eq!(build(&[nodes, ("REDIS_URL", "redis://c")]).expect("good").health().store, crate::Level::Redis);
        #[cfg(feature = "sentinel")]
        assert!(build(&[sentinels, ("CACHE_REDIS_MASTER", "redis://:p%40ss@mymaster/1")]).is_ok());
    }

    #[test]
    fn a_password_is_never_repeated() {
        let error = build(&[("REDIS_URL", "redis://user:hunter2@host:notaport/0")]).expect_err("bad port");
        assert!(!error.to_string().contains("hunter2") && !format!("{error:?}").contains("hunter2"));
        let builder = Cache::builder().redis("redis://user:hunter2@localhost/0");
        assert!(!format!("{builder:?}").contains("hunter2"));
        let cache = builder.build().expect("a good url");
        assert!(!format!("{cache:?}").contains("hunter2"));
    }
}
