use std::sync::Arc;

use async_trait::async_trait;
use cache_runtime::{Cache, cached, invalidates, updates};

use crate::{Runs, User, UserKey, alone, status, user};

struct Repo {
    org: String,
    runs: Runs,
}

impl Repo {
    fn new() -> Self {
        Self { org: "acme".to_owned(), runs: Runs::new() }
    }

    fn key(&self, id: u64) -> UserKey {
        UserKey { org: self.org.clone(), id }
    }

    #[cached(UserKey { org: self.org, id })]
    async fn by_id(&self, id: u64) -> Result<Option<User>, String> {
        self.runs.add();
        Ok(Some(user(id, &self.org)))
    }

    #[cached(self.key(id))]
    async fn by_method_key(&self, id: u64) -> User {
        self.runs.add();
        user(id, "method")
    }

    #[cached(resource = "mine", key(self.org, id))]
    async fn short(&self, id: u64) -> u64 {
        self.runs.add();
        id
    }

    #[invalidates(self.key(id))]
    async fn touch(&mut self, id: u64) {
        let _ = id;
        self.runs.add();
    }

    #[cached(resource = "associated", key(id))]
    async fn associated(id: u64) -> Option<u64> {
        Some(id)
    }

    #[cached(resource = "owned", key(self.org))]
    async fn owned(self: Arc<Self>) -> String {
        self.runs.add();
        self.org.clone()
    }
}

#[tokio::test]
async fn a_method_borrows_self_in_its_key() {
    let repo = Repo::new();
    alone(async {
        miss_then_hit!(repo.by_id(1)).expect("user");
        assert_eq!(status(repo.by_method_key(1)).await.1, cache_runtime::Status::Hit);
        miss_then_hit!(repo.short(1));
    })
    .await;
    assert_eq!(repo.runs.get(), 2);
}

#[tokio::test]
async fn a_method_with_mut_self() {
    let mut repo = Repo::new();
    alone(async {
        miss_then_hit!(repo.by_method_key(1));
        repo.touch(1).await;
        miss_then_hit!(repo.by_method_key(1));
    })
    .await;
}

#[tokio::test]
async fn an_associated_function() {
    alone(async { assert_eq!(miss_then_hit!(Repo::associated(3)), Some(3)) }).await;
}

#[tokio::test]
async fn an_owned_receiver() {
    let repo = Arc::new(Repo::new());
    alone(async { miss_then_hit!(Arc::clone(&repo).owned()) }).await;
}

struct Generic<T> {
    inner: T,
}

impl<T: Clone + Into<u64> + Sync> Generic<T> {
    #[cached(resource = "generic-impl", key(id), suffix = "doubled")]
    async fn doubled(&self, id: u64) -> u64 {
        let base: u64 = self.inner.clone().into();
        base + id
    }
}

#[tokio::test]
async fn a_method_of_a_generic_impl() {
    alone(async { assert_eq!(miss_then_hit!(Generic { inner: 2_u8 }.doubled(1)), 3) }).await;
}

trait Load {
    fn load(&self, id: u64) -> impl Future<Output = u64> + Send;
}

impl Load for Repo {
    #[cached(resource = "trait-impl", key(id))]
    async fn load(&self, id: u64) -> u64 {
        self.runs.add();
        id
    }
}

#[tokio::test]
async fn a_method_of_a_trait_impl() {
    let repo = Repo::new();
    alone(async { miss_then_hit!(repo.load(1)) }).await;
    assert_eq!(repo.runs.get(), 1);
}

#[async_trait]
trait Users {
    async fn get(&self, id: u64, pair: (u8, u8)) -> Result<Option<User>, String>;
    async fn rename(&self, id: u64, name: String) -> Result<User, String>;
    async fn remove(&self, id: u64);

    #[cached(resource = "default-method", key(id))]
    async fn with_default(&self, id: u64) -> u64
    where
        Self: Sync,
    {
        id * 2
    }
}

#[async_trait]
impl Users for Repo {
    #[cached(UserKey { org: self.org, id }, bypass = a > b)]
    async fn get(&self, mut id: u64, (a, b): (u8, u8)) -> Result<Option<User>, String> {
        self.runs.add();
        id += 0;
        let name = Some(self.org.as_str()).ok_or("no name")?;
        Ok(Some(user(id, name)))
    }

    #[updates(UserKey { org: self.org, id: ret.id })]
    async fn rename(&self, id: u64, name: String) -> Result<User, String> {
        Ok(user(id, &name))
    }

    #[invalidates(UserKey { org: self.org, id })]
    async fn remove(&self, id: u64) {
        let _ = id;
        self.runs.add();
    }
}

#[tokio::test]
async fn async_trait_methods() {
    let repo: Box<dyn Users + Send + Sync> = Box::new(Repo::new());
    alone(async {
        assert_eq!(miss_then_hit!(repo.get(1, (0, 0))), Ok(Some(user(1, "acme"))));
        assert_eq!(status(repo.get(1, (1, 0))).await.1, cache_runtime::Status::Bypass);
        repo.rename(1, "new".to_owned()).await.expect("renamed");
        assert_eq!(status(repo.get(1, (0, 0))).await.0, Ok(Some(user(1, "new"))));
        repo.remove(1).await;
        miss_then_hit!(repo.get(1, (0, 0))).expect("user");
        assert_eq!(miss_then_hit!(repo.with_default(4)), 8);
    })
    .await;
}

struct Holder {
    cache: Cache,
}

impl Holder {
    #[cached(resource = "held", key(id), cache = self.cache)]
    async fn get(&self, id: u64) -> u64 {
        id
    }
}

#[tokio::test]
async fn a_cache_of_its_own() {
    let first = Holder { cache: Cache::builder().build().expect("cache") };
    let second = Holder { cache: Cache::builder().build().expect("cache") };
    miss_then_hit!(first.get(1));
    miss_then_hit!(second.get(1));
}
