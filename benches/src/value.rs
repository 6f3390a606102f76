//! The value of all rows: eleven fields, 246 bytes as JSON.

use std::sync::atomic::{AtomicU64, Ordering};

use cache_runtime::CacheSchema;
use hitbox_fn::CacheableResponse;
use serde::{Deserialize, Serialize};

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

/// A value that is so many bytes as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) id: u64,
    pub(crate) text: String,
}

impl Blob {
    pub(crate) fn new(size: usize, id: u64) -> Self {
        const FRAME: usize = r#"{"id":10000000,"text":""}"#.len();
        Self { id: FIRST + id, text: "cache aside ".chars().cycle().take(size.saturating_sub(FRAME)).collect() }
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
    use super::{Blob, user};

    const JSON_BYTES: usize = 246;

    #[test]
    fn every_value_has_the_same_length() {
        for id in [0, 7, 999_999] {
            let text = serde_json::to_string(&user(id)).unwrap();
            assert_eq!(text.len(), JSON_BYTES, "{text}");
            assert_eq!(serde_json::to_string(&Blob::new(1000, id)).unwrap().len(), 1000);
        }
    }
}
