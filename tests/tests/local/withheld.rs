//! What is held and must not be served.

use cache_runtime::{CacheKey, Level, Policy, cached, outcome, transaction};

use super::{Cache, DEADLINE, Source, User, get_user, read, touch, until_held};

/// A cache of this process alone.
fn cache() -> Cache {
    Cache::builder().policy(Policy::new().local(DEADLINE)).build().expect("good settings")
}

#[tokio::test]
async fn a_transaction_is_served_what_it_did_not_write() {
    let (cache, source) = (cache(), Source::default());
    for id in [7, 8] {
        until_held(&cache, &source, id).await;
    }
    let inside = async {
        touch(7).await?;
        let (named, how) = outcome(get_user(&source, 8)).await;
        assert_eq!((named?.name.as_str(), how.level), ("read 2", Level::Local), "nobody wrote it: {how}");
        get_user(&source, 7).await
    };
    let (seven, invalidations) = cache.scope(transaction(inside)).await;
    assert_eq!(seven.expect("the bodies succeeded").name, "read 3", "the transaction sees its own state");
    let (seven, how) = read(&cache, &source, 7).await;
    assert_eq!((seven.name.as_str(), how.level), ("read 1", Level::Local), "nothing is committed: {how}");
    cache.scope(invalidations.commit()).await;
    assert_eq!(read(&cache, &source, 7).await.0.name, "read 4");
}

/// A key that refuses what was read first.
#[derive(CacheKey)]
#[cache(resource = "refused", value = User, ttl = "10m", validate = |_: &PickyKey, user: &User| user.name != "read 1")]
struct PickyKey {
    id: u64,
}

#[cached(PickyKey { id })]
async fn picky(source: &Source, id: u64) -> User {
    source.read(id)
}

#[tokio::test]
async fn a_value_that_its_key_refuses_is_loaded_anew() {
    let (cache, source) = (cache(), Source::default());
    let read = async || cache.scope(outcome(picky(&source, 7))).await;
    assert_eq!(read().await.0.name, "read 1", "a body's value is returned as it is");
    let (user, how) = read().await;
    assert_eq!((user.name.as_str(), how.stored), ("read 2", true), "{how}");
    let (user, how) = read().await;
    assert_eq!((user.name.as_str(), how.level), ("read 2", Level::Local), "{how}");
}
