//! Bodies that may run in the background, where nothing is borrowed.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cache_runtime::{CacheKey, LoadTimeout, cached};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Runs, User, UserKey, alone, user};

/// A pool, as drivers have them: a clone is another handle.
#[derive(Clone, Default)]
struct Db(Arc<Runs>);

impl Db {
    async fn user(&self, org: &str, id: u64) -> User {
        self.0.add();
        tokio::task::yield_now().await;
        user(id, org)
    }
}

#[derive(Debug, PartialEq)]
enum Failed {
    Late,
}

impl From<LoadTimeout> for Failed {
    fn from(_: LoadTimeout) -> Self {
        Self::Late
    }
}

#[cached(UserKey { org, id }, stale_while_revalidate = "30s", stale_if_error = "1h", jitter = 0.1)]
async fn borrowed(db: &Db, org: &str, id: u64) -> User {
    db.user(org, id).await
}

#[cached(UserKey { org, id }, soft_timeout = "100ms", hard_timeout = "2s", local = "10s")]
async fn limited(db: &Db, org: &str, id: u64) -> Result<Option<User>, Failed> {
    Ok(Some(db.user(org, id).await))
}

#[cached(resource = "detached-moved", key(org, ids), refresh_ahead = 0.8)]
async fn moved(mut org: String, mut ids: Vec<u64>, db: Db) -> Vec<User> {
    org.push('!');
    ids.push(9);
    vec![db.user(&org, ids[0]).await]
}

#[cached(resource = "detached-slices", key(names, bytes), refresh = "probabilistic")]
async fn slices<'a>(names: &'a [String], bytes: &Vec<u8>, fixed: &'static str) -> String {
    format!("{names:?}{bytes:?}{fixed}")
}

#[tokio::test]
async fn arguments_that_are_borrowed_and_moved() {
    let db = Db::default();
    alone(async {
        assert_eq!(miss_then_hit!(borrowed(&db, "a", 1)), user(1, "a"));
        assert_eq!(miss_then_hit!(limited(&db, "b", 1)), Ok(Some(user(1, "b"))));
        assert_eq!(miss_then_hit!(moved("c".to_owned(), vec![3], db.clone())), [user(3, "c!")]);
        assert_eq!(miss_then_hit!(slices(&["d".to_owned()], &vec![1], "s")), "[\"d\"][1]s");
    })
    .await;
    assert_eq!(db.0.get(), 3);
}

struct Page {
    org: String,
    size: u32,
}

#[cached(resource = "detached-patterns", key(org, size, last, first), stale_while_revalidate = PATIENCE)]
async fn patterns(
    Page { org, size }: Page,
    (first, _): &(u64, u64),
    &last: &u64,
    mut name: &str,
    Wrapper(inside): &Wrapper,
) -> String {
    if name.is_empty() {
        name = "nobody";
    }
    format!("{org}{size}{first}{last}{name}{inside}")
}

const PATIENCE: Duration = Duration::from_secs(30);

struct Wrapper(String);

#[tokio::test]
async fn patterns_take_apart_what_is_borrowed() {
    let page = || Page { org: "o".to_owned(), size: 1 };
    let wrapper = Wrapper("w".to_owned());
    alone(async { assert_eq!(miss_then_hit!(patterns(page(), &(2, 3), &4, "", &wrapper)), "o124nobodyw") }).await;
}

#[cached(resource = "detached-generic", key(id), soft_timeout = limit)]
async fn generic<K, V, const N: usize>(db: &V, id: K, limit: Duration) -> Vec<V>
where
    K: CacheKey + Debug + Send + 'static,
    V: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let _ = id;
    vec![db.clone(); N]
}

#[cached(resource = "detached-impl", key(id = id.to_string()), revalidate = "background")]
async fn impl_trait(
    id: impl ToString + Send + 'static,
    names: &(impl AsRef<str> + Clone + Send + Sync + 'static),
    then: impl Fn(&str) -> usize + Send + 'static,
) -> usize {
    then(names.as_ref()) + id.to_string().len()
}

/// What functions take is not borrowed here.
#[cached(resource = "detached-functions", key(name), soft_timeout = "1s")]
async fn functions(
    name: &str,
    pointer: fn(&str) -> usize,
    boxed: Box<dyn Fn(&str) -> usize + Send>,
    fixed: Option<&'static str>,
    r#type: &Option<u8>,
) -> usize {
    pointer(name) + boxed(name) + fixed.map_or(0, str::len) + usize::from(r#type.unwrap_or_default())
}

macro_rules! reader {
    ($name:ident, $param:ident: $ty:ty, $stale:literal) => {
        #[cached(resource = "detached-by-example", key(id, $param), stale_while_revalidate = $stale, cache_if = *ret > db.0.get())]
        async fn $name(db: &Db, $param: $ty, id: u64) -> usize {
            let inside = id as usize;
            format!("{}{:?}", $param, db.0.get()).len() + inside
        }
    };
}

reader!(from_macro, text: &str, "30s");

#[tokio::test]
async fn functions_as_arguments_and_macros_by_example() {
    let boxed = || Box::new(|name: &str| name.len() + 1);
    alone(async {
        assert_eq!(miss_then_hit!(functions("ab", str::len, boxed(), Some("abc"), &Some(10))), 18);
        assert_eq!(miss_then_hit!(from_macro(&Db::default(), "ab", 3)), 6);
    })
    .await;
}

#[tokio::test]
async fn type_parameters() {
    let second = Duration::from_secs(1);
    alone(async {
        assert_eq!(miss_then_hit!(generic::<_, _, 2>(&'x', 1_u8, second)), ['x', 'x']);
        assert_eq!(miss_then_hit!(impl_trait(12, &"abc".to_owned(), str::len)), 5);
    })
    .await;
}

struct Store {
    db: Db,
    org: String,
    limit: u64,
}

impl Store {
    #[cached(UserKey { org: self.org.clone(), id }, stale_while_revalidate = "30s", cache_if = ret.id > self.limit)]
    async fn shared(self: Arc<Self>, id: u64) -> User {
        self.db.user(&self.org, id).await
    }
}

#[derive(Clone)]
struct Handle(Db);

impl Handle {
    #[cached(resource = "detached-self", key(id), refresh_ahead = 0.5, ttl = |user| Duration::from_secs(user.id))]
    async fn by_value(self, id: u64) -> User {
        self.0.user("self", id).await
    }
}

#[tokio::test]
async fn methods() {
    let db = Db::default();
    let store = Arc::new(Store { db: db.clone(), org: "o".to_owned(), limit: 1 });
    alone(async {
        assert_eq!(miss_then_hit!(store.clone().shared(2)), user(2, "o"));
        assert_eq!(miss_then_hit!(Handle(db.clone()).by_value(3)), user(3, "self"));
    })
    .await;
    assert_eq!(db.0.get(), 2);
}

#[async_trait]
trait Users {
    async fn user(self: Arc<Self>, org: &str, id: u64, names: (String, u8)) -> User;
}

#[async_trait]
impl Users for Store {
    #[cached(UserKey { org, id }, stale_while_revalidate = "30s", cache_if = ret.id < self.limit + suffix.len() as u64)]
    async fn user(self: Arc<Self>, org: &str, id: u64, (suffix, _): (String, u8)) -> User {
        self.db.user(&format!("{org}{suffix}"), id).await
    }
}

#[tokio::test]
async fn boxed_methods() {
    let store = Arc::new(Store { db: Db::default(), org: "o".to_owned(), limit: 1 });
    alone(async {
        assert_eq!(miss_then_hit!(store.clone().user("a", 1, ("b".to_owned(), 1))), user(1, "ab"));
    })
    .await;
}

#[tracing::instrument(skip_all)]
#[cached(resource = "detached-above", key(id), stale_while_revalidate = "30s")]
async fn instrumented_above(db: &Db, id: u64) -> u64 {
    db.user("", id).await.id
}

#[cached(resource = "detached-below", key(id), stale_while_revalidate = "30s", cache_if = *ret > *limit)]
#[tracing::instrument(skip_all, fields(%id))]
async fn instrumented_below(db: &Db, id: u64, limit: &u64) -> Result<u64, String> {
    #![allow(clippy::needless_question_mark)]
    Ok(Some(db.user("", id).await.id).ok_or("none")?)
}

#[cached(resource = "detached-inline", key(id), hard_timeout = "2s", revalidate = "inline", sliding = true)]
async fn in_place(runs: &Runs, id: Option<&str>) -> Result<String, Failed> {
    runs.add();
    Ok(id.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn other_attributes_and_in_place() {
    let (db, runs) = (Db::default(), Runs::new());
    alone(async {
        miss_then_hit!(instrumented_above(&db, 1));
        assert_eq!(miss_then_hit!(instrumented_below(&db, 2, &1)), Ok(2));
        assert_eq!(miss_then_hit!(in_place(&runs, Some("a"))), Ok("a".to_owned()));
    })
    .await;
    assert_eq!((db.0.get(), runs.get()), (2, 1));
}

#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "detached-arc", value = Arc<[User]>, local = "10s", stale_if_error = 3600, refresh_ahead = 0.8)]
struct TeamKey {
    team: u64,
}

#[cached(TeamKey { team }, local = "1s")]
async fn team(team: u64) -> Arc<[User]> {
    Arc::from([user(team, "a")])
}

#[cached(resource = "detached-arc-one", key(id), version = auto, local = "1s")]
async fn behind_an_arc(id: u64) -> Option<Arc<u64>> {
    Some(Arc::new(id))
}

#[tokio::test]
async fn values_behind_an_arc() {
    alone(async {
        assert_eq!(*miss_then_hit!(team(1)), [user(1, "a")]);
        assert_eq!(miss_then_hit!(behind_an_arc(1)), Some(Arc::new(1)));
    })
    .await;
}
