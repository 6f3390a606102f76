//! Tags, resources and everything: invalidated in one round trip, on all stores.

mod late;
mod scale;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, CacheBuilder, CacheKey, Outcome, cached, invalidates, outcome};
use cache_tests::{Patient as _, RedisCluster, RedisServer, redis_cli};
use serde::{Deserialize, Serialize};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    id: u64,
    team: String,
}

/// A key whose entries are tagged by the key and by the value.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "item", value = Item, ttl = "10m", tags("items", "shelf:{shelf}", "team:{value.team}"))]
pub struct ItemKey {
    shelf: u64,
    id: u64,
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "other", value = Item, ttl = "10m", tags("others"))]
struct OtherKey {
    id: u64,
}

#[derive(Default)]
struct Source(AtomicUsize);

impl Source {
    fn read(&self, id: u64, team: &str) -> Item {
        self.0.fetch_add(1, Ordering::SeqCst);
        Item { id, team: team.to_owned() }
    }
}

#[cached(ItemKey { shelf, id })]
async fn item(source: &Source, shelf: u64, id: u64, team: &str) -> Item {
    source.read(id, team)
}

#[cached(OtherKey { id })]
async fn other(source: &Source, id: u64) -> Item {
    source.read(id, "x")
}

#[invalidates(tag("shelf:{shelf}"))]
async fn rearrange(shelf: u64) -> Result<(), String> {
    Ok(())
}

#[invalidates(tag("team:{team}"))]
async fn rename(team: &str) -> Result<(), String> {
    Ok(())
}

fn patient(builder: CacheBuilder) -> Cache {
    let builder = builder.patient();
    builder.build().expect("good settings")
}

/// Two processes' caches on the same entries; the embedded store has but one.
fn pairs<'a>(server: &'a RedisServer, cluster: &'a RedisCluster) -> [(Cache, Cache); 3] {
    let memory = patient(Cache::builder());
    let on_server = || patient(Cache::builder().redis(server.url()));
    let on_cluster = || patient(Cache::builder().cluster(cluster.urls()));
    [(memory.clone(), memory), (on_server(), on_server()), (on_cluster(), on_cluster())]
}

async fn how(cache: &Cache, read: impl Future<Output = Item>) -> Outcome {
    cache.scope(outcome(read)).await.1
}

#[tokio::test]
async fn a_tag_concerns_the_entries_that_carry_it_in_all_processes() {
    let (server, cluster, source) = (RedisServer::start(), RedisCluster::start(), Source::default());
    for (one, two) in pairs(&server, &cluster) {
        for (shelf, id, team) in [(1, 1, "red"), (1, 2, "blue"), (2, 3, "red")] {
            how(&one, item(&source, shelf, id, team)).await;
            assert!(how(&two, item(&source, shelf, id, team)).await.is_hit());
        }
        how(&one, other(&source, 1)).await;
        two.scope(rearrange(1)).await.expect("succeeds");
        assert!(!how(&one, item(&source, 1, 1, "red")).await.is_hit());
        assert!(!how(&one, item(&source, 1, 2, "blue")).await.is_hit());
        assert!(how(&one, item(&source, 2, 3, "red")).await.is_hit(), "another shelf");
        two.scope(rename("red")).await.expect("succeeds");
        assert!(!how(&one, item(&source, 1, 1, "red")).await.is_hit(), "a field of the value");
        assert!(!how(&one, item(&source, 2, 3, "red")).await.is_hit(), "a field of the value");
        assert!(how(&one, item(&source, 1, 2, "blue")).await.is_hit(), "another team");
        two.invalidate_resource::<ItemKey>().await.expect("invalidated");
        assert!(!how(&one, item(&source, 1, 2, "blue")).await.is_hit());
        assert!(how(&one, other(&source, 1)).await.is_hit(), "another resource");
        two.clear().await.expect("invalidated");
        assert!(!how(&one, other(&source, 1)).await.is_hit());
        assert!(how(&one, other(&source, 1)).await.is_hit(), "made after it");
    }
}

#[tokio::test]
async fn scenario_37_an_entry_made_after_its_tag_s_invalidation_is_valid_whatever_the_clients_clocks_say() {
    let (server, cluster, source) = (RedisServer::start(), RedisCluster::start(), Source::default());
    let (early, late) = (ManualClock::new(), ManualClock::new());
    late.advance(Duration::from_secs(7_200));
    let on_server = |clock: &ManualClock| patient(Cache::builder().redis(server.url()).clock(clock.clone()));
    let on_cluster = |clock: &ManualClock| patient(Cache::builder().cluster(cluster.urls()).clock(clock.clone()));
    for (one, two) in [(on_server(&early), on_server(&late)), (on_cluster(&early), on_cluster(&late))] {
        for (invalidates, loads) in [(&one, &two), (&two, &one)] {
            how(loads, item(&source, 1, 1, "red")).await;
            invalidates.invalidate_tag("shelf:1").await.expect("invalidated");
            assert!(!how(loads, item(&source, 1, 1, "red")).await.is_hit(), "made before");
            assert!(how(loads, item(&source, 1, 1, "red")).await.is_hit(), "made after");
            assert!(how(invalidates, item(&source, 1, 1, "red")).await.is_hit(), "made after");
        }
    }
}

#[tokio::test]
async fn scenario_38_a_clear_is_seen_by_a_process_that_starts_later() {
    let (server, cluster, source) = (RedisServer::start(), RedisCluster::start(), Source::default());
    for cluster in [None, Some(&cluster)] {
        let start = || match cluster {
            Some(cluster) => patient(Cache::builder().cluster(cluster.urls())),
            None => patient(Cache::builder().redis(server.url())),
        };
        let one = start();
        how(&one, item(&source, 1, 1, "red")).await;
        one.clear().await.expect("invalidated");
        drop(one);
        assert!(!how(&start(), item(&source, 1, 1, "red")).await.is_hit());
        assert!(how(&start(), item(&source, 1, 1, "red")).await.is_hit());
    }
}

#[tokio::test]
async fn when_the_stamps_are_lost_nothing_from_before_is_served() {
    let (server, source) = (RedisServer::start(), Source::default());
    let cache = patient(Cache::builder().redis(server.url()));
    for id in [1, 2] {
        how(&cache, item(&source, 1, id, "red")).await;
    }
    cache.invalidate_tag("shelf:1").await.expect("invalidated");
    assert_eq!(redis_cli(&server, ["DEL", "cache:stamps"]).int(), 1);
    assert!(!how(&cache, item(&source, 1, 1, "red")).await.is_hit(), "its invalidation is lost with the others");
    assert!(
        !how(&cache, item(&source, 1, 2, "red")).await.is_hit(),
        "there are stamps again, which know nothing of it"
    );
    // What was loaded before they were made again is from before as well.
    let mut tries = 0;
    while !how(&cache, item(&source, 1, 1, "red")).await.is_hit() {
        tries += 1;
        assert!(tries < 3, "nothing is kept any more");
    }
}

#[tokio::test]
async fn an_entry_that_others_wrote_is_served_until_its_resource_is_invalidated() {
    let (server, source) = (RedisServer::start(), Source::default());
    let cache = patient(Cache::builder().redis(server.url()));
    let key = cache.key_for(&ItemKey { shelf: 1, id: 1 }).expect("no tenant needed");
    let write = || redis_cli(&server, ["SET", &key, r#"{"id":1,"team":"red"}"#, "EX", "60"]);
    write();
    assert!(how(&cache, item(&source, 1, 1, "red")).await.is_hit());
    cache.invalidate_tag("another").await.expect("invalidated");
    assert!(how(&cache, item(&source, 1, 1, "red")).await.is_hit());
    cache.invalidate_resource::<ItemKey>().await.expect("invalidated");
    assert!(!how(&cache, item(&source, 1, 1, "red")).await.is_hit());
}

#[tokio::test]
async fn an_invalidation_that_has_returned_is_seen_by_the_next_read_of_another_process() {
    let (server, cluster, source) = (RedisServer::start(), RedisCluster::start(), Source::default());
    for (one, two) in pairs(&server, &cluster) {
        for _ in 0..300 {
            how(&two, item(&source, 1, 1, "red")).await;
            assert!(how(&two, item(&source, 1, 1, "red")).await.is_hit());
            one.invalidate_tag("shelf:1").await.expect("invalidated");
            assert!(!how(&two, item(&source, 1, 1, "red")).await.is_hit());
        }
    }
}
