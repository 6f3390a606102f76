//! How long values live: a ttl for what was found, a shorter one for what was not, and one that the value itself decides.
//!
//! `cargo run --example ttl_and_negative`

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cache_runtime::test_util::ManualClock;
use cache_runtime::{Cache, cached, outcome};

/// Stands for a database table.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<HashMap<u64, String>>>);

impl Names {
    fn insert(&self, id: u64, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, name.to_owned());
    }

    fn find(&self, id: u64) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }
}

/// A name lives for an hour. That there is none is remembered too, but for five seconds only.
#[cached(resource = "name", key(id), ttl = "1h", cache_none = "5s")]
async fn name(names: &Names, id: u64) -> Option<String> {
    names.find(id)
}

/// A token says itself how long it lasts, and one that ends in a moment is not worth keeping.
#[cached(resource = "token", key(client), ttl = |token| Duration::from_secs(token.1), cache_if = |token| token.1 > 10)]
async fn token(client: &str, lasts: u64) -> (String, u64) {
    (format!("token of {client}"), lasts)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A clock that this program moves, so that nobody has to wait for an hour.
    let clock = ManualClock::new();
    let cache = Cache::builder().clock(&clock).build()?;
    let names = Names::default();
    cache
        .scope(async {
            let (found, how) = outcome(name(&names, 7)).await;
            println!("name(7)                 -> {found:?}, {how}");
            names.insert(7, "Ada");
            let (found, how) = outcome(name(&names, 7)).await;
            println!("inserted, at once       -> {found:?}, {how}: nobody asks the table again yet");
            assert!(found.is_none() && how.is_hit());
            clock.advance(Duration::from_secs(5));
            let (found, how) = outcome(name(&names, 7)).await;
            println!("five seconds later      -> {found:?}, {how}");
            assert!(found.is_some() && how.is_miss());
            clock.advance(Duration::from_secs(3_599));
            let (_, how) = outcome(name(&names, 7)).await;
            println!("an hour later, nearly   -> {how}");
            assert!(how.is_hit());
            clock.advance(Duration::from_secs(1));
            let (_, how) = outcome(name(&names, 7)).await;
            println!("an hour later           -> {how}\n");
            assert!(how.is_miss());

            let (_, how) = outcome(token("short", 10)).await;
            println!("a token of 10 seconds   -> {how}: not stored");
            assert!(!how.stored);
            let (_, how) = outcome(token("long", 60)).await;
            println!("a token of 60 seconds   -> {how}");
            clock.advance(Duration::from_secs(60));
            let (_, how) = outcome(token("long", 60)).await;
            println!("a minute later          -> {how}");
            assert!(how.is_miss());
        })
        .await;
    Ok(())
}
