use std::borrow::Cow;

use cache_runtime::{Status, cached};

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
