//! Everything goes by one socket: whatever is under way on it at once, each caller is given what it asked for.

use std::sync::Arc;

use cache_tests::RedisServer;
use tokio::task::JoinSet;

use super::{Cache, Source, User, UserKey, get_user, patient, touch};

/// From ten bytes to some hundred thousand: more than a socket takes at once, and than is read from it at once.
fn user(id: u64) -> User {
    let length = [10, 300, 5_000, 70_000, 300_000][usize::try_from(id % 5).expect("small")];
    User { id, name: format!("{id} ").repeat(length / 4) }
}

async fn reads(cache: &Cache, ids: impl Iterator<Item = u64>) {
    for id in ids {
        assert_eq!(cache.get(&UserKey { id }).await.expect("asked"), Some(user(id)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_is_asked_at_once_is_answered_to_those_who_asked() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Arc::new(Source::default()));
    let mut tasks = JoinSet::new();
    for task in 0..24_u64 {
        let (cache, source) = (cache.clone(), Arc::clone(&source));
        tasks.spawn(async move {
            let own = |round: u64| task * 1_000 + round;
            for round in 0..10 {
                cache.put(&UserKey { id: own(round) }, &user(own(round))).await.expect("stored");
                reads(&cache, (0..=round).map(own)).await;
                let keys: Vec<UserKey> = (0..=round + 1).map(|round| UserKey { id: own(round) }).collect();
                let many = cache.get_many(&keys).await.expect("asked");
                let expected: Vec<Option<User>> =
                    (0..=round + 1).map(|nth| (nth <= round).then(|| user(own(nth)))).collect();
                assert!(many == expected, "{task} {round}");
                // What others read, load and invalidate meanwhile: leases, scripts, stamps.
                cache
                    .scope(async {
                        let shared = 1_000_000 + round % 3;
                        assert_eq!(get_user(&source, shared).await.expect("the body succeeds").id, shared);
                        if task % 8 == 0 {
                            touch(shared).await.expect("the body succeeds");
                        }
                    })
                    .await;
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("each had its own");
    }
}

/// One that takes nothing more for a while: what is sent meanwhile waits in its order.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn what_a_server_does_not_take_is_sent_when_it_does() {
    let server = RedisServer::start();
    let cache = patient(&server);
    cache.put(&UserKey { id: 1 }, &user(1)).await.expect("stored");
    server.pause();
    // Thirty million bytes, and reads of them behind.
    let mut puts = JoinSet::new();
    for id in (0..100).map(|nth| nth * 5 + 4) {
        let cache = cache.clone();
        puts.spawn(async move {
            let (key, value, small) = (UserKey { id }, user(id), UserKey { id: 1 });
            let (stored, read) = tokio::join!(cache.put(&key, &value), cache.get(&small));
            stored.expect("stored");
            assert_eq!(read.expect("asked"), Some(user(1)));
        });
    }
    // Each goes as far as it can.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    server.resume();
    while let Some(put) = puts.join_next().await {
        put.expect("it had its turn");
    }
    reads(&cache, (0..100).map(|nth| nth * 5 + 4)).await;
}
