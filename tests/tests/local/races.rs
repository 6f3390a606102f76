//! An invalidation, and a value that is on its way into the tier.

use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use cache_runtime::CacheKey;
use cache_runtime::{Level, cached, invalidates, outcome};
use cache_tests::{RedisServer, redis_cli};
use serde::{Deserialize, Serialize};

use super::{Cache, Policy, Source, tier};

type Gate = (mpsc::Sender<()>, mpsc::Receiver<()>);

/// Entered once, by the first value that is looked at: says that it is, and waits until it may go on.
static GATE: Mutex<Option<Gate>> = Mutex::new(None);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    text: String,
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "note", value = Note, ttl = "10m", version = 1, validate = looked_at)]
struct NoteKey {
    id: u64,
}

fn looked_at(_: &NoteKey, _: &Note) -> bool {
    let gate = GATE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((here, go_on)) = gate {
        here.send(()).expect("somebody waits");
        go_on.recv().expect("somebody says so");
    }
    true
}

#[cached(NoteKey { id })]
async fn note(source: &Source, id: u64) -> Note {
    Note { text: source.read(id).name }
}

#[invalidates(NoteKey { id })]
async fn edit(id: u64) -> Result<(), String> {
    Ok(())
}

/// The gate is one for the process.
static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A read has the old value in its hands while `between` happens; afterwards nobody is given it.
async fn overtaken(cache: Cache, between: impl AsyncFnOnce(&Cache)) {
    let _one = ONE.lock().await;
    let source = std::sync::Arc::new(Source::default());
    // Stored, and held nowhere.
    cache.put(&NoteKey { id: 7 }, &Note { text: "old".into() }).await.expect("stored");
    let ((says, here), (go, waits)) = (mpsc::channel(), mpsc::channel());
    *GATE.lock().unwrap_or_else(PoisonError::into_inner) = Some((says, waits));
    let reads = tokio::spawn({
        let (cache, source) = (cache.clone(), std::sync::Arc::clone(&source));
        async move { cache.scope(note(&source, 7)).await }
    });
    tokio::task::spawn_blocking(move || here.recv()).await.expect("no panic").expect("it has the value");
    between(&cache).await;
    go.send(()).expect("it waits");
    assert_eq!(reads.await.expect("no panic").text, "old", "it began before");
    let (seen, how) = cache.scope(outcome(note(&source, 7))).await;
    assert_eq!((seen.text.as_str(), how.level == Level::Local), ("read 1", false), "{how}");
}

fn caches(server: &RedisServer) -> [Cache; 2] {
    let memory = Cache::builder().policy(Policy::new().local(super::DEADLINE)).build().expect("good settings");
    [tier(server), memory]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn scenario_35_an_invalidation_overtakes_a_read_on_its_way_into_the_tier() {
    let server = RedisServer::start();
    for cache in caches(&server) {
        overtaken(cache, async |cache| cache.scope(edit(7)).await.expect("the body succeeded")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn scenario_35_so_does_a_foreign_change() {
    let server = RedisServer::start();
    let cache = tier(&server);
    overtaken(cache, async |cache| {
        redis_cli(&server, ["DEL", "cache:tenant-global:note:7:v1"]);
        // An answer on the same connection comes after the message.
        cache.ping().await.expect("the server answers");
    })
    .await;
}
