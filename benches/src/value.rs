//! The value of all rows: eleven fields, 246 bytes as JSON.

use std::sync::atomic::{AtomicU64, Ordering};

use cache_runtime::CacheSchema;
use hitbox_fn::CacheableResponse;
use serde::{Deserialize, Serialize};

/// As JSON, for every id that [`user`] is asked for.
pub(crate) const JSON_BYTES: usize = 246;

/// Ids are given this many digits, so that all values have the same length.
const FIRST: u64 = 10_000_000;

/// How many bodies ran, of all contenders: a row of hits checks that there were none.
static LOADS: AtomicU64 = AtomicU64::new(0);

/// What is cached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, CacheSchema, CacheableResponse)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) org: u64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) active: bool,
    pub(crate) visits: u32,
    pub(crate) balance: f64,
    pub(crate) locale: String,
    pub(crate) created: String,
    pub(crate) about: String,
}

/// The user with this id.
pub(crate) fn user(id: u64) -> User {
    User {
        id: FIRST + id,
        org: 4711,
        name: "Ada Lovelace".into(),
        email: format!("ada.{}@example.org", FIRST + id),
        role: "maintainer".into(),
        active: true,
        visits: 31_415,
        balance: 1234.5,
        locale: "en-GB".into(),
        created: "2024-05-17T09:30:00Z".into(),
        about: "wrote the first program, for engines".into(),
    }
}

/// The body of every annotated function: no time at all, so that what is measured is the cache.
pub(crate) async fn load(id: u64) -> User {
    LOADS.fetch_add(1, Ordering::Relaxed);
    user(id)
}

/// How many bodies ran so far.
pub(crate) fn loads() -> u64 {
    LOADS.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::{JSON_BYTES, user};

    #[test]
    fn every_value_has_the_same_length() {
        for id in [0, 7, 999_999] {
            let text = serde_json::to_string(&user(id)).unwrap();
            assert_eq!(text.len(), JSON_BYTES, "{text}");
        }
    }
}
