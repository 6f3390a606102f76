//! Every kind of function that can be annotated, annotated and called.
#![allow(missing_docs)]

/// Calls twice and expects a miss and a hit with the same value.
macro_rules! miss_then_hit {
    ($call:expr) => {{
        let (first, how) = $crate::status($call).await;
        assert_eq!(how, cache_runtime::Status::Miss);
        let (second, how) = $crate::status($call).await;
        assert_eq!(how, cache_runtime::Status::Hit);
        assert_eq!(first, second);
        first
    }};
}

mod arguments;
mod detached;
mod functions;
mod keys;
mod methods;
mod names;
mod returns;
mod surroundings;
mod tags;
mod writes;

use std::sync::atomic::{AtomicUsize, Ordering};

use cache_runtime::{Cache, CacheKey, KeyPart, KeySpec, KeyWriter, Status, Tenancy, TypedKey, outcome};
use serde::{Deserialize, Serialize};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: u64,
    pub name: String,
}

/// A typed key, written out.
#[derive(Clone, Debug)]
pub struct UserKey {
    pub org: String,
    pub id: u64,
}

impl CacheKey for UserKey {
    fn write_key(&self, out: &mut KeyWriter) {
        self.write_id(out);
    }
}

impl TypedKey for UserKey {
    type Value = User;
    const SPEC: KeySpec = KeySpec::new("shape-user").parts(const { &[KeyPart::new("id")] }).tenant();

    fn write_id(&self, out: &mut KeyWriter) {
        out.part(&self.id);
    }
    fn write_tenant(&self, out: &mut KeyWriter) -> Tenancy {
        Tenancy::write(&self.org, out)
    }
}

/// A key that borrows, as a tuple struct.
pub struct ByName<'a>(pub &'a str);

impl CacheKey for ByName<'_> {
    fn write_key(&self, out: &mut KeyWriter) {
        self.write_id(out);
    }
}

impl TypedKey for ByName<'_> {
    type Value = User;
    const SPEC: KeySpec = KeySpec::new("shape-user").parts(const { &[KeyPart::new("name")] }).suffix("by-name");

    fn write_id(&self, out: &mut KeyWriter) {
        out.part(self.0);
    }
}

/// An enum of keys.
pub enum AnyUser {
    ById(u64),
    Named { name: String },
}

impl AnyUser {
    pub fn of(id: u64) -> Self {
        Self::ById(id)
    }
}

impl CacheKey for AnyUser {
    fn write_key(&self, out: &mut KeyWriter) {
        self.write_id(out);
    }
}

impl TypedKey for AnyUser {
    type Value = User;
    const SPEC: KeySpec = KeySpec::new("any-user").parts(const { &[KeyPart::new("key")] });

    fn write_id(&self, out: &mut KeyWriter) {
        match self {
            Self::ById(id) => out.part(id),
            Self::Named { name } => out.part(name),
        }
    }
}

/// Counts the runs of a body.
#[derive(Default)]
pub struct Runs(AtomicUsize);

impl Runs {
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

pub fn user(id: u64, name: &str) -> User {
    User { id, name: name.to_owned() }
}

/// Runs in a cache of its own.
pub async fn alone<T>(test: impl Future<Output = T>) -> T {
    Cache::builder().build().expect("the embedded cache").scope(test).await
}

/// What a call did, beside its value.
pub async fn status<T>(call: impl Future<Output = T>) -> (T, Status) {
    let (value, outcome) = outcome(call).await;
    (value, outcome.status)
}
