use cache_runtime::{Status, cached, invalidates};

use crate::{User, UserKey, alone, status, user};

#[cached(resource = "raw", key(r#type, r#match = r#type.len()))]
async fn raw(r#type: &str) -> String {
    r#type.to_owned()
}

#[cached(resource = "raw-fn", skip(r#fn))]
async fn r#struct(r#type: &str, r#fn: u8) -> String {
    format!("{}{}", r#type, r#fn)
}

#[tokio::test]
async fn raw_identifiers() {
    alone(async {
        assert_eq!(miss_then_hit!(raw("a")), "a");
        assert_eq!(miss_then_hit!(r#struct("a", 1)), "a1");
    })
    .await;
}

#[cached(resource = "ours", key(key, cache, result, ret, value, fill, entry))]
async fn our_names(key: u8, cache: u8, result: u8, ret: u8, value: u8, fill: u8, entry: u8) -> u8 {
    key + cache + result + ret + value + fill + entry
}

#[invalidates(resource = "ours", key(key, cache, result, ret, value, fill, entry))]
#[allow(clippy::many_single_char_names)]
async fn forget(key: u8, cache: u8, result: u8, ret: u8, value: u8, fill: u8, entry: u8) -> u8 {
    key + cache + result + ret + value + fill + entry
}

#[tokio::test]
async fn parameters_named_like_ours() {
    alone(async {
        assert_eq!(miss_then_hit!(our_names(1, 2, 3, 4, 5, 6, 7)), 28);
        forget(1, 2, 3, 4, 5, 6, 7).await;
        assert_eq!(status(our_names(1, 2, 3, 4, 5, 6, 7)).await.1, Status::Miss);
    })
    .await;
}

#[cached(key)]
async fn whole_key(key: UserKey) -> User {
    user(key.id, &key.org)
}

#[tokio::test]
async fn a_parameter_that_is_the_key() {
    let key = UserKey { org: "a".to_owned(), id: 1 };
    alone(async { assert_eq!(miss_then_hit!(whole_key(key.clone())), user(1, "a")) }).await;
}
