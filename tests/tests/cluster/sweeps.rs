//! Sets of entries lie on all nodes.

use std::time::{Duration, Instant};

use cache_runtime::CacheKey;
use cache_tests::{RedisCluster, redis_cli};

use super::{DEADLINE, User, UserKey, builder, patient, shared, text};

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "order", value = u64, ttl = "1m", tags("orders", "parity:{parity}"))]
struct OrderKey {
    parity: u64,
    id: u64,
}

const MANY: u64 = 60;

fn orders() -> Vec<(OrderKey, u64)> {
    (0..MANY).map(|id| (OrderKey { parity: id % 2, id }, id)).collect()
}

fn users() -> Vec<(UserKey, User)> {
    (0..MANY).map(|id| (UserKey { id }, User { id, name: "x".into() })).collect()
}

#[tokio::test]
async fn sets_are_removed_from_all_nodes() {
    let (one, other) = (patient(shared(), "sets"), patient(shared(), "sets-of-others"));
    for cache in [&one, &other] {
        cache.put_many(&orders()).await.expect("stored");
        cache.put_many(&users()).await.expect("stored");
    }
    assert_eq!(one.invalidate_tag("parity:1").await.expect("removed"), MANY / 2);
    assert_eq!(one.invalidate_resource::<OrderKey>().await.expect("removed"), MANY / 2);
    let keys: Vec<UserKey> = users().into_iter().map(|(key, _)| key).collect();
    assert!(one.get_many(&keys).await.expect("asked").iter().all(Option::is_some), "another resource");
    assert_eq!(one.clear().await.expect("removed"), MANY);
    assert_eq!(other.clear().await.expect("removed"), 2 * MANY, "another prefix was left alone");
}

#[tokio::test]
async fn a_sweep_that_misses_a_node_is_tried_again_until_it_lands() {
    let cluster = RedisCluster::start();
    let cache = builder(&cluster, "later").operation_timeout(Duration::from_secs(1)).build().expect("good settings");
    let deadline = Instant::now() + DEADLINE;
    while cache.put_many(&users()).await.is_err() {
        assert!(Instant::now() < deadline, "nothing is stored");
    }
    let kept = (0..).map(|id| text("later", id)).find(|key| cluster.owner(key) == 2).expect("a key of this node");
    let away = &cluster.nodes()[2];
    away.pause();
    cache.clear().await.expect_err("entries of the node that is away would come back with it");
    assert_eq!(cache.stats().pending_invalidations, 1);
    away.resume();
    let deadline = Instant::now() + DEADLINE;
    while cache.stats().pending_invalidations > 0 {
        assert!(Instant::now() < deadline, "the sweep does not land");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(redis_cli(away, ["KEYS", &kept]).texts(), Vec::<String>::new());
}
