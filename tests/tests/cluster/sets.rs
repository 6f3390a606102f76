//! Sets of entries lie on all nodes.

use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheKey};
use cache_tests::{Patient as _, RedisCluster};

use super::{DEADLINE, User, UserKey, builder, patient, shared};

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
async fn sets_are_invalidated_on_all_nodes() {
    let (one, other) = (patient(shared(), "sets"), patient(shared(), "sets-of-others"));
    for cache in [&one, &other] {
        cache.put_many(&orders()).await.expect("stored");
        cache.put_many(&users()).await.expect("stored");
    }
    let (orders, users): (Vec<OrderKey>, Vec<UserKey>) =
        (orders().into_iter().map(|(key, _)| key).collect(), users().into_iter().map(|(key, _)| key).collect());
    let of_orders = async |cache: &Cache| {
        cache.get_many(&orders).await.expect("asked").iter().filter(|value| value.is_some()).count()
    };
    let of_users = async |cache: &Cache| {
        cache.get_many(&users).await.expect("asked").iter().filter(|value| value.is_some()).count()
    };
    one.invalidate_tag("parity:1").await.expect("invalidated");
    assert_eq!(of_orders(&one).await, orders.len() / 2);
    one.invalidate_resource::<OrderKey>().await.expect("invalidated");
    assert_eq!((of_orders(&one).await, of_users(&one).await), (0, users.len()), "another resource was left alone");
    one.clear().await.expect("invalidated");
    assert_eq!(of_users(&one).await, 0);
    assert_eq!((of_orders(&other).await, of_users(&other).await), (orders.len(), users.len()), "another prefix was");
}

#[tokio::test]
async fn a_stamp_whose_node_is_away_is_tried_again_until_it_lands() {
    let cluster = RedisCluster::start();
    let cache =
        builder(&cluster, "later").patient().operation_timeout(Duration::from_secs(1)).build().expect("good settings");
    let deadline = Instant::now() + DEADLINE;
    while cache.put_many(&users()).await.is_err() {
        assert!(Instant::now() < deadline, "nothing is stored");
    }
    let away = &cluster.nodes()[cluster.owner("later:stamps")];
    away.pause();
    cache.clear().await.expect_err("the stamp's node is away");
    assert_eq!(cache.stats().pending_invalidations, 1);
    away.resume();
    let deadline = Instant::now() + DEADLINE;
    while cache.stats().pending_invalidations > 0 {
        assert!(Instant::now() < deadline, "the stamp does not land");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let keys: Vec<UserKey> = users().into_iter().map(|(key, _)| key).collect();
    assert!(cache.get_many(&keys).await.expect("asked").iter().all(Option::is_none));
}
