//! What time does to entries, with a clock that the test moves.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::clock::manual;
use crate::key::{KeySpec, KeyWriter, Tenancy, Version};
use crate::private::{EntryKey, ParsedKey};
use crate::{Cache, Level, Policy, cached, outcome};

#[cached(resource = "unit-answer", key(id), ttl = "10s", cache_none = "2s", crate = crate)]
async fn answer(source: &AtomicU32, id: u32) -> Option<u32> {
    let nth = source.fetch_add(1, Ordering::SeqCst) + 1;
    (id != 0).then_some(nth)
}

#[tokio::test]
async fn a_value_lives_for_its_ttl() {
    let (clock, hand) = manual::clock();
    let cache = Cache::builder().clock(clock).build().expect("good settings");
    let source = AtomicU32::new(0);
    cache
        .scope(async {
            assert_eq!(answer(&source, 1).await, Some(1));
            hand.advance(Duration::from_millis(9_999));
            assert_eq!(answer(&source, 1).await, Some(1));
            hand.advance(Duration::from_millis(1));
            assert_eq!(answer(&source, 1).await, Some(2));
        })
        .await;
}

#[tokio::test]
async fn scenario_18_none_is_served_for_its_own_ttl_and_then_asked_again() {
    let (clock, hand) = manual::clock();
    let cache = Cache::builder().clock(clock).build().expect("good settings");
    let source = AtomicU32::new(0);
    cache
        .scope(async {
            assert_eq!(answer(&source, 0).await, None);
            hand.advance(Duration::from_millis(1_999));
            let (found, how) = outcome(answer(&source, 0)).await;
            assert_eq!((found, how.is_hit(), source.load(Ordering::SeqCst)), (None, true, 1));
            hand.advance(Duration::from_millis(1));
            let (found, how) = outcome(answer(&source, 0)).await;
            assert_eq!((found, how.is_miss(), source.load(Ordering::SeqCst)), (None, true, 2));
        })
        .await;
}

/// A key that is spelled, with what a tenant can be.
fn spelled<'a>(
    version: Version,
    suffix: Option<&'a str>,
    tenant: Option<&'a str>,
    id: &'a [&'a str],
) -> impl EntryKey + use<'a> {
    ParsedKey {
        spec: KeySpec::new("user: 7").suffix("spec").version(version),
        suffix: suffix.map(str::to_owned),
        id: move |out: &mut KeyWriter| {
            for (nth, part) in id.iter().enumerate() {
                if nth % 2 == 0 { out.part(*part) } else { out.hashed(*part) }
            }
        },
        tenant: move |out: &mut KeyWriter| match tenant {
            None => Tenancy::Shared,
            Some("none") => Tenancy::Missing,
            Some(tenant) => Tenancy::write(tenant, out),
        },
        tags: Vec::new,
    }
}

#[test]
fn reads_and_invalidations_mean_the_same_entry() {
    let (long, caches) = ("é".repeat(300), [false, true].map(|must| Cache::builder().require_tenant(must).build()));
    let mut written = 0;
    for cache in caches {
        let cache = cache.expect("good settings");
        for version in [Version::Fixed("v 1"), Version::Auto(0xab)] {
            for suffix in [None, Some("a:b")] {
                for tenant in [None, Some("none"), Some("global"), Some("globally"), Some(""), Some(&*long)] {
                    for id in [&[][..], &["a"], &["a", "b", ""], &[&long, "b"]] {
                        let key = spelled(version, suffix, tenant, id);
                        let (read, invalidated) = (cache.locate(&key), cache.locate_unversioned(&key));
                        assert_eq!(read.is_some(), invalidated.is_some(), "{tenant:?}");
                        if let (Some(read), Some(invalidated)) = (read, invalidated) {
                            assert_eq!(read.key, invalidated.with_version(version));
                            assert!(read.unversioned() == invalidated, "{tenant:?} {suffix:?}");
                            written += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(written > 100, "{written}");
}

#[tokio::test]
async fn a_held_value_lives_as_long_as_the_policy_and_the_store_s_says() {
    let (clock, hand) = manual::clock();
    for (local, lives) in [(3, 3), (60, 10)] {
        let policy = Policy::new().local(Duration::from_secs(local));
        let cache = Cache::builder().clock(clock.clone()).policy(policy).build().expect("good settings");
        let source = AtomicU32::new(0);
        cache
            .scope(async {
                answer(&source, 1).await;
                hand.advance(Duration::from_millis(lives * 1000 - 1));
                assert_eq!(outcome(answer(&source, 1)).await.1.level, Level::Local);
                hand.advance(Duration::from_millis(1));
                assert_ne!(outcome(answer(&source, 1)).await.1.level, Level::Local);
                // What is read now has the rest of its life.
                assert_eq!(outcome(answer(&source, 1)).await.1.level, Level::Local);
                hand.advance(Duration::from_secs(lives));
                assert_ne!(outcome(answer(&source, 1)).await.1.level, Level::Local);
            })
            .await;
    }
}

#[tokio::test]
async fn that_there_is_none_is_held_too() {
    let (clock, hand) = manual::clock();
    let policy = Policy::new().local(Duration::from_secs(60));
    let cache = Cache::builder().clock(clock).policy(policy).build().expect("good settings");
    let source = AtomicU32::new(0);
    cache
        .scope(async {
            assert_eq!(answer(&source, 0).await, None);
            let (found, how) = outcome(answer(&source, 0)).await;
            assert_eq!((found, how.level, how.is_hit()), (None, Level::Local, true));
            hand.advance(Duration::from_secs(2));
            assert!(outcome(answer(&source, 0)).await.1.is_miss());
        })
        .await;
}

#[tokio::test]
async fn a_value_of_another_type_is_not_served() {
    #[cached(resource = "unit-answer", key(id), ttl = "10s", crate = crate)]
    async fn text(id: u32) -> String {
        format!("text {id}")
    }
    let cache = Cache::builder().policy(Policy::new().local(Duration::from_secs(60))).build().expect("good settings");
    cache
        .scope(async {
            assert_eq!(answer(&AtomicU32::new(0), 1).await, Some(1));
            assert_eq!(text(1).await, "text 1");
            assert_eq!(answer(&AtomicU32::new(6), 1).await, Some(7));
        })
        .await;
}

#[tokio::test]
async fn bypass_and_refresh_leave_the_tier_alone() {
    let cache = Cache::builder().policy(Policy::new().local(Duration::from_secs(60))).build().expect("good settings");
    let source = AtomicU32::new(0);
    cache
        .scope(async {
            assert_eq!(answer(&source, 1).await, Some(1));
            assert_eq!(crate::bypass(answer(&source, 1)).await, Some(2));
            assert_eq!(answer(&source, 1).await, Some(1));
            assert_eq!(crate::refresh(answer(&source, 1)).await, Some(3));
            let (found, how) = outcome(answer(&source, 1)).await;
            assert_eq!((found, how.level), (Some(3), Level::Local));
        })
        .await;
}
