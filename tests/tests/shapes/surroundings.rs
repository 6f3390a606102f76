use cache_runtime as renamed;
use cache_runtime::{cached, invalidates};

use crate::{Runs, User, UserKey, alone, user};

/// Documented.
#[tracing::instrument(skip_all)]
#[cached(resource = "above", key(id))]
async fn instrumented_above(id: u64) -> u64 {
    id
}

#[cached(resource = "below", key(id))]
#[tracing::instrument(skip_all)]
#[inline]
async fn instrumented_below(id: u64) -> Result<u64, String> {
    #![allow(unused_mut)]
    let mut id = Some(id).ok_or("none")?;
    Ok(id)
}

#[tokio::test]
async fn other_attributes_above_and_below() {
    alone(async {
        miss_then_hit!(instrumented_above(1));
        miss_then_hit!(instrumented_below(1)).expect("id");
    })
    .await;
}

mod elsewhere {
    pub(crate) use cache_runtime as deep;
}

#[renamed::cached(resource = "renamed", key(id), crate = renamed)]
async fn renamed_crate(id: u64) -> u64 {
    id
}

#[cached(resource = "renamed", key(id), crate = elsewhere::deep)]
async fn deep_crate(id: u64) -> u64 {
    id
}

#[tokio::test]
async fn a_renamed_dependency() {
    alone(async {
        miss_then_hit!(renamed_crate(1));
        deep_crate(1).await;
    })
    .await;
}

macro_rules! reader {
    ($name:ident, $param:ident: $ty:ty, $ttl:literal, $key:expr, $value:expr) => {
        #[cached($key, ttl = $ttl)]
        async fn $name(runs: &Runs, $param: $ty, id: u64) -> User {
            let inside = id;
            runs.add();
            let _ = &$param;
            let mut value = $value;
            value.id = inside;
            value
        }
    };
}

macro_rules! with_body {
    ($name:ident $body:block) => {
        #[cached(resource = "by-example", skip(_runs))]
        async fn $name(_runs: &Runs, id: u64) -> u64 $body
    };
}

reader!(from_macro, org: String, "30m", UserKey { org: "macro".to_owned(), id: 5 }, user(0, "macro"));
with_body!(body_from_macro {
    7
});

#[tokio::test]
async fn macros_by_example() {
    let runs = Runs::new();
    alone(async {
        assert_eq!(miss_then_hit!(from_macro(&runs, "x".to_owned(), 5)), user(5, "macro"));
        assert_eq!(miss_then_hit!(body_from_macro(&runs, 1)), 7);
    })
    .await;
    assert_eq!(runs.get(), 1);
}

#[invalidates(UserKey { org, id })]
async fn unnamed(_: u8, org: &str, id: u64) -> impl Sized {
    let _ = (org, id);
}

#[tokio::test]
async fn an_opaque_return_type_of_a_write() {
    alone(async {
        let _ = unnamed(1, "a", 1).await;
    })
    .await;
}
