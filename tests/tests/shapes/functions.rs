use std::fmt::Display;
use std::rc::Rc;

use cache_runtime::{CacheKey, cached};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Runs, User, UserKey, alone, user};

#[cached(resource = "free", key(id), ttl = "30m", version = 2)]
async fn free(runs: &Runs, id: u64) -> User {
    runs.add();
    user(id, "free")
}

#[tokio::test]
async fn a_free_function_runs_its_body_once() {
    let runs = Runs::new();
    alone(async {
        assert_eq!(miss_then_hit!(free(&runs, 1)), user(1, "free"));
        assert_eq!(miss_then_hit!(free(&runs, 2)), user(2, "free"));
    })
    .await;
    assert_eq!(runs.get(), 2);
}

#[cached(UserKey { org, id })]
async fn typed(runs: &Runs, org: &str, id: u64) -> Option<User> {
    runs.add();
    Some(user(id, org))
}

#[tokio::test]
async fn a_typed_key_tells_tenants_apart() {
    let runs = Runs::new();
    alone(async {
        assert_eq!(miss_then_hit!(typed(&runs, "a", 1)), Some(user(1, "a")));
        assert_eq!(miss_then_hit!(typed(&runs, "b", 1)), Some(user(1, "b")));
    })
    .await;
    assert_eq!(runs.get(), 2);
}

#[cached(resource = "generic", key(id))]
async fn generic<T, const N: usize>(id: T) -> [u8; 4]
where
    T: CacheKey + Display + Send + Sync,
{
    let _ = N;
    let mut bytes = [0; 4];
    for (to, from) in bytes.iter_mut().zip(id.to_string().bytes()) {
        *to = from;
    }
    bytes
}

#[tokio::test]
async fn generics_where_clauses_and_const_generics() {
    alone(async {
        assert_eq!(miss_then_hit!(generic::<_, 3>(12_u32)), *b"12\0\0");
        assert_eq!(miss_then_hit!(generic::<_, 3>("ab")), *b"ab\0\0");
    })
    .await;
}

#[cached(resource = "generic-value", key(id))]
async fn generic_value<V>(id: u32, make: fn(u32) -> V) -> Option<V>
where
    V: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Some(make(id))
}

#[tokio::test]
async fn a_generic_value() {
    alone(async {
        assert_eq!(miss_then_hit!(generic_value(1, |id| id.to_string())), Some("1".to_owned()));
    })
    .await;
}

#[cached(resource = "borrowed", key(first, second))]
async fn borrowed<'a>(first: &'a str, second: &'a [u8]) -> String {
    format!("{first}{second:?}")
}

#[tokio::test]
async fn borrowed_arguments_and_lifetimes() {
    let (first, second) = ("a".to_owned(), vec![1, 2]);
    alone(async {
        assert_eq!(miss_then_hit!(borrowed(&first, &second)), "a[1, 2]");
    })
    .await;
}

#[cached(resource = "local", key(id))]
async fn not_send(id: u32, shared: Rc<u32>) -> u32 {
    tokio::task::yield_now().await;
    id + *shared
}

#[tokio::test]
async fn a_future_that_is_not_send() {
    alone(async {
        let shared = Rc::new(1);
        assert_eq!(miss_then_hit!(not_send(1, Rc::clone(&shared))), 2);
    })
    .await;
}

#[tokio::test]
async fn a_future_that_is_send() {
    fn send<F: Future + Send>(future: F) -> F {
        future
    }
    let runs = Runs::new();
    alone(send(async {
        send(free(&runs, 1)).await;
        send(typed(&runs, "a", 1)).await;
        send(generic::<_, 1>(1_u8)).await;
    }))
    .await;
}

mod visibility {
    #[cache_runtime::cached(resource = "visible", key())]
    pub(super) async fn visible() -> u8 {
        7
    }
}

#[tokio::test]
async fn visibility_stays_and_a_key_may_be_empty() {
    alone(async { assert_eq!(miss_then_hit!(visibility::visible()), 7) }).await;
}
