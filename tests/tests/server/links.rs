//! Every way to reach a server.

use cache_tests::{Patient as _, RedisServer, redis_cli, until};

use super::{Cache, Duration, Source, UserKey, patient, read};

async fn works(cache: Cache) {
    let source = Source::default();
    cache
        .scope(async {
            let (_, first) = read(&source, 7).await;
            assert!(first.is_miss() && first.stored, "{first}");
            let (user, second) = read(&source, 7).await;
            assert!(second.is_hit(), "{second}");
            assert_eq!(user.name, "read 1");
        })
        .await;
    cache.ping().await.expect("the server answers");
    assert!(cache.health().connected);
}

fn slow(url: String) -> cache_runtime::CacheBuilder {
    Cache::builder().redis(url).patient().connect_timeout(Duration::from_secs(20))
}

#[tokio::test]
async fn by_tcp() {
    let server = RedisServer::start();
    works(patient(&server)).await;
    let key = "cache:tenant-global:user:7:v2";
    let stored = redis_cli(&server, ["GET", key]);
    assert!(stored.text().starts_with("{\"$cache\":1,\"created\":"), "{}", stored.text());
    assert!(
        stored.text().ends_with("\"tags\":[\"users\"],\"value\":{\"id\":7,\"name\":\"read 1\"}}"),
        "{}",
        stored.text()
    );
    let ttl = redis_cli(&server, ["PTTL", key]).int();
    assert!((500_000..=600_000).contains(&ttl), "ttl of ten minutes: {ttl}");
}

/// A name may have several addresses, of which the server has one.
#[tokio::test]
async fn by_name() {
    let server = RedisServer::start();
    works(slow(server.url().replace("127.0.0.1", "localhost")).build().expect("good settings")).await;
}

#[tokio::test]
async fn with_a_password() {
    let server = RedisServer::builder().requirepass("p@ss:w/rd").start();
    works(slow(server.url()).build().expect("good settings")).await;
}

#[tokio::test]
async fn as_a_user() {
    let server = RedisServer::builder().acl_user("app", "on >secret ~* +@all").start();
    works(slow(server.url_as("app", "secret")).build().expect("good settings")).await;
}

#[tokio::test]
async fn by_unix_socket() {
    let server = RedisServer::builder().unix_socket().start();
    works(slow(server.unix_url()).build().expect("good settings")).await;
}

#[tokio::test]
async fn in_another_database() {
    let server = RedisServer::start();
    works(slow(format!("{}/3", server.url().trim_end_matches('/'))).build().expect("good settings")).await;
    assert_eq!(redis_cli(&server, ["EXISTS", "cache:tenant-global:user:7:v2"]).int(), 0, "database 0 is empty");
    assert!(server.info("keyspace").contains_key("db3"));
}

#[tokio::test]
async fn by_tls() {
    let server = RedisServer::builder().tls().start();
    works(slow(server.tls_url()).tls_root_pem(server.ca_pem()).build().expect("good settings")).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_no_connection() {
    let server = RedisServer::builder().tls().start();
    let cache = slow(server.tls_url()).build().expect("good settings");
    let error = cache.ping().await.expect_err("not trusted");
    assert_eq!(error.kind(), cache_runtime::ErrorKind::Unavailable, "{error}");
}

#[tokio::test]
async fn a_prefix_keeps_services_apart() {
    let server = RedisServer::start();
    let (shop, blog) = (
        slow(server.url()).prefix("shop").build().expect("good settings"),
        slow(server.url()).prefix("blog").build().expect("good settings"),
    );
    works(shop.clone()).await;
    works(blog.clone()).await;
    assert_eq!(shop.key_for(&UserKey { id: 7 }).as_deref(), Some("shop:tenant-global:user:7:v2"));
    shop.clear().await.expect("cleared");
    assert_eq!(shop.get(&UserKey { id: 7 }).await.expect("asked"), None);
    assert!(blog.get(&UserKey { id: 7 }).await.expect("asked").is_some());
}

/// What a thread keeps of a read, to use its memory again, has no share in the connection: also of one whose caller gave up.
#[tokio::test]
async fn a_cache_that_is_gone_leaves_no_connection() {
    let server = RedisServer::start();
    let cache = patient(&server);
    works(cache.clone()).await;
    server.pause();
    let given_up = cache.scope(async { read(&Source::default(), 7).await });
    assert!(tokio::time::timeout(Duration::from_millis(5), given_up).await.is_err());
    server.resume();
    drop(cache);
    // The one that asks is left.
    let alone = || server.info("clients").get("connected_clients").is_some_and(|count| count == "1");
    until("its connection is closed", alone).await;
}
