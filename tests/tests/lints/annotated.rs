use core::future::ready;
use core::time::Duration;
use std::sync::Arc;

use cache_runtime::{cached, invalidates, updates};

use crate::{Item, ItemKey, Late, NameKey};

#[cached(resource = "item", key(id, hash(name)), tenant = org, tags("items", "org:{org}", "{ret}@{org}"), ttl = "30m", version = 2)]
pub(crate) async fn short(org: &str, id: u64, name: String) -> Option<String> {
    (id > 0 && !org.is_empty()).then_some(name)
}

#[cached(
    ItemKey { org, id },
    ttl = |item| Duration::from_secs(item.id),
    cache_if = ret.id > limit.len() as u64,
    cache_none = "1s",
    bypass = id == 0
)]
pub(crate) async fn typed(org: String, id: u64, limit: String) -> Result<Option<Item>, String> {
    const NAME: &str = "item";
    let mut name = NAME.to_owned();
    name.push_str(&limit);
    if id == 9 {
        return Err(name);
    }
    Ok(Some(Item { id, name: org }))
}

#[cached(NameKey(name))]
pub(crate) async fn borrowed(name: String) -> Item {
    Item { id: 1, name }
}

#[cached(
    ItemKey { org, id },
    local = "10s",
    stale_while_revalidate = PATIENCE,
    soft_timeout = limit,
    hard_timeout = "2s",
    refresh_ahead = 0.8,
    cache_if = ret.name != *name
)]
pub(crate) async fn detached(org: &str, id: u64, mut name: &String, limit: Duration) -> Result<Option<Item>, Late> {
    let other = String::new();
    if id == 9 {
        name = &other;
    }
    ready(()).await;
    Ok(Some(Item { id, name: format!("{org}{name}") }))
}

const PATIENCE: Duration = Duration::from_secs(30);

#[cached(resource = "in-place", key(id), hard_timeout = "2s", revalidate = "inline", jitter = 0.1, sliding = true)]
pub(crate) async fn in_place(id: u64, names: &mut [String]) -> Result<u64, Late> {
    names.iter_mut().for_each(String::clear);
    Ok(id)
}

#[invalidates(ItemKey { org, id }, tag("items"), tag("org:{org}"))]
pub(crate) async fn unit(org: &str, id: u64) {
    ready(()).await;
}

#[invalidates(resource = "item", key(id), suffix = view)]
#[updates(ItemKey { org, id: ret.id }, ttl = "1h")]
pub(crate) async fn stacked(org: String, id: u64, view: &str) -> Result<Item, String> {
    let name = Some(view).ok_or("none")?.to_owned();
    drop(org);
    Ok(Item { id, name })
}

#[updates(resource = "tagged", key(id), tags("name:{ret.name}", "{value.id}/{org}"))]
pub(crate) async fn tagged(org: String, id: u64) -> Option<Item> {
    ready(()).await;
    (id > 0).then_some(Item { id, name: org })
}

pub(crate) struct Store {
    org: String,
}

impl Store {
    pub(crate) const fn new(org: String) -> Self {
        Self { org }
    }

    #[cached(ItemKey::new(&self.org, id))]
    pub(crate) async fn method(&self, id: u64) -> Item {
        Item { id, name: self.org.clone() }
    }

    #[cached(resource = "detached", key(id), refresh = "probabilistic")]
    pub(crate) async fn shared(self: Arc<Self>, id: u64) -> Item {
        Item { id, name: self.org.clone() }
    }

    #[cached(resource = "generic", key(id))]
    pub(crate) async fn generic<T>(&self, id: &T) -> usize
    where
        T: cache_runtime::CacheKey + AsRef<str> + Sync,
    {
        id.as_ref().len()
    }
}
