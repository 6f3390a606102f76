//! `cache-instructions WHAT HITS`: so many hits of the local tier, or of the embedded store, on one thread.
//!
//! It runs under callgrind twice, with fewer and with more hits; the difference is what a hit costs.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheSchema, Level, cached, outcome};
use serde::{Deserialize, Serialize};

const KEYS: u64 = 100;

#[derive(Clone, Debug, Serialize, Deserialize, CacheSchema)]
struct User {
    id: u64,
    name: String,
    mail: Option<String>,
    labels: Vec<String>,
}

fn user(id: u64) -> Arc<User> {
    let name = format!("user {id}");
    Arc::new(User { id, mail: Some(format!("{id}@example.org")), labels: vec![name.clone()], name })
}

#[cached(resource = "held", key(id), ttl = "1h", local = "1h")]
async fn held(id: u64) -> Arc<User> {
    user(id)
}

#[cached(resource = "held-of-tenant", key(id), tenant = org, ttl = "1h", local = "1h")]
async fn of_tenant(org: &str, id: u64) -> Arc<User> {
    user(id.wrapping_add(org.len() as u64))
}

#[cached(resource = "stored", key(id), ttl = "1h")]
async fn stored(id: u64) -> Arc<User> {
    user(id)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, hits] = words.as_slice() else {
        return refuse("two words: local_hit, tenant_hit or store_hit, and how many");
    };
    let Ok(hits) = hits.parse() else { return refuse("no number of hits") };
    if let Err(problem) = Cache::builder().build().and_then(Cache::install) {
        return refuse(&problem.to_string());
    }
    let came = match what.as_str() {
        "local_hit" => count(hits, Level::Local, held).await,
        "tenant_hit" => count(hits, Level::Local, async |id| of_tenant("acme", id).await).await,
        "store_hit" => count(hits, Level::Memory, stored).await,
        _ => return refuse("neither local_hit nor tenant_hit nor store_hit"),
    };
    if came { ExitCode::SUCCESS } else { refuse("the hits came from elsewhere") }
}

/// Whether the hits came from this level, before and after those that count.
async fn count(hits: u64, level: Level, call: impl AsyncFn(u64) -> Arc<User>) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    for id in 0..KEYS {
        while outcome(call(id)).await.1.level != level {
            if Instant::now() > deadline {
                return false;
            }
            tokio::task::yield_now().await;
        }
    }
    for nth in 0..hits {
        black_box(call(nth % KEYS).await);
    }
    outcome(call(0)).await.1.level == level
}

fn refuse(problem: &str) -> ExitCode {
    eprintln!("cache-instructions: {problem}");
    ExitCode::FAILURE
}
