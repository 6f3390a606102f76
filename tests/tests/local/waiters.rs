//! Callers that wait for another one's load are given what that one held: it is decoded for none of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cache_runtime::cached;
use cache_tests::until;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::*;

const CALLERS: usize = 100;

static DECODED: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Text")]
struct Page {
    text: String,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

impl From<Text> for Page {
    fn from(Text { text }: Text) -> Self {
        DECODED.fetch_add(1, Ordering::SeqCst);
        Self { text }
    }
}

async fn body(open: &Semaphore, id: u64) -> Page {
    open.acquire().await.expect("it stays open").forget();
    Page { text: format!("page {id}") }
}

#[cached(resource = "held-page", key(id), ttl = "1h", local = "1m")]
async fn held(open: &Semaphore, id: u64) -> Page {
    body(open, id).await
}

#[cached(resource = "stored-page", key(id), ttl = "1h", local = "0s")]
async fn stored(open: &Semaphore, id: u64) -> Page {
    body(open, id).await
}

/// How many values were decoded for a hundred callers that waited for one load.
async fn decoded(cache: &Cache, holds: bool) -> usize {
    let (before, waited, open) = (DECODED.load(Ordering::SeqCst), cache.stats().waited, Arc::new(Semaphore::new(0)));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (cache, open) = (cache.clone(), Arc::clone(&open));
        let call = async move { if holds { outcome(held(&open, 7)).await } else { outcome(stored(&open, 7)).await } };
        callers.spawn(async move { cache.scope(call).await });
    }
    until("they wait", || cache.stats().waited == waited + CALLERS - 1).await;
    open.add_permits(1);
    let mut shared = 0;
    for (page, how) in callers.join_all().await {
        assert_eq!(page.text, "page 7");
        shared += usize::from(how.level == Level::Flight);
    }
    assert_eq!(shared, CALLERS - 1, "they are told where it came from");
    DECODED.load(Ordering::SeqCst) - before
}

/// One after the other, as they count on one number.
#[tokio::test]
async fn who_waited_for_a_value_that_is_held_decodes_nothing() {
    let server = RedisServer::start();
    let (cache, source) = (tier(&server), Source::default());
    until_held(&cache, &source, 999).await;
    for cache in [cache, Cache::builder().build().expect("good settings")] {
        assert_eq!(decoded(&cache, true).await, 0);
        assert_eq!(decoded(&cache, false).await, CALLERS - 1, "what is not held is decoded by each");
    }
}
