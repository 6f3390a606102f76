//! Tags that name the value.

use std::sync::Arc;

use cache_runtime::__private::{KeyOf as _, Typed};
use cache_runtime::{Cache, CacheKey, CacheSchema, Status, cached, updates};
use serde::{Deserialize, Serialize};

use crate::status;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CacheSchema)]
struct Member {
    id: u64,
    team: Team,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CacheSchema)]
struct Team {
    name: String,
    lead: (u64, u64),
}

fn member(id: u64, team: &str) -> Member {
    Member { id, team: Team { name: team.to_owned(), lead: (7, 8) } }
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "tagged", value = Member, tags("all", "{org}/team:{value.team.name}", "lead:{ret.team.lead.1}"))]
struct MemberKey {
    org: String,
    id: u64,
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "tagged-any", value = Arc<Member>, version = auto, tags("team:{value.team.name}"), local = "1s")]
enum AnyMember<'a> {
    First,
    Named { name: &'a str },
}

/// The key has a field of this name.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "tagged-value", value = u64, tags("key:{value}", "is:{ret}"))]
struct ValueKey {
    value: String,
}

#[test]
fn a_key_type_tells_the_tags_of_a_value() {
    let key = MemberKey { org: "a&b".to_owned(), id: 1 };
    assert_eq!(cache_runtime::TypedKey::tags(&key), ["all"]);
    assert_eq!(Typed(&key).value_tags(&member(1, "red")), ["a&b/team:red", "lead:8"]);
    let shared = Arc::new(member(1, "red"));
    assert_eq!(Typed(&AnyMember::First).value_tags(&shared), ["team:red"]);
    assert_eq!(Typed(&AnyMember::Named { name: "x" }).value_tags(&shared), ["team:red"]);
    let key = ValueKey { value: "k".to_owned() };
    assert_eq!(
        (cache_runtime::TypedKey::tags(&key), Typed(&key).value_tags(&9)),
        (vec!["key:k".into()], vec!["is:9".into()])
    );
}

#[cached(MemberKey { org, id })]
async fn by_key(org: &str, id: u64) -> Option<Member> {
    (org != "none").then(|| member(id, "red"))
}

#[updates(MemberKey { org, id })]
async fn put_by_key(org: String, id: u64, team: String) -> Result<Member, String> {
    drop(org);
    Ok(member(id, &team))
}

#[cached(resource = "tagged-short", key(id), tags("all", "{org}/team:{ret.team.name}", "lead:{value.team.lead.0}"))]
async fn short(org: String, id: u64) -> Result<Member, String> {
    drop(org);
    Ok(member(id, "red"))
}

#[updates(resource = "tagged-short", key(id), tags("all", "{org}/team:{ret.team.name}"))]
async fn put_short(org: String, id: u64, team: &str) -> Option<Member> {
    drop(org);
    (team != "none").then(|| member(id, team))
}

#[cached(resource = "tagged-detached", key(id), tags("{ret}-{org}"), stale_while_revalidate = "1s")]
async fn detached(org: &str, id: u64) -> u64 {
    id + org.len() as u64
}

/// A parameter hides the value.
#[cached(resource = "tagged-value", key(value), tags("value:{value}"))]
async fn value_parameter(value: u64) -> u64 {
    value
}

async fn in_memory(test: impl AsyncFnOnce(&Cache)) {
    let cache = Cache::builder().build().expect("the embedded cache");
    cache.scope(test(&cache)).await;
}

#[tokio::test]
async fn an_update_tags_its_entry_by_its_value() {
    in_memory(async |cache| {
        put_by_key("a".to_owned(), 1, "blue".to_owned()).await.expect("stored");
        assert_eq!(status(by_key("a", 1)).await, (Some(member(1, "blue")), Status::Hit));
        cache.invalidate_tag("a/team:red").await.expect("in memory");
        assert_eq!(status(by_key("a", 1)).await.1, Status::Hit);
        cache.invalidate_tag("a/team:blue").await.expect("in memory");
        assert_eq!(status(by_key("a", 1)).await.1, Status::Miss);

        put_short("a".to_owned(), 1, "blue").await;
        assert_eq!(status(short("a".to_owned(), 1)).await.1, Status::Hit);
        cache.invalidate_tag("a/team:blue").await.expect("in memory");
        assert_eq!(status(short("a".to_owned(), 1)).await.1, Status::Miss);
        // Without a value there is nothing to tag, and the entry goes all the same.
        put_short("a".to_owned(), 1, "none").await;
        assert_eq!(status(short("a".to_owned(), 1)).await.1, Status::Miss);
    })
    .await;
}

#[tokio::test]
async fn a_read_tags_its_entry_by_its_value() {
    in_memory(async |cache| {
        for tag in ["a/team:red", "lead:8", "all"] {
            by_key("a", 1).await;
            cache.invalidate_tag(tag).await.expect("in memory");
            assert_eq!(status(by_key("a", 1)).await.1, Status::Miss, "{tag}");
        }
        for tag in ["a/team:red", "lead:7", "all"] {
            short("a".to_owned(), 1).await.expect("a member");
            cache.invalidate_tag(tag).await.expect("in memory");
            assert_eq!(status(short("a".to_owned(), 1)).await.1, Status::Miss, "{tag}");
        }
        detached("ab", 1).await;
        cache.invalidate_tag("3-ab").await.expect("in memory");
        assert_eq!(status(detached("ab", 1)).await.1, Status::Miss);
        miss_then_hit!(value_parameter(5));
        cache.invalidate_tag("value:5").await.expect("in memory");
        assert_eq!(status(value_parameter(5)).await.1, Status::Miss);
    })
    .await;
}
