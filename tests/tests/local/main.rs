//! Values held in a process, against real redis-servers: what is served there, and for how long.

mod channel;
mod fallback;
mod foreign;
mod peers;
mod races;
mod room;
mod tenants;
mod together;
mod waiters;
mod withheld;

use std::time::{Duration, Instant};

use cache_runtime::{Cache, CacheBuilder, Level, Outcome, Policy, outcome};
pub use cache_tests::users::{Source, User, UserKey, get_user, rename, touch};
use cache_tests::{Patient as _, RedisServer};

/// How long a test waits for what a busy machine does late.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The default, for which a change may stay unseen.
pub const BOUND: Duration = Duration::from_secs(1);

/// Where user 7 is.
pub const SEVEN: &str = "cache:tenant-global:user:7:v2";

/// A cache on this server that holds values for a minute.
pub fn builder(server: &RedisServer) -> CacheBuilder {
    at(server.url())
}

/// A cache on the server at this address that holds values for a minute, and waits long enough for a busy machine.
pub fn at(url: String) -> CacheBuilder {
    let builder = Cache::builder().redis(url).policy(Policy::new().local(Duration::from_secs(60)));
    builder.patient().connect_timeout(Duration::from_secs(20))
}

/// As [`builder`] with nothing else.
pub fn tier(server: &RedisServer) -> Cache {
    builder(server).build().expect("good settings")
}

/// Reads the user and says what the call did.
pub async fn read(cache: &Cache, source: &Source, id: u64) -> (User, Outcome) {
    let (user, outcome) = cache.scope(outcome(get_user(source, id))).await;
    (user.expect("the body does not fail"), outcome)
}

/// Reads until this cache holds the value. Gives its name.
pub async fn until_held(cache: &Cache, source: &Source, id: u64) -> String {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let (user, how) = read(cache, source, id).await;
        if how.level == Level::Local {
            return user.name;
        }
        assert!(Instant::now() < deadline, "user {id} is not held: {how}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Reads until the value is another one. No call that begins later than the bound after `since` may be given the old one.
/// Gives the new name.
pub async fn until_seen(cache: &Cache, source: &Source, id: u64, old: &str, since: Instant) -> String {
    loop {
        let began = Instant::now();
        let (user, how) = read(cache, source, id).await;
        if user.name != old {
            return user.name;
        }
        assert!(began <= since + BOUND, "stale after {:?}: {how}", began - since);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
