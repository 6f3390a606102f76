//! What time does to entries, with a clock that the test moves.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::clock::manual;
use crate::{Cache, cached, outcome};

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
