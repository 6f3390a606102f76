//! What one of them finds, or is refused, concerns nobody else.

use cache_tests::Logs;

use super::*;

/// What does not decode is replaced, also where many meet such entries at the same time, and concerns nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_among_them_is_replaced() {
    const GOOD: u64 = 4;
    let (server, cache, source) = users(0..64).await;
    for id in GOOD..64 {
        redis_cli(&server, ["SET", &key(id), "garbage"]);
    }
    let before = read_keys(&server);
    for (user, how) in all(&cache, &source, 0..64).await {
        assert_eq!((how.is_hit(), how.ran_body()), (user.id < GOOD, user.id >= GOOD), "{}: {how}", user.id);
    }
    let keys = read_keys(&server) - before;
    assert!(keys < 64 * 8, "each is looked at a few times, not again and again: {keys}");
    assert_eq!(cache.stats().decode_failures, 64 - GOOD);
    assert!(all(&cache, &source, 0..64).await.iter().all(|(_, how)| how.is_hit()));
}

#[tokio::test]
async fn a_server_that_forbids_it_is_asked_for_each() {
    let server = RedisServer::builder().acl_user("single", "on >secret ~* &* +@all -mget").start();
    let logs = Logs::local();
    let cache = Cache::builder().redis(server.url_as("single", "secret")).patient().build().expect("good settings");
    let source = filled(&server, &cache, 0..64).await;
    for _ in 0..3 {
        assert_all_hits(&all(&cache, &source, 0..64).await);
    }
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (3 * 64, 0));
    assert_eq!(logs.matching("share no commands").len(), 1, "{:?}", logs.lines());
}

#[tokio::test]
async fn another_redis_type_among_them_is_a_miss_and_replaced() {
    let (server, cache, source) = users(0..64).await;
    redis_cli(&server, ["DEL", &key(50)]);
    redis_cli(&server, ["RPUSH", &key(50), "a", "b"]);
    for round in 0..2 {
        for (user, outcome) in all(&cache, &source, 0..64).await {
            let of_the_source = user.id == 50;
            assert_eq!(outcome.is_hit(), !of_the_source || round > 0, "{}: {outcome}", user.id);
            assert_eq!(user.name, if of_the_source { "read 2".to_owned() } else { name(user.id) });
        }
    }
    assert!(server.command_calls("mget") > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_value_beside_small_ones() {
    let (server, cache, source) = users(0..128).await;
    let large = "x".repeat(1 << 20);
    store(&server, 60, &large);
    for _ in 0..5 {
        for (user, outcome) in all(&cache, &source, 0..128).await {
            assert!(outcome.is_hit(), "{}: {outcome}", user.id);
            assert_eq!(user.name, if user.id == 60 { large.clone() } else { name(user.id) });
        }
    }
}

#[tokio::test]
async fn large_values_go_alone() {
    let (server, cache, source) = users(0..64).await;
    (0..64).for_each(|id| store(&server, id, &"x".repeat(100_000)));
    for id in 0..16 {
        cache.scope(read(&source, id)).await;
    }
    server.reset_stats();
    all(&cache, &source, 0..64).await;
    assert_eq!((server.command_calls("get"), server.command_calls("mget")), (64, 0));
}
