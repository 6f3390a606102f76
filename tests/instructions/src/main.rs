//! `cache-instructions WHAT HITS`: so many hits of the local tier, or of the embedded store, on one thread.
//!
//! It runs under callgrind twice, with fewer and with more hits; the difference is what a hit costs.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cache_runtime::{Cache, CacheSchema, cached, outcome};
use serde::{Deserialize, Serialize};

const KEYS: u64 = 100;

#[derive(Clone, Debug, Serialize, Deserialize, CacheSchema)]
struct User {
    id: u64,
    name: String,
    mail: Option<String>,
    labels: Vec<String>,
}

/// How often a body ran.
static LOADS: AtomicU64 = AtomicU64::new(0);

fn user(id: u64) -> Arc<User> {
    LOADS.fetch_add(1, Ordering::Relaxed);
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
        return refuse("two words: local_hit, scoped_hit, tenant_hit or store_hit, and how many");
    };
    let Ok(hits) = hits.parse() else { return refuse("no number of hits") };
    if let Err(problem) = Cache::builder().build().and_then(Cache::install) {
        return refuse(&problem.to_string());
    }
    let came = match what.as_str() {
        "local_hit" => count(hits, held).await,
        // Of a program that once asked how a call went: its calls look for whoever may want to know.
        "scoped_hit" => {
            outcome(held(0)).await;
            count(hits, held).await
        }
        "tenant_hit" => count(hits, async |id| of_tenant("acme", id).await).await,
        "store_hit" => count(hits, stored).await,
        _ => return refuse("neither local_hit nor scoped_hit nor tenant_hit nor store_hit"),
    };
    if came { ExitCode::SUCCESS } else { refuse("not all were hits") }
}

/// Whether all were hits, once every key was asked for.
async fn count(hits: u64, call: impl AsyncFn(u64) -> Arc<User>) -> bool {
    for _ in 0..3 {
        for id in 0..KEYS {
            call(id).await;
        }
    }
    let (before, loads) = (Cache::current().stats().hits, LOADS.load(Ordering::Relaxed));
    for nth in 0..hits {
        black_box(call(nth % KEYS).await);
    }
    let stats = Cache::current().stats();
    loads == KEYS && LOADS.load(Ordering::Relaxed) == loads && stats.hits - before == hits
}

fn refuse(problem: &str) -> ExitCode {
    eprintln!("cache-instructions: {problem}");
    ExitCode::FAILURE
}
