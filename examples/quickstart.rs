//! The smallest program: a function that is slow, made fast by an attribute, and put right by another.
//!
//! `cargo run --example quickstart` needs no server. With `REDIS_URL=redis://localhost:6379` it uses that one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheKey, Level, Outcome, cached, invalidates, outcome};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    role: String,
}

/// One user, by id: what is cached under which key, for how long.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "quickstart-user", value = User, ttl = "1m", version = 1)]
struct UserKey {
    id: u64,
}

/// Stands for your database: every query takes 20 milliseconds.
#[derive(Clone, Default)]
struct Db(Arc<Mutex<HashMap<u64, User>>>);

impl Db {
    async fn query<T>(&self, run: impl FnOnce(&mut HashMap<u64, User>) -> T) -> T {
        tokio::time::sleep(Duration::from_millis(20)).await;
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads through the cache: the body runs only when the cache has no answer.
#[cached(UserKey { id })]
async fn get_user(db: &Db, id: u64) -> Result<Option<User>, String> {
    Ok(db.query(|users| users.get(&id).cloned()).await)
}

/// Writes to the database, and removes the cached user when that succeeded.
#[invalidates(UserKey { id })]
async fn set_role(db: &Db, id: u64, role: &str) -> Result<(), String> {
    let known = db.query(|users| users.get_mut(&id).map(|user| user.role = role.to_owned())).await;
    known.ok_or_else(|| format!("there is no user {id}"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let cache = Cache::from_env()?;
    cache.clone().install()?;
    match (cache.health().store, cache.ping().await) {
        (Level::Memory, _) => println!("Cache: in this process (set REDIS_URL to use a Redis or Valkey server).\n"),
        (_, Ok(())) => println!("Cache: the server at REDIS_URL.\n"),
        (_, Err(error)) => println!("Cache: the server at REDIS_URL does not answer ({error}); calls run uncached.\n"),
    }

    let db = Db::default();
    let ada = User { id: 7, name: "Ada".into(), role: "reader".into() };
    db.query(|users| users.insert(7, ada)).await;
    // A run before this one may have left the user on a server.
    cache.invalidate(&UserKey { id: 7 }).await.ok();

    show("1. First read: nothing cached, so the function runs", &db).await?;
    show("2. Second read: served from the cache", &db).await?;
    set_role(&db, 7, "editor").await?;
    println!("3. set_role(7, \"editor\") ran and removed the cached user\n");
    show("4. Read after the write: runs again, and sees the new role", &db).await?;
    show("5. And is cached again", &db).await?;

    let failed = set_role(&db, 99, "editor").await;
    println!("6. A write that fails removes nothing: {failed:?}");
    let (_, still) = outcome(get_user(&db, 7)).await;
    println!("   get_user(7) is still a {}\n", word(still));

    let stats = cache.stats();
    println!("In all: {} hits, {} misses, the function ran {} times.", stats.hits, stats.misses, stats.loads);
    Ok(())
}

async fn show(what: &str, db: &Db) -> Result<(), String> {
    let started = Instant::now();
    let (user, outcome) = outcome(get_user(db, 7)).await;
    let user = user?.ok_or("there is no user 7")?;
    let took = started.elapsed();
    println!("{what}\n   get_user(7) = {} the {}: {} in {took:.1?}\n", user.name, user.role, word(outcome));
    Ok(())
}

fn word(outcome: Outcome) -> &'static str {
    if outcome.is_hit() {
        "HIT"
    } else if outcome.is_miss() {
        "MISS"
    } else {
        "neither hit nor miss"
    }
}
