//! Leave to fill is asked for in plain commands where the server knows them, and by a script where anything is out of the
//! ordinary.

use std::sync::Arc;

use cache_runtime::Cache;
use cache_tests::{Patient as _, RedisServer, redis_cli};
use tokio::task::JoinSet;

use super::leases::Gate;
use super::read;
use super::shared_misses::{expecting, key, land, load, warm};

#[tokio::test]
async fn a_miss_that_was_expected_is_plain_commands_and_one_script() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    expecting(&cache, &source).await;
    let counts = || {
        let commands = ["evalsha", "set", "get", "exists", "time", "zscore"];
        commands.map(|command| server.command_calls(command))
    };
    server.reset_stats();
    let (_, how) = cache.scope(read(&source, 7)).await;
    assert!(how.is_miss() && how.stored, "{how}");
    // A lease is set; guards, time and register are looked at. The script looks at the lease, and sets the value.
    assert_eq!(counts(), [1, 2, 1, 1, 1, 1]);
    // A hit is served all the same, in one round trip.
    let (user, how) = cache.scope(read(&source, 7)).await;
    assert!(how.is_hit() && user.id == 7, "{how}");
    assert_eq!(counts(), [1, 3, 1, 2, 2, 2]);
    // And then hits are expected again.
    for _ in 0..32 {
        assert!(cache.scope(read(&source, 7)).await.1.is_hit());
    }
    let before = counts();
    assert!(cache.scope(read(&source, 7)).await.1.is_hit());
    let [scripts, sets, gets, ..] = before;
    assert_eq!(counts()[..3], [scripts, sets, gets + 1]);
}

/// Neither does a read that asks for leave cost a miss more than two round trips, nor any other more than three.
#[tokio::test]
async fn a_miss_is_three_round_trips_and_two_where_it_was_expected() {
    const MISSES: u64 = 20;
    let server = RedisServer::start();
    // One caller that waits for each answer is one read of a socket for each round trip. Beside it the server is asked now and then
    // whether it is there.
    let reads = || {
        let all = server.info("stats")["total_reads_processed"].parse::<u64>().expect("a number");
        all - server.command_calls("ping")
    };
    let (cache, source) = warm(&server).await;
    // What counting itself costs.
    let counting = [reads(), reads()];
    for (likely, most) in [(false, 3), (true, 2)] {
        let before = reads();
        for id in 0..MISSES {
            if !likely {
                // Between two hits nobody expects a miss.
                for _ in 0..8 {
                    cache.scope(read(&source, 999)).await;
                }
            }
            assert!(cache.scope(read(&source, id + if likely { 5_000 } else { 100 })).await.1.stored);
        }
        let hits = if likely { 0 } else { 8 * MISSES };
        let all = reads() - before - (counting[1] - counting[0]) - hits;
        assert!(all <= MISSES * most, "{MISSES} misses, {most} each at most: {all}");
        expecting(&cache, &source).await;
    }
}

/// A version is registered before any body begins, also where the register was lost: older and newer programs find the lease.
#[tokio::test]
async fn no_body_begins_before_its_version_is_registered() {
    let server = RedisServer::start();
    let (cache, source) = warm(&server).await;
    let register = "cache:versions:user";
    for (likely, count) in [(false, 1), (false, 64), (true, 1), (true, 64)] {
        if likely {
            expecting(&cache, &source).await;
        }
        assert_eq!(redis_cli(&server, ["DEL", register]).int(), 1);
        let gate = Gate::new();
        let first = 10_000 + 1_000 * u64::from(likely) + 100 * count;
        let callers = load(&cache, &source, &gate, first..first + count).await;
        assert_eq!(redis_cli(&server, ["EXISTS", register]).int(), 1, "{likely}, {count}");
        assert!(land(&gate, callers).await.iter().all(|(_, how)| how.stored));
    }
}

/// Who may not look for guards asks by script, which says so, and nothing is stored; what is there is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_look_for_guards_fills_nothing() {
    let server = RedisServer::builder().acl_user("reader", "on >secret ~* &* +@all -exists").start();
    let (writer, source) = warm(&server).await;
    writer.scope(read(&source, 7)).await;
    let url = server.url_as("reader", "secret");
    let reader = Cache::builder().redis(url).patient().build().expect("good");
    let mut callers = JoinSet::new();
    for id in 100..164 {
        let (reader, source) = (reader.clone(), Arc::clone(&source));
        callers.spawn(async move { reader.scope(read(&source, id)).await.1 });
    }
    assert!(callers.join_all().await.iter().all(|how| how.ran_body() && !how.stored));
    assert!(reader.scope(read(&source, 7)).await.1.is_hit());
    assert_eq!(redis_cli(&server, ["EXISTS", &key(100), &key(163)]).int(), 0, "nobody waits for their leases");
}
