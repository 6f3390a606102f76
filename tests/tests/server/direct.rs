//! The typed direct calls, on a server and in memory.

use cache_runtime::{CacheKey, ErrorKind};
use cache_tests::RedisServer;

use super::{Cache, Duration, User, UserKey, patient};

fn user(id: u64) -> User {
    User { id, name: format!("user {id}") }
}

fn both(server: &RedisServer) -> [Cache; 2] {
    [patient(server), Cache::builder().build().expect("good settings")]
}

#[tokio::test]
async fn put_get_invalidate() {
    let server = RedisServer::start();
    for cache in both(&server) {
        let key = UserKey { id: 1 };
        assert_eq!(cache.get(&key).await.expect("asked"), None);
        cache.put(&key, &user(1)).await.expect("stored");
        assert_eq!(cache.get(&key).await.expect("asked"), Some(user(1)));
        assert_eq!(cache.invalidate(&key).await.expect("removed"), 1);
        assert_eq!(cache.get(&key).await.expect("asked"), None);
        assert_eq!(cache.invalidate(&key).await.expect("removed"), 0);
    }
}

#[tokio::test]
async fn many_at_once_cost_one_command() {
    let server = RedisServer::start();
    for cache in both(&server) {
        let entries: Vec<(UserKey, User)> = (0..100).map(|id| (UserKey { id }, user(id))).collect();
        cache.put_many(&entries).await.expect("stored");
        server.reset_stats();
        let keys: Vec<UserKey> = (0..110).map(|id| UserKey { id }).collect();
        let found = cache.get_many(&keys).await.expect("asked");
        assert_eq!(found.iter().flatten().count(), 100);
        assert_eq!(found[42], Some(user(42)));
        assert_eq!(cache.invalidate_many(&keys).await.expect("removed"), 100);
        let stats = server.command_stats();
        if cache.health().store == cache_runtime::Level::Redis {
            // All keys in one script.
            let scripts = stats["evalsha"] - stats.get("script|load").copied().unwrap_or(0);
            assert_eq!((stats.get("mget"), scripts), (Some(&1), 1), "{stats:?}");
        }
        assert!(cache.get_many::<UserKey>(&[]).await.expect("asked").is_empty());
    }
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "order", value = u64, ttl = "1m", tags("orders", "org:{org}"))]
struct OrderKey {
    #[cache(tenant)]
    org: String,
    id: u64,
}

fn order(org: &str, id: u64) -> OrderKey {
    OrderKey { org: org.into(), id }
}

#[tokio::test]
async fn a_resource_a_tag_and_everything_are_invalidated() {
    let server = RedisServer::start();
    for cache in both(&server) {
        for id in 0..20 {
            cache.put(&order("a", id), &id).await.expect("stored");
            cache.put(&order("b", id), &id).await.expect("stored");
            cache.put(&UserKey { id }, &user(id)).await.expect("stored");
        }
        cache.invalidate_tag("org:a").await.expect("invalidated");
        assert_eq!(cache.get(&order("a", 1)).await.expect("asked"), None);
        assert_eq!(cache.get(&order("b", 1)).await.expect("asked"), Some(1));
        cache.invalidate_resource::<OrderKey>().await.expect("invalidated");
        assert_eq!(cache.get(&order("b", 1)).await.expect("asked"), None);
        assert_eq!(cache.get(&UserKey { id: 1 }).await.expect("asked"), Some(user(1)));
        cache.clear().await.expect("invalidated");
        assert_eq!(cache.get(&UserKey { id: 1 }).await.expect("asked"), None);
    }
}

#[tokio::test]
async fn tenants_never_meet() {
    let server = RedisServer::start();
    for cache in both(&server) {
        for org in ["a", "b", "global", "", "a:order:1"] {
            assert_eq!(cache.get(&order(org, 1)).await.expect("asked"), None, "{org:?}");
            cache.put(&order(org, 1), &1).await.expect("stored");
        }
    }
}

#[tokio::test]
async fn scenario_17_zero_tiny_and_huge_ttls() {
    let server = RedisServer::start();
    for cache in both(&server) {
        let key = UserKey { id: 1 };
        cache.put_for(&key, &user(1), Duration::MAX).await.expect("a hundred years at most");
        assert_eq!(cache.get(&key).await.expect("asked"), Some(user(1)));
        cache.put_for(&key, &user(1), Duration::ZERO).await.expect("removed");
        assert_eq!(cache.get(&key).await.expect("asked"), None);
        cache.put_for(&key, &user(1), Duration::from_nanos(1)).await.expect("one millisecond at least");
    }
}

#[tokio::test]
async fn a_loader_s_error_is_the_source() {
    let cache = Cache::builder().build().expect("good settings");
    let load = || async { Err::<User, _>(std::io::Error::other("the database is away")) };
    let error = cache.get_or_load(&UserKey { id: 1 }, load).await.expect_err("the loader fails");
    assert_eq!(error.kind(), ErrorKind::Load);
    let source = error.into_source().expect("a source");
    assert_eq!(
        source.downcast_ref::<std::io::Error>().map(ToString::to_string).as_deref(),
        Some("the database is away")
    );
}

#[tokio::test]
async fn too_large_is_said_and_not_stored() {
    let server = RedisServer::start();
    let cache = super::builder(&server).max_value_bytes(200).build().expect("good settings");
    let large = User { id: 1, name: "x".repeat(500) };
    let error = cache.put(&UserKey { id: 1 }, &large).await.expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().contains("max_value_bytes"), "{error}");
}

#[tokio::test]
async fn a_missing_tenant_touches_nothing() {
    let cache = Cache::builder().require_tenant(true).build().expect("good settings");
    let error = cache.get(&UserKey { id: 1 }).await.expect_err("no tenant");
    assert_eq!(error.kind(), ErrorKind::TenantMissing);
    cache.put(&order("a", 1), &1).await.expect("has a tenant");
}
