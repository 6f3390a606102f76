use std::fmt::Display;
use std::time::Duration;

use cache_runtime::{Status, cached};

use crate::{Runs, User, UserKey, alone, status, user};

struct Point {
    x: u32,
    y: u32,
}

#[cached(resource = "destructured", key(x, y, b))]
async fn destructured(Point { x, y }: Point, (_a, b): (u32, u32)) -> u32 {
    x + y + b
}

#[tokio::test]
async fn destructured_parameters() {
    alone(async { assert_eq!(miss_then_hit!(destructured(Point { x: 1, y: 2 }, (9, 3))), 6) }).await;
}

#[cached(resource = "mutable", key(id, names))]
async fn mutable(mut id: u32, mut names: Vec<String>) -> Vec<String> {
    id += 1;
    names.push(id.to_string());
    names
}

#[tokio::test]
async fn mut_and_moved_parameters() {
    alone(async { assert_eq!(miss_then_hit!(mutable(1, vec!["a".to_owned()])), ["a", "2"]) }).await;
}

#[cached(UserKey { org, id })]
async fn moved(org: String, id: u64) -> User {
    let org = std::convert::identity(org);
    User { id, name: org }
}

#[tokio::test]
async fn a_parameter_that_the_body_moves() {
    alone(async { assert_eq!(miss_then_hit!(moved("a".to_owned(), 1)), user(1, "a")) }).await;
}

#[cached(resource = "impl-trait", key(text = text.to_string()))]
async fn impl_trait(text: impl Display + Send + Sync, then: impl Fn() + Send) -> String {
    then();
    text.to_string()
}

#[tokio::test]
async fn impl_trait_arguments() {
    let runs = Runs::new();
    alone(async { assert_eq!(miss_then_hit!(impl_trait("a", || runs.add())), "a") }).await;
    assert_eq!(runs.get(), 1);
}

#[cached(resource = "skipped", skip(runs))]
async fn skipped(runs: &Runs, a: u32, b: &str) -> String {
    runs.add();
    format!("{a}{b}")
}

#[tokio::test]
async fn skip_keys_by_all_others() {
    let runs = Runs::new();
    alone(async {
        miss_then_hit!(skipped(&runs, 1, "a"));
        miss_then_hit!(skipped(&runs, 1, "b"));
        miss_then_hit!(skipped(&runs, 2, "a"));
    })
    .await;
    assert_eq!(runs.get(), 3);
}

#[cached(resource = "hashed", key(hash(email), org = org.trim()), tenant = org, tags("all", "org:{org}"), ttl = 60)]
async fn hashed(email: String, org: &str) -> String {
    format!("{email}{org}")
}

#[tokio::test]
async fn hashed_parts_tenants_and_tags() {
    alone(async { miss_then_hit!(hashed("a@b".to_owned(), "org")) }).await;
}

#[cached(resource = "by-bypass", key(id), bypass = fresh)]
async fn bypassed(id: u32, fresh: bool) -> u32 {
    id
}

#[tokio::test]
async fn bypass_runs_the_body() {
    alone(async {
        miss_then_hit!(bypassed(1, false));
        assert_eq!(status(bypassed(1, true)).await.1, Status::Bypass);
    })
    .await;
}

#[cached(resource = "conditional", key(id), cache_if = |user| user.id > limit)]
async fn closure_condition(id: u64, limit: u64) -> User {
    user(id, "x")
}

#[cached(resource = "conditional-ret", key(id), cache_if = ret.id > 1 && !name.is_empty())]
async fn ret_condition(id: u64, name: String) -> Option<User> {
    Some(User { id, name })
}

#[tokio::test]
async fn cache_if_decides_by_the_value() {
    alone(async {
        miss_then_hit!(closure_condition(2, 1));
        closure_condition(1, 1).await;
        assert_eq!(status(closure_condition(1, 1)).await.1, Status::Miss);
        miss_then_hit!(ret_condition(2, "a".to_owned()));
        ret_condition(3, String::new()).await;
        assert_eq!(status(ret_condition(3, String::new())).await.1, Status::Miss);
    })
    .await;
}

const SHORT: Duration = Duration::from_millis(500);

#[cached(resource = "ttl-closure", key(id), ttl = |user| Duration::from_secs(user.id))]
async fn ttl_closure(id: u64) -> User {
    user(id, "x")
}

#[cached(resource = "ttl-const", key(id), ttl = SHORT)]
async fn ttl_const(id: u64) -> u64 {
    id
}

#[cached(resource = "ttl-ret", key(id), ttl = base * u32::try_from(ret.id).unwrap_or(1))]
async fn ttl_ret(id: u64, base: Duration) -> Result<User, String> {
    Ok(user(id, "x"))
}

#[tokio::test]
async fn ttl_as_expression_closure_and_over_ret() {
    alone(async {
        miss_then_hit!(ttl_closure(5));
        ttl_closure(0).await;
        assert_eq!(status(ttl_closure(0)).await.1, Status::Miss, "a ttl of zero stores nothing");
        miss_then_hit!(ttl_const(1));
        miss_then_hit!(ttl_ret(5, Duration::from_secs(1))).expect("user");
    })
    .await;
}
