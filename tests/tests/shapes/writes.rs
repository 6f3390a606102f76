use cache_runtime::{Status, cached, invalidates, updates};

use crate::{AnyUser, User, UserKey, alone, status, user};

#[cached(UserKey { org, id })]
async fn get(org: &str, id: u64) -> User {
    user(id, org)
}

#[cached(resource = "short", key(id))]
async fn get_short(id: u64) -> u64 {
    id
}

#[invalidates(UserKey { org, id }, AnyUser::ById(id), tag("user-lists"), tag("org:{org}"))]
async fn set(org: String, id: u64, fail: bool) -> Result<(), String> {
    drop(org);
    let _ = id;
    if fail { Err("no".to_owned()) } else { Ok(()) }
}

#[tokio::test]
async fn an_invalidation_acts_on_success_only() {
    alone(async {
        miss_then_hit!(get("a", 1));
        set("a".to_owned(), 1, true).await.expect_err("fails");
        assert_eq!(status(get("a", 1)).await.1, Status::Hit);
        set("a".to_owned(), 1, false).await.expect("works");
        assert_eq!(status(get("a", 1)).await.1, Status::Miss);
    })
    .await;
}

#[updates(UserKey { org, id: ret.id }, ttl = "5m")]
async fn create(org: String, name: String) -> Result<User, String> {
    let _ = std::convert::identity(org);
    Ok(User { id: 7, name })
}

#[tokio::test]
async fn an_update_stores_what_was_returned() {
    alone(async {
        create("a".to_owned(), "new".to_owned()).await.expect("works");
        assert_eq!(status(get("a", 7)).await, (user(7, "new"), Status::Hit));
    })
    .await;
}

#[updates(UserKey { org, id })]
async fn find(org: &str, id: u64, there: bool) -> Option<User> {
    there.then(|| user(id, org))
}

#[tokio::test]
async fn an_update_without_a_value_removes() {
    alone(async {
        find("a", 1, true).await;
        assert_eq!(status(get("a", 1)).await.1, Status::Hit);
        find("a", 1, false).await;
        assert_eq!(status(get("a", 1)).await.1, Status::Miss);
    })
    .await;
}

#[invalidates(resource = "short", key(id))]
async fn forget(id: u64) {
    let _ = id;
}

#[invalidates((resource = "short", key(a)), (resource = "short", key(b)))]
async fn forget_two(a: u64, b: u64) -> (u64, u64) {
    (a, b)
}

#[invalidates(resource = "short", key(id = ret))]
async fn forget_returned(id: u64) -> Option<u64> {
    Some(id)
}

#[tokio::test]
async fn short_targets() {
    alone(async {
        for forget in [true, false] {
            miss_then_hit!(get_short(1));
            miss_then_hit!(get_short(2));
            if forget {
                forget_two(1, 2).await;
            } else {
                self::forget(1).await;
                forget_returned(2).await;
            }
        }
        miss_then_hit!(get_short(1));
        miss_then_hit!(get_short(2));
    })
    .await;
}

#[invalidates(UserKey { org, id })]
#[updates(resource = "short", key(id), ttl = "1m")]
#[invalidates(UserKey { org, id: *ret })]
async fn stacked(org: &str, id: u64) -> Result<u64, String> {
    let _ = org;
    Ok(id + 1)
}

#[tokio::test]
async fn attributes_can_be_stacked() {
    alone(async {
        miss_then_hit!(get("a", 1));
        miss_then_hit!(get("a", 2));
        stacked("a", 1).await.expect("works");
        assert_eq!(status(get("a", 1)).await.1, Status::Miss);
        assert_eq!(status(get("a", 2)).await.1, Status::Miss);
        assert_eq!(status(get_short(1)).await, (2, Status::Hit));
    })
    .await;
}
