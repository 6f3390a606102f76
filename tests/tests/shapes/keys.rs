use std::borrow::Cow;

use cache_runtime::{CacheKey, CacheSchema, Status, cached};
use serde::{Deserialize, Serialize};

use crate::{AnyUser, ByName, Runs, User, alone, status, user};

#[cached(ByName(&name))]
async fn explicit_borrow(name: String) -> User {
    User { id: 1, name }
}

#[cached(ByName(name))]
async fn place(runs: &Runs, name: Cow<'_, str>) -> User {
    runs.add();
    user(2, &name)
}

#[tokio::test]
async fn a_borrowing_key_of_a_moved_parameter() {
    let runs = Runs::new();
    alone(async {
        assert_eq!(miss_then_hit!(explicit_borrow("a".to_owned())), user(1, "a"));
        assert_eq!(place(&runs, "a".into()).await, user(1, "a"));
    })
    .await;
    assert_eq!(runs.get(), 0);
}

#[cached(AnyUser::ById(id))]
async fn variant(id: u64) -> User {
    user(id, "variant")
}

#[cached(AnyUser::of(id))]
async fn method(id: u64) -> User {
    user(id, "method")
}

#[cached(AnyUser::Named { name })]
async fn struct_variant(name: String) -> Option<User> {
    Some(User { id: 1, name })
}

#[cached(if id == 0 { AnyUser::Named { name: "zero".to_owned() } } else { AnyUser::ById(id) })]
async fn any_expression(id: u64) -> User {
    user(id, "any")
}

#[tokio::test]
async fn variants_constructors_and_expressions() {
    alone(async {
        miss_then_hit!(variant(1));
        assert_eq!(status(method(1)).await, (user(1, "variant"), Status::Hit));
        assert_eq!(status(any_expression(1)).await.1, Status::Hit);
        miss_then_hit!(struct_variant("a".to_owned()));
    })
    .await;
}

#[cached(resource = "computed", key(id), suffix = view, ttl = "1h 30m", version = "2024-05")]
async fn computed_suffix(id: u64, view: &str) -> String {
    format!("{id}{view}")
}

#[tokio::test]
async fn a_computed_suffix() {
    alone(async {
        miss_then_hit!(computed_suffix(1, "a"));
        miss_then_hit!(computed_suffix(1, "b"));
    })
    .await;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CacheSchema)]
struct Team {
    id: u64,
}

#[cached(resource = "auto", key(id), version = auto)]
async fn auto(id: u64) -> Result<Team, String> {
    Ok(Team { id })
}

#[cached(resource = "auto-generic", key(id), version = auto)]
async fn auto_generic<T: CacheSchema + Serialize + for<'de> Deserialize<'de> + From<u64> + Send>(id: u64) -> Option<T> {
    Some(T::from(id))
}

#[tokio::test]
async fn a_version_from_the_shape() {
    alone(async {
        assert_eq!(miss_then_hit!(auto(1)), Ok(Team { id: 1 }));
        assert_eq!(miss_then_hit!(auto_generic::<u64>(1)), Some(1));
    })
    .await;
}

#[derive(CacheKey)]
#[cache(resource = "derived-team", value = Team, ttl = "5m", version = auto)]
struct TeamKey<'a> {
    #[cache(tenant)]
    org: &'a str,
    id: u64,
}

#[cached(TeamKey { org, id }, ttl = "1m")]
async fn derived(org: String, id: u64) -> Option<Team> {
    drop(org);
    Some(Team { id })
}

#[tokio::test]
async fn a_derived_key_that_borrows() {
    alone(async { assert_eq!(miss_then_hit!(derived("a".to_owned(), 1)), Some(Team { id: 1 })) }).await;
}
