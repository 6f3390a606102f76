//! Callers that wait for another one's load are given what that one held: it is decoded for none of them. Where nothing is held, one
//! of them decodes it.

use std::future::Future;
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

/// The same entries, as another function returns them: it cannot be given what that one had decoded.
#[derive(Clone, Serialize, Deserialize)]
struct Other {
    text: String,
}

#[cached(resource = "stored-page", key(id), ttl = "1h", local = "0s")]
async fn other(open: &Semaphore, id: u64) -> Option<Other> {
    Some(Other { text: body(open, id).await.text })
}

/// What no two callers can have.
#[derive(Debug, Serialize, Deserialize)]
struct Own(Page);

#[cached(resource = "own-page", key(id), ttl = "1h")]
async fn own(open: &Semaphore, id: u64) -> Own {
    Own(body(open, id).await)
}

/// How many values were decoded for a hundred callers that waited for one load.
async fn decoded<F>(cache: &Cache, page: u64, mut call: impl FnMut(usize, Arc<Semaphore>, u64) -> F) -> usize
where
    F: Future<Output = String> + Send + 'static,
{
    let (before, waited, open) = (DECODED.load(Ordering::SeqCst), cache.stats().waited, Arc::new(Semaphore::new(0)));
    let mut callers = JoinSet::new();
    for nth in 0..CALLERS {
        let (cache, call) = (cache.clone(), outcome(call(nth, Arc::clone(&open), page)));
        callers.spawn(async move { cache.scope(call).await });
    }
    until("they wait", || cache.stats().waited == waited + CALLERS - 1).await;
    open.add_permits(1);
    let mut shared = 0;
    for (text, how) in callers.join_all().await {
        assert_eq!(text, format!("page {page}"));
        shared += usize::from(how.level == Level::Flight);
    }
    assert_eq!(shared, CALLERS - 1, "they are told where it came from");
    DECODED.load(Ordering::SeqCst) - before
}

/// One after the other, as they count on one number.
#[tokio::test]
async fn what_many_waited_for_is_decoded_once_at_most() {
    let server = RedisServer::start();
    let (cache, source) = (tier(&server), Source::default());
    until_held(&cache, &source, 999).await;
    for cache in [cache, Cache::builder().build().expect("good settings")] {
        assert_eq!(decoded(&cache, 7, |_, open, id| async move { held(&open, id).await.text }).await, 0, "it is held");
        assert_eq!(
            decoded(&cache, 7, |_, open, id| async move { stored(&open, id).await.text }).await,
            1,
            "by the first"
        );
        assert_eq!(
            decoded(&cache, 7, |_, open, id| async move { own(&open, id).await.0.text }).await,
            CALLERS - 1,
            "by each"
        );
        let either = |nth: usize, open: Arc<Semaphore>, id: u64| async move {
            if nth < CALLERS / 2 {
                stored(&open, id).await.text
            } else {
                other(&open, id).await.map_or_else(String::new, |page| page.text)
            }
        };
        assert!(decoded(&cache, 8, either).await <= CALLERS / 2, "none is taken for another type's");
    }
}
