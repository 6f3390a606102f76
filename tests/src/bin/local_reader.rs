//! A process that holds values, and says where it found them. See `tests/local`.

use std::io::Write as _;
use std::time::Duration;

use cache_runtime::{Cache, CacheKey, Policy, cached, invalidates, outcome};
use cache_tests::Patient as _;
use serde::{Deserialize, Serialize};

/// The value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    id: u64,
    name: String,
}

/// Its key.
#[derive(Clone, Debug, CacheKey)]
#[cache(resource = "user", value = User, ttl = "10m", version = 2, tags("users"))]
pub struct UserKey {
    id: u64,
}

#[cached(UserKey { id })]
async fn get_user(id: u64) -> User {
    User { id, name: "of another process".into() }
}

#[invalidates(UserKey { id })]
async fn touch(id: u64) -> Result<(), String> {
    let _ = id;
    Ok(())
}

/// Reads `read ID` and `touch ID` from standard input; answers each with a line: the name and the level, or `done`.
fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = std::env::var("REDIS_URL").expect("the server under test");
    let builder = Cache::builder().redis(url).policy(Policy::new().local(Duration::from_secs(60)));
    let cache = builder.patient().build().expect("good settings");
    for line in std::io::stdin().lines() {
        let line = line.expect("text");
        let (word, id) = line.split_once(' ').expect("two words");
        let id = id.parse().expect("a number");
        let answer = runtime.block_on(cache.scope(async {
            match word {
                "read" => {
                    let (user, how) = outcome(get_user(id)).await;
                    format!("{} {}", user.name, how.level.as_str())
                }
                "touch" => touch(id).await.map_or_else(|error| error, |()| "done".to_owned()),
                other => panic!("no such word: {other}"),
            }
        }));
        println!("{answer}");
        std::io::stdout().flush().expect("somebody reads");
    }
}
