//! The value, and the body that makes it.

use cache_runtime::{CacheKey, cached};
use serde::{Deserialize, Serialize};

/// About as much as a small row of a database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Item {
    id: u64,
    name: String,
    tags: Vec<String>,
}

/// Of an item.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "item", value = Item, ttl = "1h", version = 1)]
pub(crate) struct ItemKey {
    id: u64,
}

/// Takes no time: what a call takes is what the cache adds.
pub(crate) fn body(id: u64) -> Item {
    Item { id, name: "An item of the shop".to_owned(), tags: ["new", "red", "large"].map(String::from).to_vec() }
}

/// As a user writes it.
#[cached(ItemKey { id })]
pub(crate) async fn annotated(id: u64) -> Item {
    body(id)
}
