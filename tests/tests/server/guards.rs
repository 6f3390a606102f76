//! `guard` and `fence`: when nothing may be filled.

use std::sync::Arc;

use cache_runtime::invalidates;
use cache_tests::{Patient as _, RedisServer, redis_cli, until};
use tokio::sync::{Notify, Semaphore};

use super::leases::{Gate, slow};
use super::{Cache, Duration, Source, UserKey, builder, patient, read};

const GUARD: &str = "{cache:tenant-global:user:7:v2}:guard";

/// A write that has committed and not returned yet.
struct Writer {
    committed: Notify,
    end: Semaphore,
}

impl Writer {
    fn new() -> Arc<Self> {
        Arc::new(Self { committed: Notify::new(), end: Semaphore::new(0) })
    }

    async fn body(&self, ok: bool) -> Result<(), String> {
        self.committed.notify_one();
        self.end.acquire().await.map_err(|error| error.to_string())?.forget();
        if ok { Ok(()) } else { Err("rolled back".into()) }
    }
}

#[invalidates(UserKey { id }, guard = "30s")]
async fn guarded(writer: &Writer, id: u64, ok: bool) -> Result<(), String> {
    writer.body(ok).await
}

#[invalidates(UserKey { id }, fence = "30s")]
async fn fenced(id: u64) -> Result<(), String> {
    Ok(())
}

async fn nothing_is_filled_while_guarded(one: Cache, two: Cache) {
    let (source, writer) = (Source::default(), Writer::new());
    one.scope(read(&source, 7)).await;
    let write = one.scope(guarded(&writer, 7, true));
    let reads = async {
        writer.committed.notified().await;
        for nth in 2..4 {
            let (user, how) = two.scope(read(&source, 7)).await;
            assert_eq!((user.name, how.ran_body(), how.stored), (format!("read {nth}"), true, false), "the source");
        }
        writer.end.add_permits(1);
    };
    tokio::join!(write, reads).0.expect("the body succeeded");
    let (_, how) = two.scope(read(&source, 7)).await;
    assert!(how.is_miss() && how.stored, "the guard is lifted: {how}");
    assert!(one.scope(read(&source, 7)).await.1.is_hit());
}

#[tokio::test]
async fn readers_go_to_the_source_while_a_write_is_guarded() {
    let server = RedisServer::start();
    nothing_is_filled_while_guarded(patient(&server), patient(&server)).await;
}

#[tokio::test]
async fn in_memory_too() {
    let cache = Cache::builder().build().expect("good settings");
    nothing_is_filled_while_guarded(cache.clone(), cache).await;
}

#[tokio::test]
async fn a_guard_ends_when_the_body_fails() {
    let server = RedisServer::start();
    let (cache, source, writer) = (patient(&server), Source::default(), Writer::new());
    writer.end.add_permits(1);
    cache.scope(guarded(&writer, 7, false)).await.expect_err("rolled back");
    assert_eq!(redis_cli(&server, ["EXISTS", GUARD]).int(), 0);
    assert!(cache.scope(read(&source, 7)).await.1.stored);
}

/// A load that began before the write, and would store what it read before the commit.
#[tokio::test]
async fn a_writer_that_dies_after_its_commit_leaves_nothing_stale() {
    let server = RedisServer::start();
    let (one, two) = (patient(&server), patient(&server));
    let (source, writer, gate) = (Source::default(), Writer::new(), Gate::new());
    let load = two.scope(slow(&source, &gate, 7));
    let death = async {
        gate.begun().await;
        let mut write = Box::pin(one.scope(guarded(&writer, 7, true)));
        tokio::select! { biased; _ = &mut write => unreachable!("not ended"), () = writer.committed.notified() => {} }
        // Killed: neither its removal nor its drop runs.
        std::mem::forget(write);
        gate.open(1);
    };
    let (old, ()) = tokio::join!(load, death);
    assert_eq!(old.expect("loads").name, "read 1");
    assert!(!two.scope(read(&source, 7)).await.1.stored, "guarded still");
    redis_cli(&server, ["PEXPIRE", GUARD, "1"]);
    let (user, how) = loop {
        let (user, how) = two.scope(read(&source, 7)).await;
        // A hit would be the old value, and the end of this wait too.
        if how.stored || how.is_hit() {
            break (user, how);
        }
    };
    assert_ne!(user.name, "read 1");
    assert!(how.is_miss());
}

#[tokio::test]
async fn two_guards_end_one_by_one() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    let (first, second) = (Writer::new(), Writer::new());
    let writes = async {
        let one = cache.scope(guarded(&first, 7, true));
        let two = cache.scope(guarded(&second, 7, true));
        let reads = async {
            first.committed.notified().await;
            second.committed.notified().await;
            first.end.add_permits(1);
            until("the first guards no more", || redis_cli(&server, ["ZCARD", GUARD]).int() < 2).await;
            assert!(!cache.scope(read(&source, 7)).await.1.stored, "the second guards still");
            second.end.add_permits(1);
        };
        tokio::join!(one, two, reads)
    };
    let (one, two, ()) = writes.await;
    one.and(two).expect("both succeeded");
    assert!(cache.scope(read(&source, 7)).await.1.stored);
}

#[tokio::test]
async fn a_fence_refuses_fills_for_its_time() {
    let server = RedisServer::start();
    let (cache, source) = (patient(&server), Source::default());
    cache.scope(fenced(7)).await.expect("the body succeeded");
    assert!(!cache.scope(read(&source, 7)).await.1.stored);
    assert!((1..=30_000).contains(&redis_cli(&server, ["PTTL", GUARD]).int()));
    redis_cli(&server, ["DEL", GUARD]);
    assert!(cache.scope(read(&source, 7)).await.1.stored);
}

#[tokio::test]
async fn a_cache_can_fence_every_invalidation() {
    let server = RedisServer::start();
    let cache = builder(&server).patient().fence(Duration::from_secs(30)).build().expect("good settings");
    let source = Source::default();
    cache.scope(super::touch(7)).await.expect("the body succeeded");
    assert!(!cache.scope(read(&source, 7)).await.1.stored);
}

#[tokio::test]
async fn a_write_through_under_another_write_s_guard_stores_nothing() {
    let server = RedisServer::start();
    let (cache, source, writer) = (patient(&server), Source::default(), Writer::new());
    let write = cache.scope(guarded(&writer, 7, true));
    let update = async {
        writer.committed.notified().await;
        cache.scope(super::rename(7, "new")).await.expect("the body succeeded");
        assert!(cache.scope(read(&source, 7)).await.1.ran_body());
        writer.end.add_permits(1);
    };
    tokio::join!(write, update).0.expect("the body succeeded");
}
