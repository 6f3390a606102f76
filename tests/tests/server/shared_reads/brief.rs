//! What there is more to know of than that there is a value is known, though many read.

use cache_runtime::{ErrorKind, Invalidations, bypass, cached, invalidates, outcome, refresh, transaction};

use super::*;

#[cached(resource = "plain", key(id), ttl = "10m")]
async fn plain(source: &Source, id: u64) -> User {
    source.read(id)
}

#[cached(resource = "plain", key(id), ttl = "10m", suffix = view)]
async fn seen(source: &Source, view: &str, id: u64) -> User {
    source.read(id)
}

#[cached(resource = "maybe", key(id), ttl = "10m", cache_none = "10m")]
async fn maybe(source: &Source, id: u64) -> Option<User> {
    Some(source.read(id)).filter(|user| user.id > 100)
}

#[cached(resource = "by-value", key(id), ttl = "10m", tags("name:{ret.name}"))]
async fn by_value(source: &Source, id: u64) -> User {
    source.read(id)
}

#[cached(resource = "graced", key(id), ttl = "10m", stale_while_revalidate = "10m", revalidate = "inline")]
async fn graced(source: &Source, id: u64) -> User {
    source.read(id)
}

#[cached(resource = "held", key(id), ttl = "10m", local = "10m")]
async fn held(source: &Source, id: u64) -> Arc<User> {
    Arc::new(source.read(id))
}

#[cached(resource = "held", key(id), ttl = "10m")]
async fn not_held(source: &Source, id: u64) -> User {
    source.read(id)
}

#[invalidates(resource = "plain", key(id))]
async fn changed(id: u64) -> Result<(), String> {
    Ok(())
}

/// A cache of which many read, and how many commands they took.
async fn busy() -> (RedisServer, Cache, Arc<Source>) {
    let (server, cache, source) = users(0..64).await;
    assert_all_hits(&all(&cache, &source, 0..64).await);
    assert!(server.command_calls("mget") > 0);
    server.reset_stats();
    (server, cache, source)
}

/// So that its stamps are known, and it is expected to be there; not so often that the many are forgotten.
async fn hits<T>(cache: &Cache, call: impl AsyncFn(u64) -> T) {
    for nth in 0..6 {
        let (_, outcome) = how(cache, call(7)).await;
        assert!(nth == 0 || outcome.is_hit(), "{outcome}");
    }
}

/// Whether what was just read came from the server, with others.
async fn how<T>(cache: &Cache, call: impl Future<Output = T>) -> (T, Outcome) {
    cache.scope(outcome(call)).await
}

#[tokio::test]
async fn a_hit_is_one_command_and_counted() {
    let (server, cache, source) = busy().await;
    cache.scope(plain(&source, 1)).await;
    let before = cache.stats();
    server.reset_stats();
    let (user, outcome) = how(&cache, plain(&source, 1)).await;
    assert_eq!((user.name, outcome.is_hit(), outcome.ran_body()), ("read 2".to_owned(), true, false));
    assert_eq!(
        (server.command_calls("get"), server.command_calls("mget")),
        (1, 0),
        "it goes with others, of whom there are none"
    );
    let after = cache.stats();
    assert_eq!((after.hits - before.hits, after.misses - before.misses), (1, 0));
}

#[tokio::test]
async fn modes_count() {
    let (_server, cache, source) = busy().await;
    let (first, _) = how(&cache, plain(&source, 1)).await;
    let (passed, outcome) = how(&cache, bypass(plain(&source, 1))).await;
    assert!(passed != first && outcome.ran_body() && !outcome.stored);
    assert_eq!(how(&cache, plain(&source, 1)).await.0, first);
    let (anew, outcome) = how(&cache, refresh(plain(&source, 1))).await;
    assert!(anew != first && outcome.ran_body() && outcome.stored, "{outcome}");
    assert_eq!(how(&cache, plain(&source, 1)).await.0, anew);
}

#[tokio::test]
async fn suffixes_are_entries_of_their_own() {
    let (_server, cache, source) = busy().await;
    let (whole, _) = how(&cache, plain(&source, 1)).await;
    let (short, outcome) = how(&cache, seen(&source, "short", 1)).await;
    assert!(short != whole && outcome.ran_body());
    assert_eq!(how(&cache, seen(&source, "short", 1)).await.0, short);
    assert_eq!(how(&cache, plain(&source, 1)).await.0, whole);
}

#[tokio::test]
async fn that_there_is_none_is_a_hit() {
    let (server, cache, source) = busy().await;
    for (id, some) in [(1, false), (101, true)] {
        assert!(how(&cache, maybe(&source, id)).await.1.ran_body());
        server.reset_stats();
        let (found, outcome) = how(&cache, maybe(&source, id)).await;
        assert!(found.is_some() == some && outcome.is_hit(), "{outcome}");
        assert_eq!(server.command_calls("get"), 1, "it is not asked for once more");
    }
}

/// Such tags are known once the entry is.
#[tokio::test]
async fn tags_of_the_value_are_looked_at() {
    let (_server, cache, source) = busy().await;
    let (first, _) = how(&cache, by_value(&source, 1)).await;
    let (again, outcome) = how(&cache, by_value(&source, 1)).await;
    assert!(again == first && outcome.is_hit());
    cache.invalidate_tag(&format!("name:{}", first.name)).await.expect("the server is there");
    let (anew, outcome) = how(&cache, by_value(&source, 1)).await;
    assert!(anew != first && outcome.ran_body(), "{outcome}");
}

/// Tags and resources: of a key that has tags, and of one that has none.
#[tokio::test]
async fn what_was_stamped_is_not_served() {
    let (_server, cache, source) = busy().await;
    for round in 0..2 {
        let user = cache.scope(read(&source, 1_000)).await;
        let (first, _) = how(&cache, plain(&source, 1_000)).await;
        assert!(cache.scope(read(&source, 1_000)).await.1.is_hit());
        assert!(how(&cache, plain(&source, 1_000)).await.1.is_hit());
        if round == 0 {
            cache.invalidate_tag("users").await.expect("the server is there");
            assert!(how(&cache, plain(&source, 1_000)).await.1.is_hit(), "which has no such tag");
        } else {
            cache.clear().await.expect("the server is there");
            let (anew, outcome) = how(&cache, plain(&source, 1_000)).await;
            assert!(anew != first && outcome.ran_body(), "{outcome}");
        }
        let (anew, outcome) = cache.scope(read(&source, 1_000)).await;
        assert!(anew != user.0 && outcome.ran_body(), "{outcome}");
    }
}

fn stale(resource: &str, now: u64, name: &str) -> (String, String) {
    let (created, expires) = (now - 20_000, now - 10_000);
    let value = format!("{{\"id\":1,\"name\":\"{name}\"}}");
    let entry =
        format!("{{\"$cache\":1,\"created\":{created},\"expires\":{expires},\"grace\":900000,\"value\":{value}}}");
    (format!("cache:tenant-global:{resource}:1:v1"), entry)
}

/// Kept for those that may serve it late.
#[tokio::test]
async fn what_expired_is_renewed_by_who_may_serve_it_and_nothing_for_others() {
    let (server, cache, source) = busy().await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
    let now = u64::try_from(now).expect("not that late");
    for resource in ["plain", "graced"] {
        let (key, entry) = stale(resource, now, "of old");
        redis_cli(&server, ["SET", &key, &entry, "PX", "600000"]);
    }
    hits(&cache, |id| plain(&source, id)).await;
    hits(&cache, |id| graced(&source, id)).await;
    let (user, outcome) = how(&cache, plain(&source, 1)).await;
    assert!(user.name != "of old" && outcome.ran_body(), "{outcome}");
    let (user, outcome) = how(&cache, graced(&source, 1)).await;
    assert!(user.name != "of old" && outcome.status.as_str() == "refresh", "it is renewed: {outcome}");
}

#[tokio::test]
async fn what_is_to_be_held_is() {
    let (server, cache, source) = busy().await;
    how(&cache, held(&source, 1)).await;
    let other = patient(&server);
    assert!(other.scope(read(&source, 1)).await.1.is_hit());
    for _ in 0..3 {
        assert_all_hits(&all(&other, &source, 0..64).await);
    }
    // Of the same resource, not held, and expected to be there.
    hits(&other, |id| not_held(&source, id)).await;
    let (first, outcome) = how(&other, held(&source, 1)).await;
    assert!(outcome.is_hit(), "{outcome}");
    let (again, outcome) = how(&other, held(&source, 1)).await;
    assert!(Arc::ptr_eq(&first, &again) && outcome.is_hit(), "{outcome}");
}

/// What a transaction wrote of is not read from the cache within it.
#[tokio::test]
async fn an_open_transaction_counts_also_if_it_was_opened_meanwhile() {
    let (server, cache, source) = busy().await;
    let (first, _) = how(&cache, plain(&source, 1)).await;
    let within = async |call: Pin<&mut dyn Future<Output = (User, Outcome)>>| {
        let work = async {
            changed(1).await.expect("it does not fail");
            call.await
        };
        let (found, invalidations): (_, Invalidations) = cache.scope(transaction(work)).await;
        invalidations.discard();
        found
    };
    let (user, outcome) = within(std::pin::pin!(how(&cache, plain(&source, 1)))).await;
    assert!(user != first && outcome.ran_body() && !outcome.stored, "{outcome}");
    // One that asked before, and finds that there is nothing to serve.
    redis_cli(&server, ["DEL", "cache:tenant-global:plain:1:v1"]);
    let mut asked = std::pin::pin!(how(&cache, plain(&source, 1)));
    begin(asked.as_mut());
    let (_, outcome) = within(asked).await;
    assert!(outcome.ran_body() && !outcome.stored && outcome.error.is_none(), "{outcome}");
}

/// What does not decode is asked for anew, and replaced.
#[tokio::test]
async fn what_is_no_value_is_replaced_and_what_has_fields_after_it_is_read() {
    let (server, cache, source) = busy().await;
    let key = "cache:tenant-global:plain:1:v1";
    for broken in [
        "{\"$cache\":1,\"value\":{\"id\":true}}",
        "{\"$cache\":1,\"value\":",
        "{\"id\":true}",
        "{\"$cache\":2,\"value\":1}",
    ] {
        redis_cli(&server, ["SET", key, broken]);
        let before = (cache.stats().decode_failures, source.reads());
        let (user, outcome) = how(&cache, plain(&source, 1)).await;
        assert!(outcome.ran_body() && outcome.stored, "{broken}: {outcome}");
        assert_eq!((cache.stats().decode_failures, source.reads()), (before.0 + 1, before.1 + 1), "{broken}");
        let (again, outcome) = how(&cache, plain(&source, 1)).await;
        assert!(again == user && outcome.is_hit(), "{broken}: {outcome}");
    }
    redis_cli(&server, ["SET", key, "{\"$cache\":1,\"value\":{\"id\":1,\"name\":\"another's\"},\"tags\":[\"a\"]}"]);
    let (user, outcome) = how(&cache, plain(&source, 1)).await;
    assert_eq!((user.name.as_str(), outcome.is_hit(), outcome.error.map(ErrorKind::as_str)), ("another's", true, None));
}
