//! Many that miss, or read what another process stored, share commands: the server tells of changes to each of their entries.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::*;

/// Calls for all of them at once.
async fn all(cache: &Cache, source: &Arc<Source>, ids: std::ops::Range<u64>) -> Vec<Outcome> {
    let mut callers = JoinSet::new();
    for id in ids {
        let (cache, source) = (cache.clone(), Arc::clone(source));
        callers.spawn(async move { read(&cache, &source, id).await.1 });
    }
    callers.join_all().await
}

/// Another process writes each of them.
async fn every_change_is_seen(cache: &Cache, writer: &Cache, source: &Arc<Source>, ids: std::ops::Range<u64>) {
    for id in ids {
        let (old, how) = read(cache, source, id).await;
        assert_eq!(how.level, Level::Local, "{id}: {how}");
        writer.scope(touch(id)).await.expect("the body succeeds");
        until_seen(cache, source, id, &old.name, Instant::now()).await;
    }
}

#[tokio::test]
async fn what_many_filled_at_once_is_held_and_told_of() {
    let server = RedisServer::start();
    let (cache, writer, source) = (tier(&server), tier(&server), Arc::new(Source::default()));
    until_held(&cache, &source, 999).await;
    // Those that look first, and those that expect to miss.
    for ids in [0..64, 64..128] {
        server.reset_stats();
        assert!(all(&cache, &source, ids.clone()).await.iter().all(|how| how.stored));
        let scripts = server.command_calls("evalsha");
        assert!(scripts < 96, "64 misses, which are two each alone, ran {scripts} scripts");
        every_change_is_seen(&cache, &writer, &source, ids).await;
    }
}

#[tokio::test]
async fn what_many_read_at_once_is_held_and_told_of() {
    let server = RedisServer::start();
    let (cache, writer, source) = (tier(&server), tier(&server), Arc::new(Source::default()));
    assert!(all(&writer, &source, 0..64).await.iter().all(|how| how.stored));
    until_held(&cache, &source, 999).await;
    server.reset_stats();
    assert!(all(&cache, &source, 0..64).await.iter().all(Outcome::is_hit));
    assert!(server.command_calls("mget") > 0, "{:?}", server.command_stats());
    assert!(server.command_calls("get") < 48, "{:?}", server.command_stats());
    every_change_is_seen(&cache, &writer, &source, 0..64).await;
}
