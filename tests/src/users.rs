//! A value, its key, and functions that read and write it: what many tests are about.

use std::sync::atomic::{AtomicUsize, Ordering};

use cache_runtime::{CacheKey, Outcome, cached, invalidates, outcome, updates};
use serde::{Deserialize, Serialize};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// By which it is found.
    pub id: u64,
    /// What changes.
    pub name: String,
}

/// A key.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "user", value = User, ttl = "10m", version = 2, tags("users"))]
pub struct UserKey {
    /// Of the user.
    pub id: u64,
}

/// Stands for a database: counts how often it is asked.
#[derive(Default)]
pub struct Source {
    reads: AtomicUsize,
}

impl Source {
    /// How often a body ran.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// What the source holds now: the name says how often it was read.
    pub fn read(&self, id: u64) -> User {
        let nth = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
        User { id, name: format!("read {nth}") }
    }
}

/// A read.
#[cached(UserKey { id })]
pub async fn get_user(source: &Source, id: u64) -> Result<User, String> {
    Ok(source.read(id))
}

/// A write.
#[invalidates(UserKey { id })]
pub async fn touch(id: u64) -> Result<(), String> {
    Ok(())
}

/// A write through.
#[updates(UserKey { id: ret.id })]
pub async fn rename(id: u64, name: &str) -> Result<User, String> {
    Ok(User { id, name: name.to_owned() })
}

/// Reads the user and says what the call did.
pub async fn read(source: &Source, id: u64) -> (User, Outcome) {
    let (user, outcome) = outcome(get_user(source, id)).await;
    (user.expect("the body does not fail"), outcome)
}
